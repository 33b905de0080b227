import type { End } from './connections.ts'
import type { Counters, NodeCounters } from './counters.ts'
import type { Gate } from './gate.ts'
import type { Bandwidth, Latency, NodeHandlers } from './network-types.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** One run of a node's process. */
export interface Process {
  readonly machine: Machine
  readonly handlers: NodeHandlers
  readonly gate: Gate | undefined
  readonly unwatch: (() => void) | undefined
}

/** What a node id stands for, whether its process runs or not. */
export interface Machine {
  readonly id: string
  up: boolean
  process: Process | undefined
  bandwidth: Bandwidth
  readonly counters: NodeCounters
  /** When the uplink has sent all that was given to it. */
  uplinkFreeMs: number
  readonly latencyTo: Map<Machine, Latency>
  readonly cutTo: Set<Machine>
  /** Its sides of connections that are open or being dialled. */
  readonly ends: Set<End>
  /** Neighbours for gossip. */
  readonly mesh: Set<Machine>
}

export interface TopologyComponents {
  readonly world: World
  readonly random: Random
  readonly counters: Counters
}

export interface TopologyInit {
  readonly latency: Latency
  readonly bandwidth: Bandwidth
}

/** Which machine reaches which, and how fast. */
export class Topology {
  readonly #world: World
  readonly #random: Random
  readonly #counters: Counters
  readonly #init: TopologyInit
  readonly #machines = new Map<string, Machine>()
  readonly #partitions = new Set<ReadonlyMap<Machine, number>>()
  readonly #listeners: (() => void)[] = []

  constructor({ world, random, counters }: TopologyComponents, init: TopologyInit) {
    this.#world = world
    this.#random = random
    this.#counters = counters
    this.#init = init
  }

  /** Called after each change of what reaches what. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  machine(id: string): Machine {
    let machine = this.#machines.get(id)
    if (machine === undefined) {
      machine = {
        id,
        up: false,
        process: undefined,
        bandwidth: this.#init.bandwidth,
        counters: this.#counters.of(id),
        uplinkFreeMs: 0,
        latencyTo: new Map(),
        cutTo: new Set(),
        ends: new Set(),
        mesh: new Set()
      }
      this.#machines.set(id, machine)
    }
    return machine
  }

  machines(): Iterable<Machine> {
    return this.#machines.values()
  }

  reaches(from: Machine, to: Machine): boolean {
    if (!from.up || !to.up || from.cutTo.has(to)) return false
    for (const sets of this.#partitions) if (sets.get(from) !== sets.get(to)) return false
    return true
  }

  setPath(from: Machine, to: Machine, up: boolean): void {
    if (up) from.cutTo.delete(to)
    else from.cutTo.add(to)
    this.changed()
  }

  partition(sets: readonly (readonly string[])[]): () => void {
    const setOf = new Map<Machine, number>()
    for (const [number, ids] of sets.entries()) for (const id of ids) setOf.set(this.machine(id), number)
    this.#partitions.add(setOf)
    this.changed()
    return () => {
      if (this.#partitions.delete(setOf)) this.changed()
    }
  }

  heal(): void {
    this.#partitions.clear()
    for (const machine of this.#machines.values()) machine.cutTo.clear()
    this.changed()
  }

  /** When bytes that are sent now arrive. They wait for the uplink; kinds of traffic share it. */
  arrivalMs(from: Machine, to: Machine, bytes: number): number {
    const { upBytesPerMs } = from.bandwidth
    let departMs = this.#world.nowMs
    if (upBytesPerMs !== Infinity) {
      departMs = Math.max(departMs, from.uplinkFreeMs) + bytes / upBytesPerMs
      from.uplinkFreeMs = departMs
    }
    return departMs + bytes / to.bandwidth.downBytesPerMs + this.delayMs(from, to)
  }

  delayMs(from: Machine, to: Machine): number {
    const { baseMs, jitterMs } = from.latencyTo.get(to) ?? this.#init.latency
    return baseMs + this.#random.next() * jitterMs
  }
}

/** Runs the task in the process: now, once it goes on, or, if it ends first, never. */
export function inProcess<T>(process: Process, task: (argument: T) => void, argument: T): void {
  if (process.gate === undefined) {
    if (process.machine.process === process) task(argument)
  } else if (process.machine.process === process) {
    process.gate.pass(task, argument)
  }
}
