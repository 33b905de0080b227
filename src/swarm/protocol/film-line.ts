import { waitOf, waitsForAnother } from './owner-waits.ts'
import type { OwnerState } from './owner-types.ts'

/** Films of an owner that are prepared at a time: the second only for one that is wanted sooner, or whose workers have nothing to do. */
export const PREPARED_AT_A_TIME = 2

/**
 * Where a film of the owner is in the line of those that are to be prepared. `asks`: it waits for its turn. `runs`: it is being prepared. `held`: so is it, but cutting waits for
 * room. `rests`: it wants nothing, because all of it is prepared, or because of trouble.
 */
export type LineStep = 'asks' | 'runs' | 'held' | 'rests'

/** One film of an owner, as far as the line looks at it. */
export interface FilmInLine {
  readonly projectId: string
  readonly step: LineStep
  /** Nobody has to encode it before it can go on: what is lost of a prepared film is cut again, or all of it was encoded before. */
  readonly isQuick: boolean
  /** Lower is sooner. */
  readonly priority: number
  /** Time of day of its submission. */
  readonly createdAtMs: number
  /** Scenes that any of its workers may claim now. */
  readonly open: number
  /** Scenes that workers have. */
  readonly leased: number
  /** A scene of it was handed out since the owner's start. */
  readonly isBegun: boolean
  /** A scene of it is done. */
  readonly hasDelivered: boolean
  /** Workers that asked for a scene of it and may have one: whether they were told that there is none. */
  readonly askers: ReadonlyMap<string, boolean>
}

/** What the line looks at of a project that has not ended. */
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
 * Which film is prepared now; undefined when none is, for now. One film is prepared ahead of what is encoded, and more only while the scenes that may be claimed are fewer than those
 * that workers have. So a film of a higher priority is prepared at once, although another one is ahead. What is quick is done beside, one at a time.
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

/** What is held does nothing until others are encoded: when all are, one more may begin, for they may be for other workers. */
function hasRoom(films: readonly FilmInLine[]): boolean {
  const inHand = films.filter((film) => isInHand(film) && !film.isQuick)
  return inHand.length < PREPARED_AT_A_TIME || inHand.every(({ step }) => step === 'held')
}

/** Whether workers have enough to do before a film: one that is being prepared, or one that is and that nobody has begun, with scenes for all who are at work. */
function isEnoughAhead(film: FilmInLine, films: readonly FilmInLine[]): boolean {
  const before = films.filter((other) => !other.isQuick && other !== film && comesBefore(other, film))
  if (before.some(isInHand)) return true
  const sum = (count: (film: FilmInLine) => number): number => films.reduce((all, one) => all + count(one), 0)
  const isAhead = before.some(({ step, isBegun, open }) => step === 'rests' && !isBegun && open > 0)
  return isAhead && sum(({ open }) => open) >= sum(({ leased }) => leased)
}

/** Whether a worker that has nothing to do would get scenes of the film sooner than of those that are being prepared. */
function isWanted(film: FilmInLine, films: readonly FilmInLine[]): boolean {
  const running = films.filter(({ step, isQuick }) => step === 'runs' && !isQuick)
  return [...film.askers].some(([worker, waits]) => {
    if (!waits || films.some(({ askers }) => askers.get(worker) === false)) return false
    // One that encodes faster than the film is analysed has seen results of it.
    return running.every(({ askers, hasDelivered }) => hasDelivered || !askers.has(worker))
  })
}

/** How many films come before one that asks: those that are prepared or encoded sooner. */
export function countBefore(film: FilmInLine, films: readonly FilmInLine[]): number {
  return films.filter((other) => {
    if (other === film) return false
    if (isInHand(other)) return true
    const hasWork = other.step === 'asks' || other.open + other.leased > 0
    return hasWork && comesBefore(other, film)
  }).length
}

const ASIDE = 'is set aside, since this node was started for other films; "grav1 node" goes on with it'

/** What a film waits for that nobody has begun to prepare, for people; empty when it does not, or scenes of it are worked on all the same. */
export function turnReason(state: OwnerState): string {
  const { before, queue, leased, phase, aside } = state
  if (aside && phase === 'open' && leased.size === 0) return ASIDE
  if (before === undefined || phase !== 'open' || queue.length + leased.size > 0 || waitOf(state) != null) return ''
  if (before === 0) return 'waits for its turn: it is next'
  return `waits for its turn: ${before === 1 ? '1 film' : `${before} films`} before it`
}

/** What pieces take at an owner, and who asks for more. */
export interface PieceStock {
  /** Bytes of all pieces of the owner's films that are here and not done with. */
  readonly bytes: number
  readonly quotaBytes: number
  /** Of the film whose piece is to be cut. */
  readonly film: Pick<FilmInLine, 'open' | 'leased' | 'askers'>
}

/** Whether another piece of a film may be cut. Whatever the quota is, a film has one scene more to hand out than its workers have and ask for: so it never stands still for it. */
export function mayCutPiece({ bytes, quotaBytes, film }: PieceStock): boolean {
  const waiting = [...film.askers.values()].filter(Boolean).length
  return bytes < quotaBytes || film.open < film.leased + waiting + 1
}
