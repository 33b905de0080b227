import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MESH } from '../src/swarm/gossip/mesh.ts'
import { TOPICS } from '../src/swarm/gossip/topics.ts'
import { DEFAULT_TIMING, introductionMs } from '../src/swarm/protocol/index.ts'
import { figureFile } from './lib/figure.ts'
import { RESULTS } from './lib/results.ts'
import { createClock } from '../test/sim/engine/clock.ts'
import { createDisk } from '../test/sim/engine/disk.ts'
import { createNetwork } from '../test/sim/engine/network.ts'
import { createWorld, type World } from '../test/sim/engine/world.ts'
import { createFilm } from '../test/sim/swarm/film.ts'
import { Observer } from '../test/sim/swarm/observer.ts'
import { SimNode } from '../test/sim/swarm/sim-node.ts'
import type { Disk } from '../test/sim/engine/disk-types.ts'
import type { JoinInit, Network, NodeHandlers } from '../test/sim/engine/network-types.ts'
import type { Random } from '../test/sim/engine/random.ts'

/** Above it each message reaches everybody at once: so many hops would take an hour. */
const MESH_MAX = 320
/** What real daemons do and the simulator does not: copies of a message that a node gets, as `bench:swarm` last counted them, ... */
const COPIES = publishedCopies()
/** ... bytes of author, number, signature and topic of each, ... */
const FRAMING_BYTES = 170
/** ... an introduction with all that, ... */
const INTRODUCTION_BYTES = 260
/** ... and neighbours that hear three times that it is there. */
const NAMED_BYTES = 48 * 3 * MESH.Dlazy
/** Neighbours up to which an author sends a message to all of them. */
const FLOOD_MAX = 50

/** A swarm in virtual time: the real rules through the real codec. */
export interface SimulatedInit {
  readonly workers: number
  /** Of all films together. */
  readonly scenes: number
  readonly owners: number
  readonly seed: number
  /** How long the owner takes to prove a result. Default: as in the simulation. */
  readonly proofMs?: number
  /** Least and most frames of a scene. Default 60 and 240. */
  readonly frames?: readonly [number, number]
  /** Milliseconds that a worker needs for a frame. Default: drawn for each, 500 to 4,000. */
  readonly msPerFrame?: (random: Random) => number
}

/** From the submission to the last file. */
export interface Simulated {
  readonly makespanMs: number
  /** To the last accepted scene: the file is not joined yet. */
  readonly encodedMs: number
  /** Work over capacity, or the longest scene on the fastest worker. */
  readonly boundMs: number
  readonly encodesPerScene: number
  readonly sentPerNode: number
  readonly sentByBusiestOwner: number
  readonly messagesPerScene: number
  readonly heapPerNode: number
  /** What was published, by topic. */
  readonly published: Readonly<Record<string, Published>>
}

/** Messages of a topic; each reaches every node. */
export interface Published {
  readonly messages: number
  readonly bytes: number
}

/** Of all topics together. */
function publishedCopies(): number {
  const { tables } = figureFile.parse(JSON.parse(readFileSync(join(RESULTS, 'swarm.json'), 'utf8')))
  const rows = tables.flatMap((table) => table.rows).filter(([topic]) => String(topic) in TOPICS)
  const [fresh, got] = rows.reduce<readonly [number, number]>(
    ([messages, copies], [, each, , times]) => [messages + Number(each), copies + Number(each) * Number(times)],
    [0, 0]
  )
  if (!(got > 0)) throw new Error('bench/results/swarm.json says nothing of gossip')
  return got / fresh
}

const drawnSpeed = (random: Random): number => 500 * 8 ** random.next()

