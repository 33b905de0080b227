import { parseArgs } from 'node:util'
import { beginFigure } from './lib/begin-figure.ts'
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

const HELP = `npm run bench:scale [-- --workers 1,2,4,8,16,32,100,320 --scenes 10 --owners 1]

How the swarm does with more and more workers, in virtual time: the real rules through the real codec.
--scenes is a number for each worker. Speeds of the machines differ by a factor of 8.
Above 320 workers gossip reaches everybody at once, and its copies are counted as 5 a node.
1,000 workers with 10 scenes each take about four minutes: --workers 1000.`

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '1,2,4,8,16,32,100,320' },
    scenes: { type: 'string', default: '10' },
    owners: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false }
  }
})

/** Above it each message reaches everybody at once, and what the mesh would have sent is counted instead. */
const MESH_MAX = 320
/** Copies of a gossip message that a node sends, as the mesh of 100 and of 320 nodes did. */
const COPIES = 5

interface ScaleInit {
  readonly workers: number
  readonly scenes: number
  readonly owners: number
  readonly seed: number
}

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const figure = beginFigure('scale')
  const owners = Number(values.owners)
  const swarms = values.workers
    .split(',')
    .map(Number)
    .map((workers) => measure({ workers, owners, scenes: Number(values.scenes) * workers, seed: Number(values.seed) }))
  const largest = swarms.at(-1)
  if (largest === undefined) throw new Error('no swarms')
  await figure.publish({
    title: 'Scaling, simulated',
    how: [
      'The rules of the swarm run in virtual time, through the real codec; speeds of the machines differ up to eightfold.',
      'The bound is the work over the speed of all machines, or the longest scene on the fastest one.'
    ],
    tables: [
      {
        columns: [
          { title: 'machines' },
          { title: 'owners' },
          { title: 'scenes' },
          { title: 'makespan, s' },
          { title: 'over the bound', digits: 3 },
          { title: 'encodes a scene', digits: 3 },
          { title: 'bytes/s of a node' },
          { title: 'bytes/s of the busiest owner' },
          { title: 'messages a scene' },
          { title: 'heap of a node, MiB', digits: 2 },
          { title: 'computed in, s' }
        ],
        rows: swarms.map((swarm) => Object.values(swarm))
      }
    ],
    findings: [
      {
        what: `${largest.workers} simulated machines, ${values.scenes} scenes each: time over the lower bound`,
        result: largest.overBound.toFixed(3)
      }
    ],
    scaling: {
      of: 'simulated',
      points: swarms.map(({ workers, overBound }) => ({ machines: workers, efficiency: 1 / overBound }))
    }
  })
}

/** One row of the table, in its order. */
interface SwarmRow {
  readonly workers: number
  readonly owners: number
  readonly scenes: number
  readonly makespanSeconds: number
  readonly overBound: number
  readonly encodesPerScene: number
  readonly bytesPerSecond: number
  readonly ownerBytesPerSecond: number
  readonly messagesPerScene: number
  readonly heapMib: number
  readonly computedSeconds: number
}

/** One swarm from the submission to the last file. */
function measure({ workers, scenes, owners, seed }: ScaleInit): SwarmRow {
  const began = performance.now()
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
    const msPerFrame = 500 * 8 ** random.next()
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
      frames: [60, 240],
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
  world.run({ until: () => (ticks += 1) % 64 === 0 && isDone(), untilMs: startMs + 1e9 })
  const makespanMs = world.nowMs - startMs
  const boundMs = Math.max(frames / framesPerMs, longest * fastest)
  const perSecond = (bytes: number): number => bytes / (makespanMs / 1000)
  const kinds = ['gossip', 'session', 'sync'] as const
  const gossipBytes = (told?.bytes ?? 0) * COPIES
  const sentBy = (id: string): number =>
    gossipBytes + kinds.reduce((sum, kind) => sum + network.counters.of(id).traffic[kind].sentBytes, 0)
  const sent = names.reduce((sum, id) => sum + sentBy(id), 0)
  const gossiped = (told?.messages ?? 0) * COPIES * names.length
  const messages = gossiped + kinds.reduce((sum, kind) => sum + network.counters.total(kind).sentMessages, 0)
  return {
    workers,
    owners,
    scenes,
    makespanSeconds: makespanMs / 1000,
    overBound: makespanMs / boundMs,
    encodesPerScene: observer.counts.encodes / scenes,
    bytesPerSecond: perSecond(sent / names.length),
    ownerBytesPerSecond: perSecond(Math.max(...ownerNames.map(sentBy))),
    messagesPerScene: messages / scenes,
    heapMib: (heapBytes() - heapBefore) / names.length / 2 ** 20,
    computedSeconds: (performance.now() - began) / 1000
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
