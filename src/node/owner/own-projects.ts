import { join } from 'node:path'
import { checkedBefore } from '../../encode/rules/index.ts'
import { parseSpec } from '../project-spec.ts'
import { OwnedProject } from './owned-project.ts'
import type { OwnedProjectParts } from './project-context.ts'
import type { OwnedJob } from './job.ts'
import { createPreparationLine, type LinedProject, type PreparationLine } from './preparation-line.ts'
import {
  isUnfinished,
  type OwnerInput,
  type OwnerState,
  type ProjectView,
  type SessionMessage,
  type Timing
} from '../../swarm/protocol/index.ts'
import type { LogBook, Routing, Session } from '../../swarm/index.ts'

/** A project of this node as its files have it. */
export interface StoredJob {
  readonly projectId: string
  readonly job: OwnedJob
  readonly timestampsMs: readonly number[] | undefined
}

export interface OwnProjectsComponents extends OwnedProjectParts {
  readonly book: LogBook
  readonly routing: Pick<Routing, 'provide' | 'withdraw'>
  /** Open sessions with workers, by peer id. */
  readonly sessions: ReadonlyMap<string, Session>
}

export interface OwnProjectsInit {
  readonly timing: Timing
  /** Folder for unfinished work, one folder in it for each project. */
  readonly workDir: string
  /** Bytes of source pieces at which cutting waits for encoding. */
  readonly pieceQuotaBytes: number
  /** Projects from before the start wait until somebody asks for them. Default: they go on. */
  readonly aside?: boolean | undefined
}

/** The projects of this node: what its files say of them, and those that run. */
export interface OwnProjects {
  /** Those that it can go on with, by id; ended ones too until they are removed. */
  readonly stored: ReadonlyMap<string, StoredJob>
  keep: (stored: StoredJob) => void
  /** Begins or resumes a project that is stored and in the log. */
  begin: (projectId: string, epoch: number) => Promise<void>
  /** Somebody asks for the project: it is not set aside any more. */
  ask: (projectId: string) => void
  /** Stops a project and begins it again in the new epoch, from what its log holds then. Messages of workers wait meanwhile. */
  regain: (projectId: string, epoch: () => Promise<number>) => Promise<void>
  /** Claims for the project wait until `begin` is over. */
  whileBeginning: (projectId: string, begin: () => Promise<void>) => Promise<void>
  /** Resolves when the project has begun; at once where it is not beginning. */
  begun: (projectId: string) => Promise<void>
  /** A project that runs or ended since the start. */
  get: (projectId: string) => OwnedProject | undefined
  /** A project that has not ended. */
  running: (projectId: string) => OwnedProject | undefined
  all: () => readonly OwnedProject[]
  /** Those that have not ended and are not set aside, as the line for preparation sees them. */
  lined: () => Iterable<LinedProject>
  /** None of those that begin meanwhile is prepared before all are there. @returns a function that ends it */
  readonly gather: PreparationLine['gather']
  /** Ids of projects that have not ended. */
  unfinished: () => string[]
  jobOf: (projectId: string) => OwnedJob | undefined
  stateOf: (projectId: string) => OwnerState | undefined
  /** Sends an event to every project of this run. */
  dispatch: (event: OwnerInput) => void
  /** Forgets a project that ended and still tells others so. */
  remove: (projectId: string) => void
  /** Forgets the stored job of a project that does not run. */
  forget: (projectId: string) => void
  /** Stops a project without telling anybody; without an id, all of them. */
  depose: (projectId?: string) => Promise<void>
  stop: () => Promise<void>
}

