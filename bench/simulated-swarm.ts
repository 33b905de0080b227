import { DEFAULT_TIMING } from '../src/swarm/protocol/index.ts'
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

/** Above it each message reaches everybody at once, and what the mesh would have sent is counted instead. */
const MESH_MAX = 320
/** Copies of a gossip message that a node sends, as the mesh of 100 and of 320 nodes did. */
const COPIES = 5

/** A swarm in virtual time: the real rules through the real codec. */
export interface SimulatedInit {
  readonly workers: number
  /** Of all films together. */
  readonly scenes: number
  readonly owners: number
  readonly seed: number
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
}

const drawnSpeed = (random: Random): number => 500 * 8 ** random.next()

export function simulateSwarm(init: SimulatedInit): Simulated {
  const { workers, scenes, owners, seed, frames: lengths = [60, 240], msPerFrame: speedOf = drawnSpeed } = init
  const heapBefore = heapBytes()
  const world = createWorld({ seed })
  const random = world.random.fork('scale')
  const mesh = createNetwork(world, { latency: { baseMs: 5, jitterMs: 5 } })
  const told = workers > MESH_MAX ? createBroadcast(world, mesh) : undefined
  const network = told?.network ?? mesh
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
  const kinds = ['gossip', 'session', 'sync'] as const
  const gossipBytes = (told?.bytes ?? 0) * COPIES
  const sentBy = (id: string): number =>
    gossipBytes + kinds.reduce((sum, kind) => sum + network.counters.of(id).traffic[kind].sentBytes, 0)
  const sent = names.reduce((sum, id) => sum + sentBy(id), 0)
  const gossiped = (told?.messages ?? 0) * COPIES * names.length
  const messages = gossiped + kinds.reduce((sum, kind) => sum + network.counters.total(kind).sentMessages, 0)
  return {
    makespanMs,
    encodedMs: (encodedAtMs ?? world.nowMs) - startMs,
    boundMs: Math.max(frames / framesPerMs, longest * fastest),
    encodesPerScene: observer.counts.encodes / scenes,
    sentPerNode: sent / names.length,
    sentByBusiestOwner: Math.max(...ownerNames.map(sentBy)),
    messagesPerScene: messages / scenes,
    heapPerNode: (heapBytes() - heapBefore) / names.length
  }
}

/** The same network, but for gossip: 110 million hops would take an hour. */
function createBroadcast(world: World, network: Network) {
  const handlers = new Map<string, NodeHandlers>()
  const told = { messages: 0, bytes: 0 }
  const deliver = ({ from, topic, bytes }: { from: string; topic: string; bytes: Uint8Array }): void => {
    for (const [id, { onGossip }] of handlers) if (id !== from) onGossip?.(topic, bytes, from, from)
  }
  return {
    get messages() {
      return told.messages
    },
    get bytes() {
      return told.bytes
    },
    network: {
      ...network,
      join: (id: string, handler: NodeHandlers, init?: JoinInit) => {
        handlers.set(id, handler)
        network.join(id, handler, init)
      },
      publish: (from: string, topic: string, bytes: Uint8Array) => {
        told.messages += 1
        told.bytes += bytes.byteLength
        world.call(30, deliver, { from, topic, bytes })
      }
    } satisfies Network
  }
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
