import { waitOf, waitsForAnother } from './owner-waits.ts'
import type { OwnerState } from './owner-types.ts'

/** Films that an owner prepares at a time: the second only for a film that is needed sooner, or whose workers are idle. */
export const PREPARED_AT_A_TIME = 2

/**
 * The state of a film in the owner's preparation line. `asks`: it waits for its turn. `runs`: it is being prepared. `held`: it is being prepared, but cutting waits for
 * room. `rests`: it needs no turn, because it is completely prepared, or because of trouble.
 */
export type LineStep = 'asks' | 'runs' | 'held' | 'rests'

/** What the line knows about one film of an owner. */
export interface FilmInLine {
  readonly projectId: string
  readonly step: LineStep
  /** It can continue without any encoding: lost pieces of a prepared film are cut again, or all of it was encoded before. */
  readonly isQuick: boolean
  /** Lower is sooner. */
  readonly priority: number
  /** Time of day of its submission. */
  readonly createdAtMs: number
  /** Scenes that any of its workers may claim now. */
  readonly open: number
  /** Scenes that workers hold. */
  readonly leased: number
  /** A scene of it was handed out since the owner's start. */
  readonly isBegun: boolean
  /** A scene of it is done. */
  readonly hasDelivered: boolean
  /** Workers that asked for a scene of it and may have one, and whether they were told that there is none. */
  readonly askers: ReadonlyMap<string, boolean>
}

/** What the line needs to know about a project that has not ended. */
export function filmInLine(
  state: OwnerState,
  film: Pick<FilmInLine, 'step' | 'isQuick' | 'priority' | 'createdAtMs'>
): FilmInLine {
  const askers = [...state.workers]
    .filter(([, worker]) => worker.connected && worker.maker != null && worker.refused == null)
    .filter(([, worker]) => worker.pausedUntilMs === 0)
    .map(([id, worker]) => [id, worker.waiting] as const)
  return {
    ...film,
    projectId: state.projectId,
    open: state.queue.filter((scene) => isForAnybody(state, scene)).length,
    leased: state.leased.size,
    isBegun: state.nextAttempt > 1 || state.leased.size > 0,
    hasDelivered: state.acceptedScenes > 0,
    askers: new Map(askers)
  }
}

function isForAnybody(state: OwnerState, index: number): boolean {
  const scene = state.scenes[index]
  return scene != null && scene.like == null && !state.paused.has(index) && !waitsForAnother(state, scene)
}

/** The order in which films are prepared: by priority, then by the time of their submission. */
export function comesBefore(a: FilmInLine, b: FilmInLine): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority
  if (a.createdAtMs !== b.createdAtMs) return a.createdAtMs < b.createdAtMs
  return a.projectId < b.projectId
}

const isInHand = ({ step }: FilmInLine): boolean => step === 'runs' || step === 'held'

/**
 * The film to prepare next; undefined if there is none for now. One film is prepared ahead of the encoding, and more only while fewer scenes can be claimed than
 * workers hold. So a film of a higher priority is prepared at once, although another one is ahead. Short jobs run beside the others, one at a time.
 */
export function nextInLine(films: readonly FilmInLine[]): string | undefined {
  const asking = films.filter(({ step }) => step === 'asks').toSorted((a, b) => (comesBefore(a, b) ? -1 : 1))
  const isQuickRunning = films.some(({ step, isQuick }) => step === 'runs' && isQuick)
  const quick = isQuickRunning ? undefined : asking.find(({ isQuick }) => isQuick)
  if (quick != null) return quick.projectId
  if (!hasRoom(films)) return undefined
  const slow = asking.filter(({ isQuick }) => !isQuick)
  const next = slow.find((film, index) => (index === 0 && !isEnoughAhead(film, films)) || isWanted(film, films))
  return next?.projectId
}

/** A held film does nothing until others are encoded: if all are held, one more may start, because other workers may need it. */
function hasRoom(films: readonly FilmInLine[]): boolean {
  const inHand = films.filter((film) => isInHand(film) && !film.isQuick)
  return inHand.length < PREPARED_AT_A_TIME || inHand.every(({ step }) => step === 'held')
}

/** Whether workers have enough to do before a film: another is being prepared, or a prepared one that nobody has started has scenes for all active workers. */
function isEnoughAhead(film: FilmInLine, films: readonly FilmInLine[]): boolean {
  const before = films.filter((other) => !other.isQuick && other !== film && comesBefore(other, film))
  if (before.some(isInHand)) return true
  const sum = (count: (film: FilmInLine) => number): number => films.reduce((all, one) => all + count(one), 0)
  const isAhead = before.some(({ step, isBegun, open }) => step === 'rests' && !isBegun && open > 0)
  return isAhead && sum(({ open }) => open) >= sum(({ leased }) => leased)
}

/** Whether an idle worker would get scenes of this film sooner than of those that are being prepared. */
function isWanted(film: FilmInLine, films: readonly FilmInLine[]): boolean {
  const running = films.filter(({ step, isQuick }) => step === 'runs' && !isQuick)
  return [...film.askers].some(([worker, waits]) => {
    if (!waits || films.some(({ askers }) => askers.get(worker) === false)) return false
    // A worker that encodes faster than the film is analysed has had results of it accepted.
    return running.every(({ askers, hasDelivered }) => hasDelivered || !askers.has(worker))
  })
}

/** How many films are prepared or encoded before this one. */
export function countBefore(film: FilmInLine, films: readonly FilmInLine[]): number {
  return films.filter((other) => {
    if (other === film) return false
    if (isInHand(other)) return true
    const hasWork = other.step === 'asks' || other.open + other.leased > 0
    return hasWork && comesBefore(other, film)
  }).length
}

const ASIDE = 'is set aside, since this node was started for other films; "grav1 node" resumes it'

/** What a film that is not prepared yet waits for, as text for people; empty if it does not wait, or if workers encode scenes of it anyway. */
export function turnReason(state: OwnerState): string {
  const { before, queue, leased, phase, aside } = state
  if (aside && phase === 'open' && leased.size === 0) return ASIDE
  if (before === undefined || phase !== 'open' || queue.length + leased.size > 0 || waitOf(state) != null) return ''
  if (before === 0) return 'waits for its turn: it is next'
  return `waits for its turn: ${before === 1 ? '1 film' : `${before} films`} before it`
}

/** The space that an owner's pieces take, and the film that asks for more. */
export interface PieceStock {
  /** Bytes of all pieces of the owner's films that are on the disk and still needed. */
  readonly bytes: number
  readonly quotaBytes: number
  /** Of the film whose piece is to be cut. */
  readonly film: Pick<FilmInLine, 'open' | 'leased' | 'askers'>
}

/** Whether another piece of a film may be cut. Whatever the quota, a film may keep one more scene ready than its workers hold and ask for, so the quota never stops it. */
export function mayCutPiece({ bytes, quotaBytes, film }: PieceStock): boolean {
  const waiting = [...film.askers.values()].filter(Boolean).length
  return bytes < quotaBytes || film.open < film.leased + waiting + 1
}
