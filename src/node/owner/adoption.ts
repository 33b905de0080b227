import { KeptJobError, readKeptProject } from './kept-job.ts'
import type { Intake, WaitingSubmission } from './intake.ts'
import type { LogBook, Logger } from '../../swarm/index.ts'
import type { OwnProjects } from './own-projects.ts'
import type { OwnStore, StoredProject } from '../../storage/index.ts'

export interface AdoptionComponents {
  readonly peerId: string
  readonly projects: Pick<OwnProjects, 'stored' | 'keep' | 'forget' | 'begin' | 'unfinished' | 'gather'>
  readonly intake: Pick<Intake, 'restore'>
  readonly book: LogBook
  readonly own: Pick<OwnStore, 'all' | 'delete'>
  readonly log: Logger
}

/** What a run takes over from the runs before it. */
export interface Adoption {
  /** Reads what they left; nothing goes on before `goOn`. */
  read: () => Promise<void>
  /** Goes on with what has not ended, in the log of this epoch. */
  goOn: (epoch: number) => Promise<void>
  /** Goes on with submissions that wait, once new projects may begin. */
  restoreWaiting: () => void
}

const UNREAD =
  'the job file of this project cannot be used, so the project stops; start the version of grav1 that wrote it, or remove the project and submit the film again'

export function createAdoption(components: AdoptionComponents): Adoption {
  const { peerId, projects, intake, book, own, log } = components
  /** Their jobs are on the disk and cannot be used. */
  const unread = new Set<string>()
  const waiting: WaitingSubmission[] = []

  /** What is of another shape stays on the disk as it is, and is not gone on with. */
  function take(kept: StoredProject): void {
    const { projectId } = kept
    try {
      const { job, waiting: waits, timestampsMs } = readKeptProject(kept)
      if (waits != null && !book.views.has(projectId)) waiting.push(waits)
      else if (job != null) projects.keep({ projectId, job, timestampsMs })
    } catch (error) {
      if (!(error instanceof KeptJobError)) throw error
      unread.add(projectId)
      log.error({ projectId, code: error.code, problem: error.message }, UNREAD)
    }
  }

  function tellLost(): void {
    for (const { owner, end, projectId, announce } of book.views.values())
      if (owner === peerId && end == null && !projects.stored.has(projectId) && !unread.has(projectId))
        log.error(
          { projectId, title: announce.title },
          'the settings of this project were lost with its files on this node, so it cannot continue. Delete it and submit the film again'
        )
  }

  /** Deletes what a kill left: jobs that were never announced, and files of projects that were removed. */
  async function dropDead(): Promise<void> {
    for (const [projectId] of projects.stored) {
      const view = book.views.get(projectId)
      if (view != null && view.end?.state !== 'removed') continue
      projects.forget(projectId)
      await own.delete(projectId)
    }
  }

  async function goOn(epoch: number): Promise<void> {
    tellLost()
    await dropDead()
    // The first of them may not be the first in line.
    const together = projects.gather()
    for (const projectId of projects.unfinished()) {
      const { scenes, acceptedScenes } = book.views.get(projectId) ?? {}
      log.info({ projectId, scenes: scenes?.length, done: acceptedScenes }, 'resuming a project')
      // One whose files cannot be read keeps neither the others waiting nor new ones.
      await projects
        .begin(projectId, epoch)
        .catch((error: unknown) => log.error({ projectId, err: error }, 'could not resume a project'))
    }
    together()
  }

  return {
    goOn,
    read: async () => {
      for (const kept of await own.all()) take(kept)
    },
    restoreWaiting: () => {
      for (const one of waiting.splice(0)) intake.restore(one)
    }
  }
}
