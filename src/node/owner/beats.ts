import { monotonicMs } from '../../common/clock.ts'
import { framesDone } from '../../common/scene-progress.ts'
import { createRateMeter } from '../peers/rate-meter.ts'
import {
  beatIntervalMs,
  clipText,
  fitBeat,
  LIMITS,
  summarise,
  turnReason,
  waitOf,
  type BeatState,
  type OwnerState
} from '../../swarm/protocol/index.ts'
import type { LogBook, Logger, Signer, Spread } from '../../swarm/index.ts'

/** How often this node's own view is brought up to date while something changes. */
const VIEW_MS = 250
/** How often the others are told while nothing changes. */
const BEAT_IDLE_MS = 10_000
const AFTER_END_MS = 10 * 60_000
const REASON_CHARS_MAX = 400

export interface BeatsComponents {
  readonly book: LogBook
  readonly spread: Pick<Spread, 'publish'>
  readonly signer: Signer
  readonly log: Logger
}

/** Tells how a project stands: often to this node's own view, at most once a second to the others, more rarely a large one and while nothing changes. */
export interface Beats {
  start: () => void
  /** Something changed. */
  touch: () => void
  /** The project has ended: says so at once, and for a while to peers that were cut off. */
  finish: () => void
  stop: () => void
}

export function createBeats(components: BeatsComponents, current: () => OwnerState): Beats {
  const { book, spread, signer, log } = components
  const rate = createRateMeter()
  let timer: NodeJS.Timeout | undefined
  let beatNo = 0
  let changed = false
  let stopped = false
  /** Something changed that only this node's view shows yet. */
  let untold = true
  let toldAtMs = -Infinity
  let toldBytes = 0

  function tick(): void {
    clearTimeout(timer)
    const nowMs = monotonicMs()
    const tell = nowMs >= toldAtMs + Math.max(beatIntervalMs(toldBytes), untold ? 0 : BEAT_IDLE_MS)
    if (tell || changed) say(tell)
    timer = setTimeout(tick, VIEW_MS).unref()
  }

  function say(tell: boolean): void {
    changed = false
    untold = !tell
    if (tell) toldAtMs = monotonicMs()
    publish(tell).catch((error: unknown) =>
      log.warn({ projectId: current().projectId, err: error }, 'could not send a beat')
    )
  }

  async function publish(tell: boolean): Promise<void> {
    const state = current()
    const { statuses, leases, failures } = summarise(state)
    rate.update(encodedFrames(state), monotonicMs())
    beatNo += 1
    const wait = waitOf(state)
    const { beat, payload } = fitBeat({
      projectId: state.projectId,
      epoch: state.epoch,
      beatNo,
      state: beatState(state),
      sceneStates: statuses,
      leases,
      fps: rate.perSecond(monotonicMs()),
      failures: failures.map((failure) => ({ ...failure, reason: failure.reason.slice(0, REASON_CHARS_MAX) })),
      ...(wait == null ? {} : { waits: { code: wait.code, detail: clipText(wait.detail, LIMITS.waitDetailCharsMax) } }),
      seq: book.views.get(state.projectId)?.head.seq ?? 0
    })
    const envelope = await signer.sign('beat', payload)
    if (stopped) return
    book.sayBeat(beat, envelope)
    if (!tell) return
    toldBytes = envelope.byteLength
    await spread.publish(state.projectId, 'beats', envelope)
  }

  function repeatUntil(overAtMs: number): void {
    clearTimeout(timer)
    say(true)
    if (monotonicMs() < overAtMs) timer = setTimeout(() => repeatUntil(overAtMs), BEAT_IDLE_MS).unref()
  }

  const stop = (): void => {
    stopped = true
    clearTimeout(timer)
  }
  return {
    start: tick,
    stop,
    touch: () => {
      changed = true
    },
    finish: () => {
      if (!stopped) repeatUntil(monotonicMs() + AFTER_END_MS)
    }
  }
}

/** Frames of the film that were encoded, of all leases on a scene. */
function encodedFrames({ scenes, work }: OwnerState): number {
  return scenes.reduce((sum, { frames, accepted, results, leases }) => {
    if (accepted || results.length > 0) return sum + frames
    return leases.reduce((inner, lease) => inner + framesDone(frames, lease, work), sum)
  }, 0)
}

function beatState(state: OwnerState): BeatState {
  if (state.phase === 'ended') return 'ended'
  if (waitOf(state) != null) return 'waiting'
  if (turnReason(state) !== '') return 'queued'
  if (state.phase === 'joining') return 'joining'
  return state.planned ? 'encoding' : 'analysing'
}
