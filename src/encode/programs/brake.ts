import { AsyncLocalStorage } from 'node:async_hooks'
import { goOn, processTree, standStill, TICK_MS } from '../../platform/index.ts'

/** Why programs stand still: `rest`, because the machine is wanted, so that the time does not count; `ease`, for a moment, so that they take less of the processor. */
export type BrakeReason = 'rest' | 'ease'

/** Makes all programs of some tasks stand still, and go on later. */
export interface Brake {
  /** Every program that the task starts obeys the brake, from its start. */
  readonly run: <T>(task: () => Promise<T>) => Promise<T>
  readonly set: (reason: BrakeReason, on: boolean) => void
  /** Stops what moves although it should not. */
  readonly hold: () => void
  /** Programs that run under it. */
  readonly programs: () => number
  /** Milliseconds of processor time since the last call; undefined where the system does not tell. */
  readonly usedMs: () => number | undefined
}

interface Held {
  readonly start: (pid: number) => () => void
  /** That its programs rested, over its whole life. */
  readonly restedMs: () => number
}

const current = new AsyncLocalStorage<Held>()

/** A program was started: it obeys the brake of the task that started it. @returns to be called when it has ended */
export const underBrake = (pid: number): (() => void) => current.getStore()?.start(pid) ?? (() => {})

/** A clock that stands while the programs of this task rest. */
export const workingMs = (): number => performance.now() - (current.getStore()?.restedMs() ?? 0)

export function createBrake(): Brake {
  const pids = new Set<number>()
  const reasons = new Set<BrakeReason>()
  let ticks = new Map<number, number>()
  let restedMs = 0
  let sinceMs: number | undefined

  const held: Held = {
    start: (pid) => {
      pids.add(pid)
      if (reasons.size > 0) standStill([pid])
      return () => void pids.delete(pid)
    },
    restedMs: () => restedMs + (sinceMs === undefined ? 0 : performance.now() - sinceMs)
  }

  function note(reason: BrakeReason, on: boolean): void {
    if (reason !== 'rest') return
    restedMs = held.restedMs()
    sinceMs = on ? performance.now() : undefined
  }

  return {
    run: async (task) => current.run(held, task),
    set: (reason, on) => {
      if (reasons.has(reason) === on) return
      const stood = reasons.size > 0
      if (on) reasons.add(reason)
      else reasons.delete(reason)
      note(reason, on)
      if (reasons.size > 0 === stood) return
      if (stood) goOn([...pids])
      else standStill([...pids])
    },
    hold: () => {
      if (reasons.size > 0 && pids.size > 0) standStill([...pids])
    },
    programs: () => pids.size,
    usedMs: () => {
      const tree = processTree(pids)
      if (tree.length === 0 && pids.size > 0) return undefined
      const before = ticks
      ticks = new Map(tree.map((line) => [line.pid, line.ticks]))
      return TICK_MS * tree.reduce((sum, line) => sum + line.ticks - (before.get(line.pid) ?? 0), 0)
    }
  }
}
