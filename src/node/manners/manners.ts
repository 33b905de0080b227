import { monotonicMs } from '../../common/clock.ts'
import { createListeners } from '../../common/listeners.ts'
import type { MannerValues } from '../../api/manners/index.ts'
import { FRESH_MANNERS, judgeManners, type MachineFacts, type Rest } from './judge.ts'
import type { Wants } from './machine-facts.ts'

export interface MannersWatchComponents {
  readonly values: () => MannerValues
  readonly facts: (wants: Wants) => Promise<MachineFacts>
  readonly log: { readonly info: (fields: object, message: string) => void }
  /** Milliseconds since 1970; default the clock of this machine. */
  readonly wallMs?: () => number
}

/** Looks again and again whether this machine is wanted for something else. */
export interface MannersWatch {
  /** Why it rests now; undefined where it works. */
  readonly rest: Rest | undefined
  /** Called after each change of the reason. */
  readonly onChange: (listener: () => void) => void
  /** Looks now. */
  readonly look: () => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => void
}

/** Short against every setting, so that neither a jump of the clock nor a sleep of the machine needs a timer of its own. */
const EVERY_MS = 5_000

const wantsOf = ({ whenIdle, onBattery, maxTemperature }: MannerValues): Wants => ({
  use: whenIdle !== undefined,
  power: onBattery === 'pause',
  heat: maxTemperature !== undefined
})

export function createMannersWatch(components: MannersWatchComponents): MannersWatch {
  const { values, facts, log, wallMs = Date.now } = components
  const changes = createListeners<void>()
  let state = FRESH_MANNERS
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  function note(next: typeof state): void {
    const before = state.rest
    state = next
    if (before?.code === next.rest?.code) return
    if (next.rest === undefined) log.info({}, 'this machine is free again: its encoders continue')
    else log.info({ ...next.rest }, 'this machine is needed for something else: its encoders are paused')
    changes.tell()
  }

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    try {
      const now = values()
      const seen = await facts(wantsOf(now))
      note(judgeManners(state, now, { wallMs: wallMs(), nowMs: monotonicMs(), facts: seen }))
    } finally {
      isLooking = false
    }
  }

  return {
    get rest() {
      return state.rest
    },
    onChange: (listener) => void changes.add(listener),
    look,
    start: async () => {
      await look()
      timer = setInterval(() => {
        look().catch((error: unknown) => log.info({ err: error }, 'could not look at this machine'))
      }, EVERY_MS).unref()
    },
    stop: () => clearInterval(timer)
  }
}
