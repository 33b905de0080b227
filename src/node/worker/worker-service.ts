import { monotonicMs } from '../../common/clock.ts'
import { freshFolder } from '../disk/folders.ts'
import { usableBuild } from '../project-probes.ts'
import { type FactsOf, factsOf } from '../project-spec.ts'
import { candidatesOf, judgeProjects, type NodeFacts } from './candidates.ts'
import { createClaims } from './claims.ts'
import { createIdleBook, type IdleBook } from './idle-book.ts'
import { createProbeBook } from './probe-book.ts'
import { createOwnerLinks, type OwnerLinks } from './owner-links.ts'
import { createSceneJobs } from './scene-jobs.ts'
import {
  createWorkerState,
  clipText,
  type IdleCode,
  LIMITS,
  projectsOver,
  stepWorker,
  workerEventOf,
  type Job,
  type PendingClaim,
  type SessionMessage,
  type Timing,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerState
} from '../../swarm/protocol/index.ts'
import {
  type BlobExchange,
  type LogBook,
  type Logger,
  type Session,
  type Sessions,
  type Signer,
  type Sync
} from '../../swarm/index.ts'
import type { SpaceWatch } from '../disk/step-when-full.ts'
import type { ProjectProbes } from '../project-probes.ts'
import type { BlobStore } from '../../storage/index.ts'
import type { InstalledEncoder } from '../../encode/index.ts'
import { assertNever } from '../../common/assert-never.ts'

export interface WorkerServiceComponents {
  readonly book: LogBook
  readonly blobs: BlobStore
  readonly exchange: BlobExchange
  readonly sync: Pick<Sync, 'pull'>
  readonly sessions: Sessions
  readonly signer: Signer
  readonly log: Logger
  readonly guard: SpaceWatch
  readonly probes: ProjectProbes
  readonly isTrusted: (owner: string) => boolean
  /** There is a connection with the owner. */
  readonly isConnected: (owner: string) => boolean
  /** Ask for a connection with an owner: whether it is trusted may hang on where it is. */
  readonly reach: (owner: string) => void
  /** The user wants this node to be emptied; it is paused then. */
  readonly isDraining: () => boolean
  /** Looks for an owner that could not be reached. */
  readonly seek: (owner: string) => void
}

export interface WorkerServiceInit {
  /** At the start. */
  readonly slots: number
  readonly queue: number
  readonly threads: number
  readonly nice: number
  readonly timing: Timing
  readonly workDir: string
  readonly encoders: () => Promise<readonly InstalledEncoder[]>
}

const TICK_MS = 1_000
/** Reasons that a connection with the owner may end. */
const OF_TRUST: ReadonlySet<IdleCode | undefined> = new Set<IdleCode>(['untrusted-owner', 'owner-away'])

/** The worker role of this node: asks owners for scenes, encodes them, hands the results in. */
export interface WorkerService {
  start: () => Promise<void>
  /** Something about projects, peers or trust changed. */
  refresh: () => void
  /** An owner was just connected. */
  nudge: (owner: string) => void
  busy: () => number
  /** Scenes in hand, those too that are being fetched or handed in. */
  inHand: () => number
  /** Why this node does nothing for projects that may need workers. */
  readonly idle: Pick<IdleBook, 'of' | 'list' | 'told'>
  /** Asks for nothing new while `on`. */
  hold: (on: boolean) => void
  /** Begins nothing new while `on` and hands back what is not begun. */
  pause: (on: boolean) => void
  /** Others are installed than were at the start. */
  encodersChanged: () => void
  /** Fewer never stop an encode that runs: it is only not followed by another. */
  setSlots: (slots: number) => void
  /** Kills the encoder of a scene and hands the scene back; what is being delivered stays. @returns whether there was such a scene */
  giveBack: (projectId: string, scene: number) => boolean
  /** Hands back what is not begun, finishes and delivers the rest. */
  drain: () => Promise<void>
  /** Kills the encoders, says so to the owners. */
  stop: () => Promise<void>
}

