import {
  DEFAULT_TIMING,
  type Job,
  type OwnerEffect,
  type Timing,
  type Token
} from '../../../src/swarm/protocol/index.ts'
import { createClock } from '../engine/clock.ts'
import { createDisk } from '../engine/disk.ts'
import { createNetwork } from '../engine/network.ts'
import { createWorld, type World } from '../engine/world.ts'
import { createAdversary, isKnownLiar, type Adversary, type AdversaryKind } from '../swarm/adversaries.ts'
import { Observer, type SentGrant } from '../swarm/observer.ts'
import { SimNode } from '../swarm/sim-node.ts'
import type { Disk } from '../engine/disk-types.ts'
import type { Network } from '../engine/network-types.ts'
import type { Random } from '../engine/random.ts'
import type { Film } from '../swarm/film.ts'
import type { Host } from '../swarm/host.ts'

export interface StageWorker {
  /** Milliseconds a frame. */
  readonly msPerFrame: number
  /** Default 1. */
  readonly slots?: number
  /** Default 0. */
  readonly queue?: number
}

export interface StageInit {
  readonly seed: number
  /** Default 1, without slots of their own. */
  readonly owners?: number
  readonly workers: readonly StageWorker[]
  readonly timing?: Partial<Timing>
}

/** Something that happened, in milliseconds of the world. */
export type StageEvent =
  | { readonly type: 'grant'; readonly atMs: number; readonly token: Token; readonly worker: string }
  | {
      readonly type: 'begin' | 'done' | 'failed' | 'aborted'
      readonly atMs: number
      readonly id: string
      readonly job: Job
    }
  | {
      readonly type: 'settled'
      readonly atMs: number
      readonly token: Token
      readonly worker: string
      readonly accepted: boolean
    }
  | { readonly type: 'ended'; readonly atMs: number; readonly projectId: string; readonly state: string }

/** A swarm with a part for everybody: nothing goes wrong but what the test says, and every invariant is checked. */
export interface Stage {
  readonly world: World
  readonly network: Network
  readonly random: Random
  readonly observer: Observer
  readonly owners: readonly SimNode[]
  readonly workers: readonly SimNode[]
  readonly nodes: readonly SimNode[]
  readonly events: readonly StageEvent[]
  addAdversary: (kind: AdversaryKind, name: string) => Adversary
  /** Starts everybody but those. */
  bootAll: (but?: readonly SimNode[]) => void
  /** @returns the id of the project, once it is announced. */
  submit: (film: Film, owner?: SimNode) => string
  /** Until it is true, by the clock of the world. @returns milliseconds that it took. @throws Error when it takes longer. */
  until: (what: string, isTrue: () => boolean, withinMs: number) => number
  /** Lets time pass. */
  pass: (ms: number) => void
  find: <T extends StageEvent['type']>(
    type: T,
    fits?: (event: Extract<StageEvent, { type: T }>) => boolean
  ) => Extract<StageEvent, { type: T }> | undefined
}

const EVENTS_MAX = 20_000_000

