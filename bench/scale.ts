import { parseArgs } from 'node:util'
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

const HELP = `npm run bench:scale [-- --workers 10,32,100,320 --scenes 10 --owners 1]

How the swarm does with more and more workers, in virtual time: the real rules through the real codec.
--scenes is a number for each worker. Speeds of the machines differ by a factor of 8.
Above 320 workers gossip reaches everybody at once, and its copies are counted as 5 a node.
1,000 workers with 10 scenes each take about four minutes: --workers 1000.`

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '10,32,100,320' },
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
else {
  console.log(
    '| workers | owners | scenes | makespan | of the bound | encodes a scene | B/s a node | B/s the busiest owner | messages a scene | heap of a node | computed in |'
  )
  console.log('| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |')
  for (const workers of values.workers.split(',').map(Number)) {
    const owners = Number(values.owners)
    measure({ workers, owners, scenes: Number(values.scenes) * workers, seed: Number(values.seed) })
  }
}

/** One swarm from the submission to the last file; prints a line of the table. */
function measure({ workers, scenes, owners, seed }: ScaleInit): void {
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
  const cells = [
    workers,
    owners,
    scenes,
    `${Math.round(makespanMs / 1000)} s`,
    (makespanMs / boundMs).toFixed(3),
    (observer.counts.encodes / scenes).toFixed(3),
    Math.round(perSecond(sent / names.length)),
    Math.round(perSecond(Math.max(...ownerNames.map(sentBy)))),
    (messages / scenes).toFixed(0),
    `${((heapBytes() - heapBefore) / names.length / 2 ** 20).toFixed(2)} MiB`,
    `${((performance.now() - began) / 1000).toFixed(0)} s`
  ]
  console.log(`| ${cells.join(' | ')} |`)
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
