import { createGate } from './gate.ts'
import type { ProcessGate } from './gate.ts'
import type { Timer, World } from './world.ts'

/** What one run of a process sees of time. It ends with the process. */
export interface Scope {
  /** False once the process has ended. */
  readonly alive: boolean
  /** Whole milliseconds since this run began, by the node's own clock; never goes back. */
  monotonicMs: () => number
  wallMs: () => number
  /** Runs the task after `ms` of the node's own time: not before `monotonicMs` has grown by it, not while the node is paused, never once it is dead. */
  after: (ms: number, task: () => void) => Timer
  /** Ends the run: no timer of it fires any more. */
  kill: () => void
}

/** The clocks of one machine, and whether its process is stopped. Also the gate for its network and disk. */
export interface Clock extends ProcessGate {
  /** Own milliseconds for one of the world. */
  readonly rate: number
  /** 0.5 to 2. A timer that is running keeps the moment it was set for; where that would now be too early, it waits the rest. @throws RangeError otherwise. */
  setRate: (rate: number) => void
  /** Moves the wall clock, in either direction. */
  jumpWall: (byMs: number) => void
  wallMs: () => number
  /** Of the current run. @throws Error before the first `boot`. */
  monotonicMs: () => number
  /** Begins a run of the process: kills the one before, ends a pause, starts `monotonicMs` at 0. */
  boot: () => Scope
}

export interface ClockInit {
  /** Default 1. */
  readonly rate?: number
  /** Wall clock at the beginning of the world. Default 1 750 000 000 000, a day in June 2025. */
  readonly wallMs?: number
}

const RATE_MIN = 0.5
const RATE_MAX = 2
/** Sums of fractions miss a whole number by less than this. */
const ROUNDING_MS = 1e-5

export function createClock(world: World, { rate = 1, wallMs = 1_750_000_000_000 }: ClockInit = {}): Clock {
  return new SimClock(world, checkedRate(rate), wallMs)
}

class SimClock implements Clock {
  readonly #world: World
  readonly #gate: ProcessGate
  readonly pass: ProcessGate['pass']
  readonly watch: ProcessGate['watch']
  readonly pause: ProcessGate['pause']
  readonly resume: ProcessGate['resume']
  #rate: number
  #wallOffsetMs: number
  #ownMs = 0
  #countedMs: number
  #scope: ProcessScope | undefined

  constructor(world: World, rate: number, wallMs: number) {
    this.#world = world
    this.#gate = createGate(world)
    this.pass = this.#gate.pass
    this.watch = this.#gate.watch
    this.pause = this.#gate.pause
    this.resume = this.#gate.resume
    this.#rate = rate
    this.#wallOffsetMs = wallMs
    this.#countedMs = world.nowMs
  }

  get paused(): boolean {
    return this.#gate.paused
  }

  get rate(): number {
    return this.#rate
  }

  /** Since the machine was made, with fractions. */
  get ownMs(): number {
    return this.#ownMs + (this.#world.nowMs - this.#countedMs) * this.#rate
  }

  setRate(rate: number): void {
    this.#ownMs = this.ownMs
    this.#countedMs = this.#world.nowMs
    this.#rate = checkedRate(rate)
  }

  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs
  }

  wallMs(): number {
    return this.#wallOffsetMs + Math.floor(this.ownMs + ROUNDING_MS)
  }

  monotonicMs(): number {
    if (this.#scope === undefined) throw new Error('the process has not been started')
    return this.#scope.monotonicMs()
  }

  boot(): Scope {
    this.#scope?.kill()
    this.resume()
    this.#scope = new ProcessScope(this.#world, this)
    return this.#scope
  }
}

class ProcessScope implements Scope {
  readonly #world: World
  readonly #clock: SimClock
  readonly #bornMs: number
  #alive = true

  constructor(world: World, clock: SimClock) {
    this.#world = world
    this.#clock = clock
    this.#bornMs = clock.ownMs
  }

  get alive(): boolean {
    return this.#alive
  }

  monotonicMs(): number {
    return Math.floor(this.#clock.ownMs - this.#bornMs + ROUNDING_MS)
  }

  wallMs(): number {
    return this.#clock.wallMs()
  }

  after(ms: number, task: () => void): Timer {
    const timer = new ScopeTimer(this.#clock.ownMs + ms, task)
    if (this.#alive) this.#start(timer, ms)
    return timer
  }

  kill(): void {
    this.#alive = false
  }

  #start(timer: ScopeTimer, ms: number): void {
    timer.timer = this.#world.call(ms / this.#clock.rate, this.#due, timer)
  }

  readonly #due = (timer: ScopeTimer): void => {
    if (!this.#alive) return
    const restMs = timer.dueMs - this.#clock.ownMs
    if (restMs > ROUNDING_MS) this.#start(timer, restMs)
    else this.#clock.pass(this.#fire, timer)
  }

  readonly #fire = (timer: ScopeTimer): void => {
    if (this.#alive) timer.fire()
  }
}

class ScopeTimer implements Timer {
  readonly dueMs: number
  timer: Timer | undefined
  #task: (() => void) | undefined

  constructor(dueMs: number, task: () => void) {
    this.dueMs = dueMs
    this.#task = task
  }

  cancel(): void {
    this.#task = undefined
    this.timer?.cancel()
  }

  fire(): void {
    const task = this.#task
    this.#task = undefined
    task?.()
  }
}

function checkedRate(rate: number): number {
  if (!(rate >= RATE_MIN && rate <= RATE_MAX)) throw new RangeError(`not a clock rate: ${rate}`)
  return rate
}
