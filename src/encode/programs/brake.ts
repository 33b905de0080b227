import { AsyncLocalStorage } from 'node:async_hooks'
import { goOn, type ProcessLine, processTree, standStill, TICK_MS } from '../../platform/index.ts'

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

/** Of each program with all that it started. What ends in there goes on to count at its parent, so only the sum grows steadily. @param tree parents first */
function ticksOf(tree: readonly ProcessLine[], pids: ReadonlySet<number>): ReadonlyMap<number, number> {
  const rootOf = new Map<number, number>()
  const sums = new Map<number, number>()
  for (const { pid, parent, ticks } of tree) {
    const root = pids.has(pid) ? pid : (rootOf.get(parent) ?? pid)
    rootOf.set(pid, root)
    sums.set(root, (sums.get(root) ?? 0) + ticks)
  }
  return sums
}

export function createBrake(): Brake {
  const pids = new Set<number>()
  const reasons = new Set<BrakeReason>()
  /** The most that each program had at any call. One below it that ends while the processes are read is missing for once: its parent is read before it. */
  let ticks: ReadonlyMap<number, number> = new Map()
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
      ticks = new Map([...ticksOf(tree, pids)].map(([pid, count]) => [pid, Math.max(count, before.get(pid) ?? 0)]))
      return TICK_MS * [...ticks].reduce((sum, [pid, count]) => sum + count - (before.get(pid) ?? 0), 0)
    }
  }
}
