import { EventHeap } from './event-heap.ts'
import type { HeapEvent } from './event-heap.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { createTrace } from './trace.ts'
import type { TraceKeep } from './trace.ts'

export interface Timer {
  /** No effect once the task has run. */
  cancel: () => void
}

export interface RunInit {
  /** Stops before the first event later than this and sets the time to it. Default: no end. */
  readonly untilMs?: number
  /** Stops after this many events of this run. Default: no end. */
  readonly eventsMax?: number
  /** Stops as soon as it is true; asked before the first and after each event. */
  readonly until?: () => boolean
  /** Called after each event: the place to check invariants. What it throws ends the run. */
  readonly after?: () => void
}

/** Why a run stopped: nothing left to do, `untilMs`, `eventsMax` or `until`. */
export type RunEnd = 'idle' | 'time' | 'events' | 'condition'

/** Virtual time. Nothing happens but what was scheduled, one event after the other. */
export interface World {
  readonly seed: number
  /** Milliseconds since the world began, with fractions. */
  readonly nowMs: number
  /** Events that have run. */
  readonly events: number
  /** Events that wait. */
  readonly pending: number
  readonly random: Random
  /** Whether `trace` keeps anything. */
  readonly tracing: boolean
  /** Runs `task` in `delayMs` (negative counts as 0); equal times run in the order of scheduling. @throws RangeError for NaN or infinity. */
  at: (delayMs: number, task: () => void) => Timer
  /** The same with one argument: no closure for events that come often. */
  call: <T>(delayMs: number, task: (argument: T) => void, argument: T) => Timer
  /** The same at a moment of the world; one that has passed counts as now. */
  callAt: <T>(atMs: number, task: (argument: T) => void, argument: T) => Timer
  /** Runs the next event. False when there is none. */
  step: () => boolean
  run: (init?: RunInit) => RunEnd
  /** Keeps `text()` with time and source when tracing is on; `text` is not called otherwise. */
  trace: (source: string, text: () => string) => void
  /** What the trace kept, oldest line first. */
  lines: () => string[]
}

export interface WorldInit {
  readonly seed: number
  /** Default `off`. */
  readonly trace?: TraceKeep
}

export function createWorld(init: WorldInit): World {
  return new SimWorld(init)
}

const COMPACT_MIN = 1024

class SimWorld implements World {
  readonly seed: number
  readonly random: Random
  readonly #trace
  readonly #heap = new EventHeap<WorldEvent>()
  #nowMs = 0
  #events = 0
  #order = 0
  #cancelled = 0

  constructor({ seed, trace = 'off' }: WorldInit) {
    this.seed = seed
    this.random = createRandom(seed)
    this.#trace = createTrace(trace)
  }

  get nowMs(): number {
    return this.#nowMs
  }

  get events(): number {
    return this.#events
  }

  get pending(): number {
    return this.#heap.size - this.#cancelled
  }

  get tracing(): boolean {
    return this.#trace.on
  }

  at(delayMs: number, task: () => void): Timer {
    return this.callAt(this.#nowMs + delayMs, task, undefined)
  }

  call<T>(delayMs: number, task: (argument: T) => void, argument: T): Timer {
    return this.callAt(this.#nowMs + delayMs, task, argument)
  }

  callAt<T>(atMs: number, task: (argument: T) => void, argument: T): Timer {
    if (!Number.isFinite(atMs)) throw new RangeError(`not a time: ${atMs}`)
    const due = Math.max(this.#nowMs, atMs)
    const event = new WorldEvent(this, due, this.#order++, task as (argument: unknown) => void, argument)
    this.#heap.push(event)
    return event
  }

  step(): boolean {
    const event = this.#next()
    if (event === undefined) return false
    this.#heap.pop()
    this.#fire(event)
    return true
  }

  run({ untilMs = Infinity, eventsMax = Infinity, until, after }: RunInit = {}): RunEnd {
    if (until?.() === true) return 'condition'
    for (let count = 0; ; count++) {
      const event = this.#next()
      if (event === undefined || event.atMs > untilMs) {
        if (untilMs !== Infinity) this.#nowMs = Math.max(this.#nowMs, untilMs)
        return event === undefined ? 'idle' : 'time'
      }
      if (count >= eventsMax) return 'events'
      this.#heap.pop()
      this.#fire(event)
      after?.()
      if (until?.() === true) return 'condition'
    }
  }

  trace(source: string, text: () => string): void {
    if (this.#trace.on) this.#trace.add(this.#nowMs, source, text())
  }

  lines(): string[] {
    return this.#trace.lines()
  }

  /** A cancelled event left the count of those that will run. */
  dropped(): void {
    this.#cancelled++
    if (this.#cancelled < COMPACT_MIN || this.#cancelled * 2 < this.#heap.size) return
    this.#heap.compact()
    this.#cancelled = 0
  }

  #next(): WorldEvent | undefined {
    let event = this.#heap.peek()
    while (event?.cancelled === true) {
      this.#heap.pop()
      this.#cancelled--
      event = this.#heap.peek()
    }
    return event
  }

  #fire(event: WorldEvent): void {
    this.#nowMs = event.atMs
    this.#events++
    event.fire()
  }
}

class WorldEvent implements HeapEvent, Timer {
  readonly atMs: number
  readonly order: number
  cancelled = false
  #world: SimWorld | undefined
  #task: ((argument: unknown) => void) | undefined
  #argument: unknown

  constructor(world: SimWorld, atMs: number, order: number, task: (argument: unknown) => void, argument: unknown) {
    this.atMs = atMs
    this.order = order
    this.#world = world
    this.#task = task
    this.#argument = argument
  }

  cancel(): void {
    const world = this.#world
    if (world === undefined) return
    this.cancelled = true
    this.#release()
    world.dropped()
  }

  fire(): void {
    const task = this.#task
    const argument = this.#argument
    this.#release()
    task?.(argument)
  }

  /** A timer that somebody keeps must not keep alive what it was for. */
  #release(): void {
    this.#world = undefined
    this.#task = undefined
    this.#argument = undefined
  }
}
