import { fewerSlotsText, type FewerSlots } from '../../api/manners/index.ts'
import { monotonicMs, wallTimeOf } from '../../common/clock.ts'
import type { ClockGap } from '../../common/clock-gap.ts'
import { createAheadBook } from './ahead-book.ts'
import { freshFolder } from '../disk/folders.ts'
import { createClaims } from './claims.ts'
import { createIdleBook, type IdleBook } from './idle-book.ts'
import { createOwnerTalk } from './owner-talk.ts'
import { createProjectSearch } from './project-search.ts'
import { createSceneJobs } from './scene-jobs.ts'
import { createWorkerCore } from './worker-core.ts'
import { carryOutEffects } from './worker-effects.ts'
import { createWorkerEncoders } from './worker-encoders.ts'
import type { BlobExchange, LogBook, Logger, Sessions, Signer, Sync } from '../../swarm/index.ts'
import type { BlobStore } from '../../storage/index.ts'
import { type Brake, createBrake, type InstalledEncoder } from '../../encode/index.ts'
import type { ProjectProbes } from '../project-probes.ts'
import type { SpaceWatch } from '../disk/step-when-full.ts'
import type { Timing, WorkerEvent } from '../../swarm/protocol/index.ts'

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
  readonly gap: Pick<ClockGap, 'look' | 'onGap'>
  readonly isTrusted: (owner: string) => boolean
  /** Why there is no sandbox, where the owner is a stranger. */
  readonly noSandboxFor: (owner: string) => string | undefined
  /** Nothing is done for the owner any more. */
  readonly isBanned: (owner: string) => boolean
  /** There is a connection with the owner. */
  readonly isConnected: (owner: string) => boolean
  /** All connections with the owner go over relays that carry no films. */
  readonly isFilmless: (owner: string) => boolean
  /** Ask for a connection with an owner: whether it is trusted may hang on where it is. */
  readonly reach: (owner: string) => void
  /** The user wants this node to be emptied; it is paused then. */
  readonly isDraining: () => boolean
  /** Why this node is paused where its user did not do it by hand, after `paused`; otherwise empty. */
  readonly restWords: () => string
  /** The largest picture that its user wants to be encoded here. */
  readonly maxPicture: () => { readonly width: number; readonly height: number } | undefined
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
  /** Where scenes that were taken ahead are kept over a restart. */
  readonly aheadDir: string
  readonly encoders: () => Promise<readonly InstalledEncoder[]>
}

const TICK_MS = 1_000

/** The worker role of this node: asks owners for scenes, encodes them, hands the results in. */
export interface WorkerService {
  /** Goes on with what was taken ahead before a restart; its blobs are held from here on. */
  recall: () => Promise<void>
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
  /** What is being encoded stands still while `on` and goes on later; nothing new is begun, and what is not begun is handed back. */
  freeze: (on: boolean) => void
  /** Of the programs that encode here. */
  readonly brake: Pick<Brake, 'set' | 'programs' | 'usedMs'>
  /** Others are installed than were at the start. */
  encodersChanged: () => void
  /** Fewer never stop an encode that runs: it is only not followed by another. With `anew` the user says it now, so that all are tried again. */
  setSlots: (slots: number, anew: boolean) => void
  /** Scenes encoded at once now. */
  readonly slots: () => number
  /** Undefined: it has all that its user wants. */
  readonly fewerSlots: () => FewerSlots | undefined
  /** Called when there are fewer, or one more is tried. */
  readonly onFewerSlots: (listener: () => void) => void
  /** Kills the encoder of a scene and hands the scene back; what is being delivered stays. @returns whether there was such a scene */
  giveBack: (projectId: string, scene: number) => boolean
  /** Hands back what is not begun, finishes and delivers the rest. */
  drain: () => Promise<void>
  /** Kills the encoders, says so to the owners. */
  stop: () => Promise<void>
}

