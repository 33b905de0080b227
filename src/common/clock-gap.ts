import { createListeners } from './listeners.ts'
import { monotonicMs } from './clock.ts'

/** Longer than a busy machine keeps a process waiting. */
const GAP_MS = 10_000
const LOOK_MS = 1_000

export interface ClockGapComponents {
  /** Default: those of this machine. */
  readonly monotonicMs?: () => number
  readonly wallMs?: () => number
}

/** Notices that the machine slept, or that this process was stopped: one of the clocks went on while nothing ran. */
export interface ClockGap {
  /** Compares the clocks with the last look. Whoever acts on a deadline looks first. */
  readonly look: () => void
  /** Calls back with the milliseconds that the monotonic clock went on: 0 where it stands still while the machine sleeps. */
  readonly onGap: (listener: (awayMs: number) => void) => void
  /** Looks every second from here on. @returns a function that ends it */
  readonly start: () => () => void
}

export function createClockGap(components: ClockGapComponents = {}): ClockGap {
  const { monotonicMs: monotonic = monotonicMs, wallMs = Date.now } = components
  const gaps = createListeners<number>()
  let last = { monotonic: monotonic(), wall: wallMs() }

  function look(): void {
    const now = { monotonic: monotonic(), wall: wallMs() }
    const ranMs = now.monotonic - last.monotonic
    const isGap = Math.max(ranMs, now.wall - last.wall) >= GAP_MS
    last = now
    if (isGap) gaps.tell(ranMs >= GAP_MS ? Math.round(ranMs) : 0)
  }

  return {
    look,
    onGap: (listener) => void gaps.add(listener),
    start: () => {
      last = { monotonic: monotonic(), wall: wallMs() }
      const timer = setInterval(look, LOOK_MS).unref()
      return () => clearInterval(timer)
    }
  }
}