export function simulateSwarm(init: SimulatedInit): Simulated {
  const { workers, scenes, owners, seed, frames: lengths = [60, 240], msPerFrame: speedOf = drawnSpeed } = init
  const heapBefore = heapBytes()
  const world = createWorld({ seed })
  const random = world.random.fork('scale')
  const mesh = createNetwork(world, { latency: { baseMs: 5, jitterMs: 5 } })
  const { network, told } = createCounted(workers > MESH_MAX ? createBroadcast(world, mesh) : mesh)
  const names = Array.from({ length: owners + workers }, (_, index) =>
    (index < owners ? `owner${index + 1}` : `worker${index + 1}`).replaceAll('0', 'o').padEnd(24, 'z')
  )
  const ownerNames = names.slice(0, owners)
  const disks = new Map<string, Disk>()
  const nodes: SimNode[] = []
  const byId = new Map<string, SimNode>()
  const observer = new Observer({
    world,
    // What has to hold is the simulation's business; here each look would cost as much as the work.
    honest: new Set(),
    disks,
    viewOf: (id, projectId) => byId.get(id)?.process?.log.view(projectId)
  })
  let framesPerMs = 0
  let fastest = Infinity
  for (const id of names) {
    const clock = createClock(world)
    const disk = createDisk(world, random.fork(`disk ${id}`), { gate: clock })
    disks.set(id, disk)
    const isOwner = ownerNames.includes(id)
    const msPerFrame = speedOf(random)
    if (!isOwner) framesPerMs += 1 / msPerFrame
    if (!isOwner) fastest = Math.min(fastest, msPerFrame)
    const node = new SimNode(
      { world, network, disk, clock, observer, random: random.fork(id) },
      {
        id,
        timing: DEFAULT_TIMING,
        worker: { slots: isOwner ? 0 : 1, queue: 1, msPerFrame, failures: 0 },
        // All know the owners; among themselves a few.
        peers: [...new Set([...ownerNames, ...Array.from({ length: 3 }, () => random.pick(names))])].filter(
          (peer) => peer !== id && !isOwner
        ),
        knows: () => true,
        shared: true,
        ...(init.proofMs === undefined ? {} : { proofMs: init.proofMs }),
        holds: (peer, sha256) => byId.get(peer)?.process?.blobs.has(sha256) ?? false
      }
    )
    nodes.push(node)
    byId.set(id, node)
  }
  for (const node of nodes) node.boot()
  world.run({ untilMs: 20_000 })
  const startMs = world.nowMs
  let frames = 0
  let longest = 0
  for (const [index, id] of ownerNames.entries()) {
    const film = createFilm(random, `film ${index}`, {
      scenes: Math.round(scenes / owners),
      frames: [...lengths],
      groups: 64
    })
    for (const plan of film.plans) {
      frames += plan.frames
      longest = Math.max(longest, plan.frames)
    }
    byId.get(id)?.process?.submit(film)
  }
  const isDone = (): boolean => {
    const all = [...observer.submitted.values()]
    return all.length === owners && all.every((project) => project.ended != null)
  }
  let ticks = 0
  let encodedAtMs: number | undefined
  const look = (): boolean => {
    if (observer.counts.accepted >= scenes) encodedAtMs ??= world.nowMs
    return (ticks += 1) % 64 === 0 && isDone()
  }
  world.run({ until: look, untilMs: startMs + 1e9 })
  const makespanMs = world.nowMs - startMs
  const kinds = ['session', 'sync'] as const
  const introductions = names.length * (makespanMs / introductionMs(names.length))
  const ofOwners = sumOf(told.values())
  told.set('nodes', { messages: introductions, bytes: introductions * (INTRODUCTION_BYTES - FRAMING_BYTES) })
  const published = sumOf(told.values())
  const flooded = names.length - 1 <= FLOOD_MAX ? Math.max(0, names.length - 1 - COPIES) : 0
  const gossipBytes = COPIES * published.framedBytes + published.messages * NAMED_BYTES
  const streamBytes = (id: string): number =>
    kinds.reduce((sum, kind) => sum + network.counters.of(id).traffic[kind].sentBytes, 0)
  const sent = names.reduce((sum, id) => sum + gossipBytes + streamBytes(id), 0)
  const ownerBytes = gossipBytes + (flooded * ofOwners.framedBytes) / owners
  const gossiped = published.messages * COPIES * names.length
  const messages = gossiped + kinds.reduce((sum, kind) => sum + network.counters.total(kind).sentMessages, 0)
  return {
    makespanMs,
    encodedMs: (encodedAtMs ?? world.nowMs) - startMs,
    boundMs: Math.max(frames / framesPerMs, longest * fastest),
    encodesPerScene: observer.counts.encodes / scenes,
    sentPerNode: sent / names.length,
    sentByBusiestOwner: Math.max(...ownerNames.map((id) => ownerBytes + streamBytes(id))),
    messagesPerScene: messages / scenes,
    heapPerNode: (heapBytes() - heapBefore) / names.length,
    published: Object.fromEntries(told)
  }
}

function sumOf(published: Iterable<Published>): { readonly messages: number; readonly framedBytes: number } {
  let [messages, framedBytes] = [0, 0]
  for (const one of published) {
    messages += one.messages
    framedBytes += one.bytes + one.messages * FRAMING_BYTES
  }
  return { messages, framedBytes }
}

/** The same network; counts what is published. */
function createCounted(network: Network) {
  const told = new Map<string, Published>()
  const publish: Network['publish'] = (from, topic, bytes) => {
    const known = told.get(topic) ?? { messages: 0, bytes: 0 }
    told.set(topic, { messages: known.messages + 1, bytes: known.bytes + bytes.byteLength })
    network.publish(from, topic, bytes)
  }
  return { told, network: { ...network, publish } satisfies Network }
}

/** The same network, but gossip reaches everybody in one hop. */
function createBroadcast(world: World, network: Network): Network {
  const handlers = new Map<string, NodeHandlers>()
  const deliver = ({ from, topic, bytes }: { from: string; topic: string; bytes: Uint8Array }): void => {
    for (const [id, { onGossip }] of handlers) if (id !== from) onGossip?.(topic, bytes, from, from)
  }
  return {
    ...network,
    join: (id: string, handler: NodeHandlers, init?: JoinInit) => {
      handlers.set(id, handler)
      network.join(id, handler, init)
    },
    publish: (from: string, topic: string, bytes: Uint8Array) => world.call(30, deliver, { from, topic, bytes })
  }
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
