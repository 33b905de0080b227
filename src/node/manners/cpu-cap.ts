import { availableParallelism } from 'node:os'
import { monotonicMs } from '../../common/clock.ts'
import type { Brake } from '../../encode/index.ts'

/** Processor time that may still be taken, in milliseconds; below 0 it was overdrawn. */
export interface CpuBudget {
  readonly creditMs: number
}

export interface CpuStep {
  readonly elapsedMs: number
  readonly usedMs: number
  /** Of all processors, 0 to 1. */
  readonly share: number
  readonly cores: number
}

/** What is not used is kept for so long, so that a rest now allows no long burst later. */
const KEPT_MS = 500

/** The budget after some time, in which the programs used so much. They may run while it is above 0. */
export function stepBudget({ creditMs }: CpuBudget, { elapsedMs, usedMs, share, cores }: CpuStep): CpuBudget {
  const perMs = share * cores
  return { creditMs: Math.min(KEPT_MS * perMs, creditMs + elapsedMs * perMs - usedMs) }
}

export interface CpuCap {
  /** Undefined: no limit. */
  readonly set: (share: number | undefined) => void
  readonly stop: () => void
}

export interface CpuCapInit {
  /** Threads of each encoder, for systems that do not tell what programs use. */
  readonly threads: number
  /** Default those of this machine. */
  readonly cores?: number
}

const EVERY_MS = 100

/** Keeps encodes below a share of the processors: they stand still for a moment whenever they have used more. */
export function createCpuCap(
  { brake }: { readonly brake: Pick<Brake, 'set' | 'programs' | 'usedMs'> },
  { threads, cores = availableParallelism() }: CpuCapInit
): CpuCap {
  let timer: NodeJS.Timeout | undefined
  let budget: CpuBudget = { creditMs: 0 }
  let lastMs = 0
  let runs = true

  function look(share: number): void {
    const nowMs = monotonicMs()
    const elapsedMs = nowMs - lastMs
    lastMs = nowMs
    const assumedMs = runs ? elapsedMs * Math.min(cores, threads * Math.ceil(brake.programs() / 3)) : 0
    budget = stepBudget(budget, { elapsedMs, usedMs: brake.usedMs() ?? assumedMs, share, cores })
    runs = budget.creditMs > 0
    brake.set('ease', !runs)
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
    runs = true
    brake.set('ease', false)
  }

  return {
    stop,
    set: (share) => {
      stop()
      if (share === undefined || share >= 1) return
      lastMs = monotonicMs()
      budget = { creditMs: 0 }
      brake.usedMs()
      timer = setInterval(() => look(share), EVERY_MS).unref()
    }
  }
}