export function createWorkerService(components: WorkerServiceComponents, init: WorkerServiceInit): WorkerService {
  const { book, signer, log } = components
  const claims = createClaims(signer)
  const running = new Set<Promise<void>>()
  const idle = createIdleBook({ self: signer.peerId, log })
  const whenDrained = Promise.withResolvers<void>()
  let state: WorkerState = createWorkerState(init.slots, init.queue)
  /** Once they are known. */
  let builds: readonly string[] | undefined
  let programFacts: FactsOf = () => undefined
  let renewTimer: NodeJS.Timeout | undefined
  let tickTimer: NodeJS.Timeout | undefined
  let stopping = false
  let refreshQueued = false

  const probeBook = createProbeBook(
    { probes: components.probes, log, self: signer.peerId },
    { isWanted: (projectId) => mayBegin() && isCandidateHere(projectId), onMade: () => refreshSoon() }
  )

  const links: OwnerLinks = createOwnerLinks(components, {
    onOpen: (session) => {
      onSession(session)
      refreshSoon()
    },
    onClose: (owner) => {
      dispatch({ type: 'session-closed', owner })
      refreshSoon()
    },
    onUnreachable: (owner) => {
      components.seek(owner)
      refreshSoon()
    }
  })

  const jobs = createSceneJobs(
    {
      ...components,
      programFacts: (encoder) => programFacts(encoder),
      dispatch: (event) => dispatch(event),
      send: (owner, message) => send(owner, message)
    },
    { threads: init.threads, nice: init.nice, workDir: init.workDir }
  )

  function dispatch(event: WorkerEvent): void {
    const before = state.jobs.size
    const step = stepWorker(state, event)
    state = step.state
    // Why nothing is done for a project shows once nothing is in hand of it.
    if (state.jobs.size < before) refreshSoon()
    for (const effect of step.effects) perform(effect)
  }

  function perform(effect: WorkerEffect): void {
    switch (effect.type) {
      case 'claim':
        inBackground(claim(effect.claimNo, effect.claim))
        return
      case 'fetch':
        inBackground(jobs.fetch(effect.job, claims.grantOf(effect.job.key)?.holders ?? []))
        return
      case 'encode':
        inBackground(jobs.encode(effect.job))
        return
      case 'deliver':
        jobs.deliver(effect.job)
        return
      case 'present':
        present(effect.job)
        return
      case 'renew':
        jobs.renew(effect.job)
        return
      case 'release':
        claims.forget(effect.job.key)
        send(effect.job.owner, {
          type: 'release',
          token: effect.job.token,
          kind: effect.kind,
          reason: clipText(effect.reason, LIMITS.reasonCharsMax)
        })
        return
      case 'discard':
        claims.forget(effect.job.key)
        inBackground(jobs.discard(effect.job))
        return
      case 'drained':
        whenDrained.resolve()
        return
      default:
        assertNever(effect)
    }
  }

  function send(owner: string, message: SessionMessage): boolean {
    return links.get(owner)?.send(message) ?? false
  }

  async function claim(claimNo: number, { owner, projectId, prefetch }: PendingClaim): Promise<void> {
    const announce = book.views.get(projectId)?.announce
    const made = probeBook.of(projectId)
    const encoderBuild = made?.build ?? (announce == null ? undefined : usableBuild(builds ?? [], announce)) ?? ''
    const envelope = await claims.sign(claimNo, { projectId, owner, encoderBuild, probe: made?.probe, prefetch })
    send(owner, { type: 'claim', envelope })
  }

  async function onGrant(owner: string, envelope: Uint8Array): Promise<void> {
    const event = await claims.granted(owner, envelope)
    if (event != null) dispatch(event)
  }

  function onMessage(owner: string, message: SessionMessage): void {
    if (message.type === 'grant') {
      inBackground(onGrant(owner, message.envelope))
      return
    }
    const event = workerEventOf(owner, message, claims.refused)
    const before = state.ownerSays
    if (event != null) dispatch(event)
    else log.debug({ peer: owner, type: message.type }, 'a message that means nothing to this worker')
    if (message.type === 'no-work' && state.ownerSays !== before) refreshSoon()
  }

  function present({ owner, key }: Job): void {
    const grant = claims.grantOf(key)
    if (grant != null) send(owner, { type: 'present', envelope: grant.envelope })
  }

  function onSession(session: Session): void {
    const owner = session.peer
    session.onMessage = (message) => onMessage(owner, message)
    dispatch({ type: 'session-opened', owner })
  }

  function inBackground(task: Promise<void>): void {
    const tracked = task
      .catch((error: unknown) => log.warn({ err: error }, 'in the worker'))
      .finally(() => running.delete(tracked))
    running.add(tracked)
  }

  function refresh(): void {
    // What could be said before this node knows its encoders would be wrong a moment later.
    if (stopping || builds == null) return
    for (const projectId of projectsOver(state, (id) => book.views.get(id)))
      dispatch({ type: 'project-ended', projectId })
    const judged = judgeProjects(book.views.values(), (projectId) => book.beats.get(projectId), nodeFacts(builds), {
      ...components,
      programFacts,
      self: signer.peerId,
      isAway: links.isAway,
      ownerSays: (projectId) => state.ownerSays.get(projectId),
      probeOf: (view, build) => probeBook.stateOf(view, build, mayBegin())
    })
    for (const { view, isCandidate, reason } of judged)
      if (!isCandidate && OF_TRUST.has(reason?.code)) components.reach(view.owner)
    const candidates = candidatesOf(judged)
    probeBook.keep((projectId) => candidates.some((one) => one.projectId === projectId))
    idle.note(judged, new Set([...state.jobs.values()].map(({ token }) => token.projectId)), monotonicMs())
    links.want(
      new Set([...candidates.map((candidate) => candidate.owner), ...[...state.jobs.values()].map((job) => job.owner)])
    )
    dispatch({ type: 'candidates', candidates })
  }

  /** Something new may be begun here. */
  function mayBegin(): boolean {
    return !stopping && !state.paused && !state.draining && !state.held && state.slots > 0
  }

  function isCandidateHere(projectId: string): boolean {
    return state.candidates.some((candidate) => candidate.projectId === projectId)
  }

  function nodeFacts(here: readonly string[]): NodeFacts {
    const { slots, draining, paused, held } = state
    return {
      slots,
      builds: here,
      isDraining: draining || components.isDraining(),
      isPaused: paused,
      isDiskFull: held
    }
  }

  function refreshSoon(): void {
    if (refreshQueued) return
    refreshQueued = true
    setImmediate(() => {
      refreshQueued = false
      refresh()
    })
  }

  /** A node that encodes nothing does not wait until it knows what it could encode with. */
  async function findBuilds(): Promise<void> {
    const installed = await init.encoders()
    programFacts = factsOf(installed)
    builds = installed.map((encoder) => encoder.build)
    refreshSoon()
  }

  return {
    start: async () => {
      await freshFolder(init.workDir)
      if (state.slots > 0) await findBuilds()
      else inBackground(findBuilds())
      renewTimer = setInterval(() => jobs.renewDue(state.jobs.values()), init.timing.progressMs)
      renewTimer.unref()
      // Without a pause: by the last tick the rules know how old a claim is.
      const tick = (): void => {
        const nowMs = monotonicMs()
        dispatch({ type: 'tick', nowMs })
        idle.tick(nowMs)
      }
      tick()
      tickTimer = setInterval(tick, TICK_MS)
      tickTimer.unref()
      refresh()
    },
    refresh: refreshSoon,
    nudge: (owner) => links.nudge(owner),
    busy: () => [...state.jobs.values()].filter((job) => job.stage === 'encoding').length,
    inHand: () => state.jobs.size,
    idle,
    hold: (on) => {
      dispatch({ type: 'hold', on })
      refreshSoon()
    },
    pause: (on) => {
      dispatch({ type: 'pause', on })
      refreshSoon()
    },
    encodersChanged: () => {
      // What is known of them is of other programs.
      probeBook.keep(() => false)
      inBackground(findBuilds())
    },
    setSlots: (slots) => {
      dispatch({ type: 'slots', slots })
      refreshSoon()
    },
    giveBack: (projectId, scene) => {
      const found = [...state.jobs.values()].filter(
        ({ token, stage }) => token.projectId === projectId && token.scene === scene && stage !== 'delivering'
      )
      for (const { key } of found) dispatch({ type: 'give-back', key })
      return found.length > 0
    },
    drain: async () => {
      dispatch({ type: 'drain' })
      refreshSoon()
      await whenDrained.promise
    },
    stop: async () => {
      stopping = true
      clearInterval(renewTimer)
      clearInterval(tickTimer)
      whenDrained.resolve()
      for (const job of state.jobs.values()) {
        if (job.stage !== 'delivering')
          send(job.owner, { type: 'release', token: job.token, kind: 'left', reason: 'the node was stopped' })
        jobs.stop(job)
      }
      links.stop()
      probeBook.stop()
      await Promise.allSettled(running)
    }
  }
}
