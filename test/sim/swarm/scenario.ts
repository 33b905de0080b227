import { DEFAULT_TIMING } from '../../../src/swarm/protocol/index.ts'
import { createClock, type Clock } from '../engine/clock.ts'
import { createDisk } from '../engine/disk.ts'
import { createNetwork } from '../engine/network.ts'
import { createWorld, type World } from '../engine/world.ts'
import { createAdversary, isKnownLiar, type Adversary, type AdversaryKind } from './adversaries.ts'
import { createFilm, type Film } from './film.ts'
import { drawMakers, type Makers } from './makers.ts'
import { Observer } from './observer.ts'
import { SimNode } from './sim-node.ts'
import type { Disk } from '../engine/disk-types.ts'
import type { Network } from '../engine/network-types.ts'
import type { Random } from '../engine/random.ts'

/** What can go wrong in a run; each seed draws its own mix. */
export const FAULTS = [
  'loss',
  'duplication',
  'reordering',
  'one-way cuts',
  'partitions',
  'kills',
  'power cuts',
  'torn writes',
  'lost databases',
  'old backups',
  'full disks',
  'pauses',
  'clock rates',
  'wall jumps',
  'failing encoders',
  'strange workers',
  'damaged files',
  'slow links',
  'absent owners',
  'changes of mind'
] as const

export type Fault = (typeof FAULTS)[number]

const KINDS: readonly AdversaryKind[] = ['squatter', 'fibber', 'equivocator', 'spammer', 'echoer']

export interface Mix {
  readonly faults: ReadonlySet<Fault>
  readonly adversaries: readonly AdversaryKind[]
  /** Workers with other encoders, and projects that take them. Default false. */
  readonly mixed?: boolean
  /** Workers whose machines are wanted now and then: their encoders stand still. Default false. */
  readonly freezes?: boolean
  /** A scene whose worker stands still is lent to others after a moment, not after half an hour. Default false. */
  readonly lends?: boolean
  /** Owners whose machines announce a sleep, and mostly go. Default false. */
  readonly sleeps?: boolean
  /** Workers are killed while their owners sleep, and start again. Default false. */
  readonly restarts?: boolean
  /** Proofs take the owners long, so that idle workers help with them. Default false. */
  readonly helps?: boolean
  /** Some films are for trusted peers, and one of the machines is none. Default false. */
  readonly closed?: boolean
}

export interface SwarmSize {
  readonly owners: number
  readonly workers: number
  /** Of each film, from and below. */
  readonly scenes: readonly [number, number]
  /** Of each scene, from and below. */
  readonly frames: readonly [number, number]
}

export interface Swarm {
  readonly world: World
  readonly network: Network
  readonly observer: Observer
  readonly nodes: readonly SimNode[]
  readonly owners: readonly SimNode[]
  readonly adversaries: readonly Adversary[]
  readonly disks: ReadonlyMap<string, Disk>
  readonly clocks: ReadonlyMap<string, Clock>
  readonly random: Random
  /** Milliseconds a frame by the node's own clock, and its slots. */
  readonly speeds: ReadonlyMap<string, { readonly slots: number; readonly msPerFrame: number }>
  readonly films: readonly (readonly [SimNode, Film])[]
  readonly makers: Makers
  /** Knows nobody, and nobody knows it. */
  readonly outsider: string | undefined
}

export function drawMix(random: Random): Mix {
  const clean = random.chance(0.15)
  return {
    faults: new Set(FAULTS.filter(() => random.chance(0.35) && !clean)),
    adversaries: [
      ...KINDS.filter(() => random.chance(0.2) && !clean),
      ...(random.fork('mute').chance(0.1) && !clean ? (['mute'] as const) : []),
      ...(random.fork('cheat').chance(0.1) && !clean ? (['cheat'] as const) : [])
    ],
    mixed: random.fork('mixed').chance(0.25),
    freezes: random.fork('freezes').chance(0.2) && !clean,
    sleeps: random.fork('sleeps').chance(0.2) && !clean,
    closed: random.fork('closed').chance(0.15)
  }
}

export function drawSize(random: Random): SwarmSize {
  const nodes = { owners: 1 + random.int(2), workers: 2 + random.int(4) }
  // Now and then so many that workers fetch ahead.
  return random.chance(0.2)
    ? { ...nodes, scenes: [24, 48], frames: [12, 96] }
    : { ...nodes, scenes: [4, 16], frames: [24, 240] }
}

/** Swarms that no seed draws, each for a rule that the others seldom need. */
const GIVEN_SWARMS = {
  /** Proofs take the owner long, workers are soon idle, and one of the house cheats. */
  'helped proofs': {
    mix: { faults: new Set(), adversaries: ['cheat'], helps: true },
    size: { owners: 1, workers: 4, scenes: [24, 48], frames: [12, 24] }
  },
  /** Machines are wanted for long while a short film is encoded, and others are idle. */
  'lent scenes': {
    mix: { faults: new Set(), adversaries: [], freezes: true, lends: true },
    size: { owners: 1, workers: 4, scenes: [4, 8], frames: [100, 240] }
  },
  /** Owners sleep, and workers are killed meanwhile. */
  'kept scenes': {
    mix: { faults: new Set(), adversaries: [], sleeps: true, restarts: true },
    size: { owners: 1, workers: 4, scenes: [24, 48], frames: [12, 96] }
  }
} as const satisfies Readonly<Record<string, Pick<SwarmInit, 'mix' | 'size'>>>