export function createOwnProjects(components: OwnProjectsComponents, init: OwnProjectsInit): OwnProjects {
  const { book, routing } = components
  const projects = new Map<string, OwnedProject>()
  const stored = new Map<string, StoredJob>()
  /** Still tell others of their end. */
  const removed = new Set<OwnedProject>()
  /** Submitted since this start, anew or once more. */
  const asked = new Set<string>()
  /** Announced, and a claim may come before this node has begun with it. */
  const beginning = new Map<string, Promise<void>>()
  const line = createPreparationLine(
    { projects: lined, tell: (projectId, before) => projects.get(projectId)?.setTurn(before) },
    { pieceQuotaBytes: init.pieceQuotaBytes }
  )
  const parts = {
    ...components,
    line,
    send: (worker: string, message: SessionMessage) => void components.sessions.get(worker)?.send(message),
    // Of two million frames the times alone are 16 MB.
    ended: (projectId: string, job: OwnedJob) => {
      if (stored.has(projectId)) stored.set(projectId, { projectId, job, timestampsMs: undefined })
    },
    distrust: (worker: string, reason: string, by: string) => {
      for (const project of projects.values()) if (project.projectId !== by) project.distrust(worker, reason)
    }
  }
  const viewOf = (projectId: string): ProjectView | undefined => book.views.get(projectId)

  async function begin(projectId: string, epoch: number): Promise<void> {
    const view = viewOf(projectId)
    const kept = stored.get(projectId)
    if (view == null || kept == null) throw new Error(`own project ${projectId} has no log`)
    book.takeOver(projectId)
    const { job, timestampsMs } = kept
    // Its parameters were checked against the program when it was submitted.
    // Checked when it was submitted, by the program here, which is not looked for yet after a restart.
    const spec = parseSpec(view.announce, () => checkedBefore(view.announce.encoderParams))
    const workDir = join(init.workDir, projectId)
    const project = new OwnedProject(parts, {
      projectId,
      epoch,
      timing: init.timing,
      job,
      spec,
      timestampsMs,
      workDir
    })
    project.setAside(init.aside === true && !asked.has(projectId))
    projects.set(projectId, project)
    routing.provide(projectId)
    await project.start()
    // After the leases from before the start: what these workers do not show or renew soon, they no longer have.
    for (const worker of components.sessions.keys()) project.dispatch({ type: 'connected', worker })
  }

  async function whileBeginning(projectId: string, task: () => Promise<void>): Promise<void> {
    const begun = Promise.withResolvers<void>()
    beginning.set(projectId, begun.promise)
    try {
      await task()
    } finally {
      beginning.delete(projectId)
      begun.resolve()
    }
  }

  function* lined(): Generator<LinedProject> {
    for (const { projectId, state } of projects.values()) {
      const view = viewOf(projectId)
      if (view != null && view.end == null && !state.aside) yield { state, view }
    }
  }

  async function depose(projectId?: string): Promise<void> {
    const all = [...projects.values(), ...removed]
    const over = all.filter((project) => projectId == null || project.projectId === projectId)
    for (const project of over) {
      projects.delete(project.projectId)
      routing.withdraw(project.projectId)
      book.giveUp(project.projectId)
    }
    await Promise.all(over.map(async (project) => project.depose()))
  }

  async function regain(projectId: string, epoch: () => Promise<number>): Promise<void> {
    await whileBeginning(projectId, async () => {
      await depose(projectId)
      const next = await epoch()
      if (stored.has(projectId) && isUnfinished(viewOf(projectId))) await begin(projectId, next)
    })
  }

  return {
    stored,
    begin,
    regain,
    whileBeginning,
    lined,
    gather: () => line.gather(),
    depose,
    ask: (projectId) => {
      asked.add(projectId)
      projects.get(projectId)?.setAside(false)
    },
    keep: (one) => {
      stored.set(one.projectId, one)
      if (one.job.title !== undefined) book.nameProject(one.projectId, one.job.title)
    },
    begun: async (projectId) => beginning.get(projectId),
    get: (projectId) => projects.get(projectId),
    running: (projectId) => (viewOf(projectId)?.end == null ? projects.get(projectId) : undefined),
    all: () => [...projects.values()],
    unfinished: () => [...stored.keys()].filter((projectId) => isUnfinished(viewOf(projectId))),
    jobOf: (projectId) => projects.get(projectId)?.job ?? stored.get(projectId)?.job,
    stateOf: (projectId) => projects.get(projectId)?.state,
    dispatch: (event) => {
      for (const project of projects.values()) project.dispatch(event)
    },
    remove: (projectId) => {
      const project = projects.get(projectId)
      if (project != null) removed.add(project)
      projects.delete(projectId)
      stored.delete(projectId)
    },
    forget: (projectId) => void stored.delete(projectId),
    stop: async () => {
      await Promise.all([...projects.values(), ...removed].map(async (project) => project.stop()))
    }
  }
}