export function createWorkerService(components: WorkerServiceComponents, init: WorkerServiceInit): WorkerService {
  const { signer, log, gap } = components
  const self = signer.peerId
  const core = createWorkerCore({ log }, init)
  const { dispatch, refreshSoon } = core
  const claims = createClaims(signer)
  const idle = createIdleBook({ self, log })
  const encoders = createWorkerEncoders(init.encoders)
  const { programFacts } = encoders
  const talk = createOwnerTalk({ ...components, core, claims })
  const search = createProjectSearch({ ...components, core, encoders, talk, idle }, { self })
  const brake = createBrake()
  const kept = new Set<string>()
  const jobs = createSceneJobs(
    { ...components, programFacts, brake, dispatch, isKept: (key) => kept.has(key), send: talk.send },
    init
  )
  const ahead = createAheadBook({ ...components, core, claims, jobs, kept }, { folder: init.aheadDir })
  gap.onGap((forMs) => dispatch({ type: 'slept', forMs }))
  core.onShortage(() => {
    const fewer = fewerSlots()
    if (fewer !== undefined) log.warn({}, fewerSlotsText(fewer))
  })
  const whenDrained = Promise.withResolvers<void>()
  const timers: NodeJS.Timeout[] = []
  carryOutEffects({ core, claims, talk, search, jobs, onDrained: whenDrained.resolve })

  function every(ms: number, task: () => void): void {
    timers.push(setInterval(task, ms).unref())
  }

  function tick(): void {
    gap.look()
    const nowMs = monotonicMs()
    dispatch({ type: 'tick', nowMs })
    idle.tick(nowMs)
    brake.hold()
  }

  function tell(event: WorkerEvent): void {
    dispatch(event)
    refreshSoon()
  }

  function fewerSlots(): FewerSlots | undefined {
    const { slots, shortage } = core.state
    const { wanted, ranAt, retryAtMs } = shortage
    return slots < wanted ? { wanted, slots, ranAt, retryAtMs: wallTimeOf(retryAtMs) } : undefined
  }

  async function start(): Promise<void> {
    await freshFolder(init.workDir)
    // A node that encodes nothing does not wait until it knows what it could encode with.
    if (core.state.slots > 0) await search.findEncoders()
    else core.inBackground(search.findEncoders())
    every(init.timing.progressMs, () => jobs.renewDue(core.state.jobs.values()))
    // Without a pause: by the last tick the rules know how old a claim is.
    tick()
    every(TICK_MS, tick)
    ahead.resume()
    search.refresh()
  }

  async function stop(): Promise<void> {
    for (const timer of timers) clearInterval(timer)
    search.stop()
    whenDrained.resolve()
    for (const job of core.state.jobs.values()) {
      // What was taken ahead is gone on with after a restart.
      if (job.stage !== 'delivering' && !job.ahead)
        talk.release({ type: 'release', job, kind: 'left', reason: 'the node was stopped' })
      jobs.stop(job)
    }
    talk.stop()
    await core.settled()
    await ahead.settled()
  }

  return {
    recall: ahead.recall,
    start,
    refresh: refreshSoon,
    nudge: talk.nudge,
    busy: () => [...core.state.jobs.values()].filter((job) => job.stage === 'encoding').length,
    inHand: () => core.state.jobs.size,
    idle,
    hold: (on) => tell({ type: 'hold', on }),
    pause: (on) => tell({ type: 'pause', on }),
    freeze: (on) => {
      brake.set('rest', on)
      tell({ type: 'freeze', on, nowMs: monotonicMs() })
      jobs.renewDue(core.state.jobs.values())
    },
    brake,
    encodersChanged: () => {
      search.forgetProbes()
      core.inBackground(search.findEncoders())
    },
    setSlots: (slots, anew) => tell({ type: 'slots', slots, anew }),
    slots: () => core.state.slots,
    fewerSlots,
    onFewerSlots: core.onShortage,
    giveBack: (projectId, scene) => {
      const found = [...core.state.jobs.values()].filter(
        ({ token, stage }) => token.projectId === projectId && token.scene === scene && stage !== 'delivering'
      )
      for (const { key } of found) core.dispatch({ type: 'give-back', key })
      return found.length > 0
    },
    drain: async () => {
      tell({ type: 'drain' })
      await whenDrained.promise
    },
    stop
  }
}