export type GivenSwarm = keyof typeof GIVEN_SWARMS

/** What a seed of such a swarm runs; without a name all is drawn from the seed. */
export const givenSwarm = (name: GivenSwarm | undefined): Partial<Pick<SwarmInit, 'mix' | 'size'>> =>
  name === undefined ? {} : GIVEN_SWARMS[name]

/** An encoder takes so long for a probe clip. */
const PROBE_MS = 20_000
/** Longer than a worker is silent between two renewals. */
const LENT_AFTER_MS = 40_000

export interface SwarmInit {
  readonly seed: number
  readonly mix: Mix
  readonly size: SwarmSize
  readonly trace: boolean
}

/** Builds a swarm; nothing runs yet. */
export function createSwarm({ seed, mix, size, trace }: SwarmInit): Swarm {
  const world = createWorld({ seed, trace: trace ? 'all' : 'off' })
  const random = world.random.fork('swarm')
  const network = createNetwork(world, { latency: { baseMs: 10 + random.int(60), jitterMs: 20 } })
  const has = (fault: Fault): boolean => mix.faults.has(fault)
  const names = [
    ...Array.from({ length: size.owners }, (_, index) => `owner${index + 1}`),
    ...Array.from({ length: size.workers }, (_, index) => `worker${index + 1}`)
  ].map(peerIdOf)
  const bad = mix.adversaries.map((kind, index) => ({ kind, id: peerIdOf(`${kind}${index + 1}`) }))
  const disks = new Map<string, Disk>()
  const clocks = new Map<string, Clock>()
  const given = new Map<string, Set<string>>()
  const nodes: SimNode[] = []
  const nodeOf = (id: string): SimNode | undefined => nodes.find((node) => node.id === id)
  const strange = has('strange workers') ? names.at(-1) : undefined
  const outsider = mix.closed === true ? names.at(-1) : undefined
  /** A worker works for the owner that it knows; the owner need not know the worker. */
  const knows = (id: string, peer: string): boolean => {
    if (id === outsider || peer === outsider) return false
    return isKnownLiar(peer) || (names.includes(peer) && !(id.startsWith('owner') && peer === strange))
  }
  const observer = new Observer({
    world,
    honest: new Set(names),
    disks,
    knows,
    viewOf: (id, projectId) => nodeOf(id)?.process?.log.view(projectId)
  })
  const makers = drawMakers(
    random.fork('makers'),
    names.filter((name) => name.startsWith('worker')),
    mix.mixed === true
  )
  const speeds = new Map<string, { slots: number; msPerFrame: number }>()
  for (const id of names) {
    const isOwner = id.startsWith('owner')
    const clock = createClock(world, {
      rate: has('clock rates') ? 0.5 * 4 ** random.next() : 1,
      wallMs: has('wall jumps') ? random.range(0, 3e12) : 1_750_000_000_000
    })
    const disk = createDisk(world, random.fork(`disk ${id}`), { gate: clock })
    const slots = isOwner ? random.int(2) : 1 + random.int(2)
    const speed = { slots: id === outsider ? 0 : slots, msPerFrame: 300 * 4 ** random.next() }
    disks.set(id, disk)
    clocks.set(id, clock)
    speeds.set(id, speed)
    nodes.push(
      new SimNode(
        { world, network, disk, clock, observer, random: random.fork(id) },
        {
          id,
          timing: {
            ...DEFAULT_TIMING,
            ...(mix.helps === true ? { proofAloneMs: 0 } : {}),
            ...(mix.lends === true ? { pausedAloneMs: LENT_AFTER_MS } : {})
          },
          maker: makers.of(id),
          probeMs: makers.mixed ? PROBE_MS : 0,
          worker: { ...speed, queue: random.int(3), failures: has('failing encoders') ? 0.03 : 0 },
          peers: names.filter((other) => other !== id),
          knows: (peer) => knows(id, peer),
          holds: (peer, sha256) => nodeOf(peer)?.process?.blobs.has(sha256) ?? given.get(peer)?.has(sha256) ?? false
        }
      )
    )
  }
  const adversaries = bad.map(({ kind, id }) =>
    createAdversary(kind, id, {
      world,
      network,
      random: random.fork(id),
      peers: names,
      grants: observer.grants,
      give: (blob) => given.set(id, (given.get(id) ?? new Set()).add(blob.sha256))
    })
  )
  const owners = nodes.filter((node) => node.id.startsWith('owner'))
  const films = owners.flatMap((owner, index) =>
    Array.from({ length: 1 + random.int(2) }, (_, count) => {
      const scenes = Math.floor(random.range(...size.scenes))
      const priority = random.int(3) - 1
      const share = mix.closed === true && random.fork(`share ${index}.${count}`).chance(0.7) ? 'trusted' : 'all'
      const init = { scenes, frames: size.frames, priority, builds: makers.builds(), share } as const
      return [owner, createFilm(random, `film ${index}.${count}`, init)] as const
    })
  )
  return {
    world,
    network,
    observer,
    nodes,
    owners,
    adversaries,
    disks,
    clocks,
    random,
    speeds,
    films,
    makers,
    outsider
  }
}

/** A name that has the form of a peer id. */
function peerIdOf(name: string): string {
  return name.replaceAll('0', 'o').padEnd(24, 'z')
}
