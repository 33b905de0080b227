import { setTimeout as delay } from 'node:timers/promises'
import { monotonicMs } from '../../../common/clock.ts'
import { ApiError, CliError } from '../errors.ts'

/** How long a transfer waits for a node that does not answer. */
export interface PatienceInit {
  readonly signal: AbortSignal
  /** The first pause; each further one is twice as long. Default 1 s. */
  readonly pauseMs?: number | undefined
  /** Gives up after this long without progress. Default 10 min. */
  readonly silenceMsMax?: number | undefined
}

const PAUSE_MS = 1000
const PAUSE_MS_MAX = 15_000

/** How long a node may be silent while a command waits for it across the internet. */
export const SILENCE_MS_MAX = 600_000

/** Statuses of a node that is busy, or has not noticed yet that a connection is lost. */
const PASSING = new Set([408, 409, 423, 429, 500, 502, 503, 504])

/** Whether a later try may succeed. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return PASSING.has(error.status)
  return error instanceof CliError && (error.code === 'no-node' || error.code === 'node-lost')
}

/** Repeats a step until it returns true. */
export interface Patience {
  /** Something arrived. */
  readonly progress: () => void
  /** @throws the error of the step where no later try can succeed, or where nothing arrived for too long */
  readonly until: (step: () => Promise<boolean>) => Promise<void>
}

export function createPatience({ signal, pauseMs = PAUSE_MS, silenceMsMax = SILENCE_MS_MAX }: PatienceInit): Patience {
  let heardAt = monotonicMs()
  let pause = pauseMs
  return {
    progress: () => {
      heardAt = monotonicMs()
      pause = pauseMs
    },
    until: async (step) => {
      for (;;) {
        signal.throwIfAborted()
        try {
          if (await step()) return
        } catch (error) {
          signal.throwIfAborted()
          if (!isPassing(error) || monotonicMs() - heardAt > silenceMsMax) throw error
          await delay(pause, undefined, { signal })
          pause = Math.min(2 * pause, PAUSE_MS_MAX)
        }
      }
    }
  }
}
