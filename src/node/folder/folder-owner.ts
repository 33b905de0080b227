import { join } from 'node:path'
import { removeUnfinishedFilm } from '../manifest/place.ts'
import type { Database, OwnStore } from '../../storage/index.ts'
import type { LogBook } from '../../swarm/index.ts'
import { removeFolder } from '../disk/folders.ts'
import type { WaitingProject, WaitingSubmission } from '../owner/intake.ts'
import type { OwnedJob } from '../owner/job.ts'
import { joinFolder } from '../owner/joining.ts'
import { KeptJobError, keptProject, keptSubmission, readKeptProject } from '../owner/kept-job.ts'
import { waitingBeat, waitingView } from '../owner/waiting-view.ts'
import type { End } from '../../swarm/protocol/index.ts'

export interface FolderOwnerComponents {
  readonly peerId: string
  readonly book: Pick<LogBook, 'views' | 'append' | 'takeOver' | 'nameProject'>
  readonly own: Pick<OwnStore, 'put' | 'all' | 'delete'>
  readonly database: Pick<Database, 'leases' | 'attempts'>
  /** The epoch that this visit writes with, taken when it first writes. */
  readonly epoch: () => Promise<number>
}

export interface FolderOwnerInit {
  /** Folder for unfinished work. */
  readonly workDir: string
}

/** What can be done to the own projects of a data folder on which no node runs. */
export interface FolderOwner {
  readonly jobOf: (projectId: string) => OwnedJob | undefined
  /** Submissions that wait for their source. */
  readonly waiting: {
    readonly list: () => readonly WaitingProject[]
    readonly of: (projectId: string) => WaitingProject | undefined
  }
  /** @returns false when it has ended already */
  readonly cancel: (projectId: string) => Promise<boolean>
  readonly remove: (projectId: string) => Promise<void>
  /** @returns false when it has ended already */
  readonly setPriority: (projectId: string, priority: number) => Promise<boolean>
}

const WAITS = 'The source was not complete when a node last ran here.'

const endNow = (state: 'cancelled' | 'removed', reason: string): End => ({
  state,
  reason,
  outputSha256: '',
  outputBytes: 0,
  endedAtMs: Date.now()
})

/** Reads the own projects of the folder; what another version wrote is left as it is. */
export async function createFolderOwner(
  components: FolderOwnerComponents,
  init: FolderOwnerInit
): Promise<FolderOwner> {
  const { peerId, book, own, database } = components
  const jobs = new Map<string, OwnedJob>()
  const submissions = new Map<string, WaitingSubmission>()
  for (const kept of await own.all()) {
    try {
      const { projectId, job, waiting } = readKeptProject(kept)
      if (waiting !== undefined && !book.views.has(projectId)) submissions.set(projectId, waiting)
      else if (job !== undefined) {
        jobs.set(projectId, job)
        if (job.title !== undefined) book.nameProject(projectId, job.title)
      }
    } catch (error) {
      if (!(error instanceof KeptJobError)) throw error
    }
  }

  const shown = (submission: WaitingSubmission): WaitingProject => ({
    submission,
    view: waitingView(submission, peerId),
    beat: waitingBeat(submission.projectId),
    reason: WAITS
  })

  async function change(submission: WaitingSubmission): Promise<void> {
    await own.put(keptSubmission(submission))
    submissions.set(submission.projectId, submission)
  }

  /** What only a project that goes on needs. */
  async function cleanUp(projectId: string): Promise<void> {
    const job = jobs.get(projectId)
    const workDir = join(init.workDir, projectId)
    if (job !== undefined) await removeUnfinishedFilm(job.output, joinFolder(workDir)).catch(() => {})
    await removeFolder(workDir)
    await database.leases.clear(projectId)
  }

  async function end(projectId: string, how: End): Promise<void> {
    book.takeOver(projectId)
    // A project that came back from others may be of a later epoch than this folder knew of.
    const epoch = Math.max(await components.epoch(), book.views.get(projectId)?.head.epoch ?? 0)
    await book.append(projectId, epoch, { type: 'end', end: how })
  }

  /** Of a frozen project only its removal is written. */
  function isOver(projectId: string): boolean {
    const view = book.views.get(projectId)
    return view?.end != null || view?.fork != null
  }

  return {
    jobOf: (projectId) => jobs.get(projectId),
    waiting: {
      list: () => [...submissions.values()].map(shown),
      of: (projectId) => {
        const submission = submissions.get(projectId)
        return submission === undefined ? undefined : shown(submission)
      }
    },
    cancel: async (projectId) => {
      const submission = submissions.get(projectId)
      if (submission !== undefined) {
        if (submission.end !== undefined) return false
        await change({ ...submission, end: endNow('cancelled', 'cancelled') })
        return true
      }
      if (isOver(projectId)) return false
      await end(projectId, endNow('cancelled', 'cancelled'))
      await cleanUp(projectId)
      const job = jobs.get(projectId)
      if (job !== undefined) await own.put(keptProject(projectId, job, undefined))
      return true
    },
    remove: async (projectId) => {
      if (!submissions.delete(projectId)) {
        await end(projectId, endNow('removed', ''))
        await cleanUp(projectId)
        await database.attempts.clear(projectId)
      }
      jobs.delete(projectId)
      await own.delete(projectId)
    },
    setPriority: async (projectId, priority) => {
      const submission = submissions.get(projectId)
      if (submission !== undefined) {
        if (submission.end !== undefined) return false
        const { options, wish } = submission
        await change({ ...submission, options: { ...options, priority }, wish: { ...wish, priority } })
        return true
      }
      if (isOver(projectId)) return false
      book.takeOver(projectId)
      await book.append(projectId, await components.epoch(), { type: 'update', priority })
      return true
    }
  }
}
