import { clockTime } from '../../common/clock-time.ts'
import { monotonicMs, wallTimeOf } from '../../common/clock.ts'
import { usableBuild } from '../project-probes.ts'
import {
  candidatesOf,
  judgeProjects,
  type CandidatesComponents,
  type JudgedProject,
  type NodeFacts
} from './candidates.ts'
import { createProbeBook } from './probe-book.ts'
import { projectsOver, type IdleCode, type LeaseClaim } from '../../swarm/protocol/index.ts'
import type { IdleBook } from './idle-book.ts'
import type { Logger, LogBook } from '../../swarm/index.ts'
import type { OwnerTalk } from './owner-talk.ts'
import type { ProjectProbes } from '../project-probes.ts'
import type { WorkerCore } from './worker-core.ts'
import type { WorkerEncoders } from './worker-encoders.ts'

export interface ProjectSearchComponents {
  readonly core: WorkerCore
  readonly encoders: WorkerEncoders
  readonly talk: OwnerTalk
  readonly idle: IdleBook
  readonly book: LogBook
  readonly log: Logger
  readonly probes: ProjectProbes
  readonly isTrusted: (owner: string) => boolean
  /** Why there is no sandbox, where the owner is a stranger. */
  readonly noSandboxFor: (owner: string) => string | undefined
  /** Nothing is done for the owner any more, and nothing is heard of it. */
  readonly isBanned: (owner: string) => boolean
  /** There is a connection with the owner. */
  readonly isConnected: (owner: string) => boolean
  /** All connections with the owner go over relays that carry no films. */
  readonly isFilmless: (owner: string) => boolean
  /** Ask for a connection with an owner: whether it is trusted may hang on where it is. */
  readonly reach: (owner: string) => void
  /** The user wants this node to be emptied; it is paused then. */
  readonly isDraining: () => boolean
  readonly restWords: () => string
  readonly maxPicture: CandidatesComponents['maxPicture']
}

export interface ProjectSearchInit {
  /** Peer id of this node. */
  readonly self: string
}

/** Finds the projects that this worker may claim scenes of, and why it does not claim of the others. */
export interface ProjectSearch {
  /** Judges all projects now. */
  readonly refresh: () => void
  /** The build that a claim for the project names, and what it makes of the probe clip; an empty build where there is none. */
  readonly makerFor: (projectId: string) => Pick<LeaseClaim, 'encoderBuild' | 'probe'>
  /** Looks for the encoders of this node, then judges again. */
  readonly findEncoders: () => Promise<void>
  /** Forgets what was found out with encoders that may be others now. */
  readonly forgetProbes: () => void
  readonly stop: () => void
}

/** Reasons that a connection with the owner may end. */
const OF_TRUST: ReadonlySet<IdleCode | undefined> = new Set<IdleCode>(['untrusted-owner', 'no-sandbox', 'owner-away'])

export function createProjectSearch(components: ProjectSearchComponents, { self }: ProjectSearchInit): ProjectSearch {
  const { core, encoders, talk, idle, book, log, probes } = components
  let isStopped = false

  const probeBook = createProbeBook(
    { probes, log, self },
    { isWanted: (projectId) => mayBegin() && isCandidateHere(projectId), onMade: core.refreshSoon }
  )

  /** Something new may be begun here. */
  function mayBegin(): boolean {
    const { paused, frozenAtMs, draining, held, slots } = core.state
    return !isStopped && !paused && frozenAtMs === undefined && !draining && !held && slots > 0
  }

  function isCandidateHere(projectId: string): boolean {
    return core.state.candidates.some((candidate) => candidate.projectId === projectId)
  }

  function nodeFacts(builds: readonly string[]): NodeFacts {
    const { slots, draining, paused, frozenAtMs, held } = core.state
    const pauseWords = components.restWords()
    return {
      slots,
      builds,
      isDraining: draining || components.isDraining(),
      isPaused: paused || frozenAtMs !== undefined,
      pauseWords,
      isDiskFull: held
    }
  }

  function shortOf(projectId: string): string | undefined {
    const { tooLarge, retryAtMs } = core.state.shortage
    if (!tooLarge.has(projectId)) return undefined
    return `the encoder ran out of it with one scene; tried again at ${clockTime(wallTimeOf(retryAtMs))}, or after \`grav1 workers <n>\``
  }

  function judge(builds: readonly string[]): JudgedProject[] {
    const heard = [...book.views.values()].filter(({ owner }) => !components.isBanned(owner))
    return judgeProjects(heard, (projectId) => book.beats.get(projectId), nodeFacts(builds), {
      self,
      isTrusted: components.isTrusted,
      noSandboxFor: components.noSandboxFor,
      isConnected: components.isConnected,
      isFilmless: components.isFilmless,
      programFacts: encoders.programFacts,
      maxPicture: components.maxPicture,
      shortOf,
      isAway: talk.isAway,
      ownerSays: (projectId) => core.state.ownerSays.get(projectId),
      probeOf: (view, build) => probeBook.stateOf(view, build, mayBegin())
    })
  }

  function refresh(): void {
    const { builds } = encoders
    // What could be said before this node knows its encoders would be wrong a moment later.
    if (isStopped || builds == null) return
    for (const projectId of projectsOver(core.state, (id) => book.views.get(id)))
      core.dispatch({ type: 'project-ended', projectId })
    for (const { owner, token } of core.state.jobs.values())
      if (components.isBanned(owner)) core.dispatch({ type: 'project-ended', projectId: token.projectId })
    const judged = judge(builds)
    for (const { view, isCandidate, reason } of judged)
      if (!isCandidate && OF_TRUST.has(reason?.code)) components.reach(view.owner)
    const candidates = candidatesOf(judged)
    probeBook.keep((projectId) => candidates.some((one) => one.projectId === projectId))
    const jobs = [...core.state.jobs.values()]
    idle.note(judged, new Set(jobs.map(({ token }) => token.projectId)), monotonicMs())
    talk.want(new Set([...candidates, ...jobs].map(({ owner }) => owner)))
    core.dispatch({ type: 'candidates', candidates })
  }

  core.onRefresh(refresh)
  return {
    refresh,
    makerFor: (projectId) => {
      const made = probeBook.of(projectId)
      const announce = book.views.get(projectId)?.announce
      const usable = announce == null ? undefined : usableBuild(encoders.builds ?? [], announce)
      return { encoderBuild: made?.build ?? usable ?? '', probe: made?.probe }
    },
    findEncoders: async () => {
      await encoders.find()
      core.refreshSoon()
    },
    forgetProbes: () => probeBook.keep(() => false),
    stop: () => {
      isStopped = true
      probeBook.stop()
    }
  }
}