export function createStage({ seed, owners = 1, workers, timing = {} }: StageInit): Stage {
  const world = createWorld({ seed })
  const random = world.random.fork('stage')
  const network = createNetwork(world)
  const names = [
    ...Array.from({ length: owners }, (_, index) => peerIdOf(`owner${index + 1}`)),
    ...workers.map((_, index) => peerIdOf(`worker${index + 1}`))
  ]
  const disks = new Map<string, Disk>()
  const given = new Map<string, Set<string>>()
  const nodes: SimNode[] = []
  const nodeOf = (id: string): SimNode | undefined => nodes.find((node) => node.id === id)
  const observer = new RecordingObserver({
    world,
    honest: new Set(names),
    disks,
    viewOf: (id, projectId) => nodeOf(id)?.process?.log.view(projectId)
  })
  for (const [index, id] of names.entries()) {
    const clock = createClock(world)
    const disk = createDisk(world, random.fork(`disk ${id}`), { gate: clock })
    disks.set(id, disk)
    const { msPerFrame = 1, slots = 1, queue = 0 } = workers[index - owners] ?? { slots: 0 }
    nodes.push(
      new SimNode(
        { world, network, disk, clock, observer, random: random.fork(id) },
        {
          id,
          timing: { ...DEFAULT_TIMING, ...timing },
          worker: { msPerFrame, slots, queue, failures: 0 },
          peers: names.filter((other) => other !== id),
          knows: (peer) => names.includes(peer) || isKnownLiar(peer),
          holds: (peer, sha256) => nodeOf(peer)?.process?.blobs.has(sha256) ?? given.get(peer)?.has(sha256) ?? false
        }
      )
    )
  }
  const run = (untilMs: number, until?: () => boolean): void => {
    const end = world.run({ untilMs, eventsMax: EVENTS_MAX, ...(until == null ? {} : { until }) })
    if (end === 'events') throw new Error(`seed ${seed}: somebody talks without end`)
  }
  const { events } = observer
  const stage: Stage = {
    world,
    network,
    random,
    observer,
    owners: nodes.slice(0, owners),
    workers: nodes.slice(owners),
    nodes,
    events,
    addAdversary: (kind, name) => {
      const id = peerIdOf(name)
      const give = ({ sha256 }: { readonly sha256: string }): void => {
        given.set(id, (given.get(id) ?? new Set()).add(sha256))
      }
      const { grants } = observer
      const parts = { world, network, random: random.fork(id), peers: names, grants, give }
      const adversary = createAdversary(kind, id, parts)
      adversary.start()
      return adversary
    },
    bootAll: (but = []) => {
      for (const node of nodes) if (!but.includes(node)) node.boot()
    },
    submit: (film, owner = nodes[0]) => {
      const known = new Set(observer.submitted.keys())
      const projectId = (): string | undefined => [...observer.submitted.keys()].find((id) => !known.has(id))
      owner?.process?.submit(film)
      stage.until('the announcement', () => observer.submitted.get(projectId() ?? '')?.lost === false, 10_000)
      return projectId() ?? ''
    },
    until: (what, isTrue, withinMs) => {
      const began = world.nowMs
      run(began + withinMs, isTrue)
      if (!isTrue()) throw new Error(`seed ${seed}: ${what} takes longer than ${withinMs} ms`)
      return world.nowMs - began
    },
    pass: (ms) => run(world.nowMs + ms),
    find: (type, fits = () => true) =>
      events.find(
        (event): event is Extract<StageEvent, { type: typeof type }> => event.type === type && fits(event as never)
      )
  }
  return stage
}

/** A name that has the form of a peer id; its last letter is its address range, where it is a stranger's. */
function peerIdOf(name: string): string {
  const range = 'xyz'[new TextEncoder().encode(name).reduce((sum, byte) => sum + byte, 0) % 3] ?? 'x'
  return `${name.replaceAll('0', 'o').padEnd(23, 'z')}${range}`
}

/** Keeps what the tests ask for. */
class RecordingObserver extends Observer {
  readonly events: StageEvent[] = []
  readonly #nowMs: () => number

  constructor(init: ConstructorParameters<typeof Observer>[0]) {
    super(init)
    this.#nowMs = () => init.world.nowMs
  }

  override onGranted(id: string, sent: SentGrant): void {
    super.onGranted(id, sent)
    const { token, worker } = sent
    this.events.push({ type: 'grant', atMs: this.#nowMs(), token, worker })
  }

  override onEncodeBegun(host: Host, job: Job, change: Parameters<Observer['onEncodeBegun']>[2]): void {
    super.onEncodeBegun(host, job, change)
    this.events.push({ type: 'begin', atMs: this.#nowMs(), id: host.id, job })
  }

  override onEncodeOver(host: Host, job: Job, ranMs: number, how: 'done' | 'failed' | 'aborted'): void {
    super.onEncodeOver(host, job, ranMs, how)
    this.events.push({ type: how, atMs: this.#nowMs(), id: host.id, job })
  }

  override onSettled(host: Host, effect: Extract<OwnerEffect, { type: 'settled' }>): void {
    super.onSettled(host, effect)
    const { token, worker, accepted } = effect
    this.events.push({ type: 'settled', atMs: this.#nowMs(), token, worker, accepted })
  }

  override onEnded(id: string, projectId: string, state: string, outputSha256: string): void {
    super.onEnded(id, projectId, state, outputSha256)
    this.events.push({ type: 'ended', atMs: this.#nowMs(), projectId, state })
  }
}
