import { type Bucket, drawn, filled, mayDraw, refillMs, SLICE_BYTES, transfersAtOnce } from '../protocol/bandwidth.ts'

/** A clock and a timer; tests have their own. */
export interface ThrottleClock {
  readonly nowMs: () => number
  /** @returns a function that ends the wait */
  readonly after: (ms: number, task: () => void) => () => void
}

/** One direction of blob traffic, shared fairly by the peers. */
export interface Throttle {
  /** @param rate bytes per second; 0 has no limit */
  readonly setRate: (rate: number) => void
  readonly isLimited: (peer: string) => boolean
  /** Waits until a transfer with a peer may begin. @returns what to call at its end. @throws the signal's reason */
  readonly enter: (peer: string, signal: AbortSignal) => Promise<() => void>
  /** Passes bytes on when their turn has come: unchanged to a peer without a limit, else in slices. @throws the signal's reason */
  readonly pace: (peer: string, source: AsyncIterable<Uint8Array>, signal: AbortSignal) => AsyncGenerator<Uint8Array>
}

export interface ThrottleInit {
  readonly clock?: ThrottleClock
  /** Peers whose traffic counts. Default: all. */
  readonly counts?: (peer: string) => boolean
}

const systemClock: ThrottleClock = {
  nowMs: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  }
}

interface Waiter {
  readonly bytes: number
  readonly go: () => void
}

/** Whoever waits, by peer. The first peer is the next one. */
class Lines {
  readonly #lines = new Map<string, Waiter[]>()

  get peers(): IterableIterator<string> {
    return this.#lines.keys()
  }

  /** @returns a function that takes it out again */
  add(peer: string, waiter: Waiter): () => void {
    const line = this.#lines.get(peer) ?? []
    this.#lines.set(peer, line)
    line.push(waiter)
    return () => {
      const at = line.indexOf(waiter)
      if (at >= 0) line.splice(at, 1)
      if (line.length === 0 && this.#lines.get(peer) === line) this.#lines.delete(peer)
    }
  }

  /** The first one of a peer, who then goes to the end of the peers. */
  shift(peer: string): Waiter | undefined {
    const line = this.#lines.get(peer)
    const waiter = line?.shift()
    this.#lines.delete(peer)
    if (line !== undefined && line.length > 0) this.#lines.set(peer, line)
    return waiter
  }
}

const first = (lines: Lines): string | undefined => lines.peers.next().value

export function createThrottle({ clock = systemClock, counts = () => true }: ThrottleInit = {}): Throttle {
  let rate = 0
  let bucket: Bucket = { bytes: 0, atMs: clock.nowMs() }
  let endWait: (() => void) | undefined
  const slices = new Lines()
  const arrivals = new Lines()
  const running = new Map<string, number>()
  let all = 0

  const isLimited = (peer: string): boolean => rate > 0 && counts(peer)

  /** Gives each peer one slice in turn, as long as there is something. */
  function pour(): void {
    endWait?.()
    endWait = undefined
    if (rate > 0) bucket = filled(bucket, rate, clock.nowMs())
    for (let peer = first(slices); peer !== undefined; peer = first(slices)) {
      if (rate > 0 && !mayDraw(bucket)) {
        endWait = clock.after(refillMs(bucket, rate), pour)
        return
      }
      const waiter = slices.shift(peer)
      bucket = drawn(bucket, waiter?.bytes ?? 0)
      waiter?.go()
    }
  }

  /** The waiting peer that has the fewest transfers. */
  const nextArrival = (): string | undefined =>
    [...arrivals.peers].reduce<string | undefined>(
      (best, peer) => (best !== undefined && (running.get(best) ?? 0) <= (running.get(peer) ?? 0) ? best : peer),
      undefined
    )

  function admit(): void {
    for (let peer = nextArrival(); peer !== undefined; peer = nextArrival()) {
      if (rate > 0 && all >= transfersAtOnce(rate)) return
      const waiter = arrivals.shift(peer)
      running.set(peer, (running.get(peer) ?? 0) + 1)
      all += 1
      waiter?.go()
    }
  }

  function leave(peer: string): void {
    const left = (running.get(peer) ?? 1) - 1
    if (left === 0) running.delete(peer)
    else running.set(peer, left)
    all -= 1
    admit()
  }

  async function waitIn(lines: Lines, peer: string, bytes: number, signal: AbortSignal, look: () => void) {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const remove = lines.add(peer, { bytes, go: resolve })
    const abort = (): void => {
      remove()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    look()
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  return {
    setRate: (next) => {
      bucket = rate > 0 ? filled(bucket, rate, clock.nowMs()) : { bytes: 0, atMs: clock.nowMs() }
      rate = next
      pour()
      admit()
    },
    isLimited,
    enter: async (peer, signal) => {
      if (!isLimited(peer)) return () => undefined
      await waitIn(arrivals, peer, 0, signal, admit)
      let isOver = false
      return () => {
        if (!isOver) leave(peer)
        isOver = true
      }
    },
    pace: async function* (peer, source, signal) {
      for await (const chunk of source) {
        for (let at = 0; at < chunk.byteLength;) {
          if (!isLimited(peer)) {
            yield chunk.subarray(at)
            break
          }
          const slice = chunk.subarray(at, at + SLICE_BYTES)
          await waitIn(slices, peer, slice.byteLength, signal, pour)
          yield slice
          at += slice.byteLength
        }
      }
    }
  }
}
