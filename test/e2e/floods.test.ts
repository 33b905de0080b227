import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { multiaddr } from '@multiformats/multiaddr'
import { createSessions } from '../../src/swarm/index.ts'
import { BLOB_PROTOCOL } from '../../src/swarm/blob/ask-peer.ts'
import { decodeBlobHeader, encodeBlobRequest, LIMITS } from '../../src/swarm/protocol/index.ts'
import { createStreamIO } from '../../src/swarm/stream-io.ts'
import { FLOODS, gossip, streams } from '../fixtures/hostile-floods.ts'
import { silent } from '../fixtures/swarm-node.ts'
import { swarmPeer } from '../fixtures/swarm-peer.ts'
import { isNightly } from '../nightly.ts'
import { tinyClip } from './clips.ts'
import {
  SVT_PARAMS,
  eventually,
  getProject,
  getStatus,
  sha256,
  TestSwarm,
  whenConnected,
  whenProject,
  type SpawnedNode
} from './harness.ts'

const MiB = 1 << 20
const FLOOD_MS = isNightly ? 60_000 : 1_500
/** What a flood may cost. */
const MEMORY_BYTES_MAX = 100 * MiB
const DISK_BYTES_MAX = 10 * MiB

let swarm: TestSwarm
let victim: SpawnedNode

beforeAll(async () => {
  swarm = await TestSwarm.create()
  victim = await swarm.startNode({ name: 'victim', workers: 0 })
})
afterAll(async () => swarm.stop())

async function memoryBytes(): Promise<number> {
  const text = await readFile(`/proc/${victim.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024
}

async function diskBytes(): Promise<number> {
  const entries = await readdir(victim.dataDir, { recursive: true })
  // LevelDB deletes files while they are counted.
  const sizes = await Promise.all(entries.map(async (name) => stat(join(victim.dataDir, name)).catch(() => undefined)))
  return sizes.reduce((sum, found) => sum + (found?.isFile() === true ? found.size : 0), 0)
}

/** What an honest peer needs of the victim, in the time that a user would wait: its records are taken, a session is answered, a blob is asked for. */
async function honestExchange(): Promise<void> {
  const peer = await swarmPeer()
  await eventually('an honest peer to be let in', async () =>
    peer.node.dial(multiaddr(victim.address)).catch(() => undefined)
  )
  const { projectId, envelope } = await peer.announce()
  await eventually('its project to be known', async () => {
    await peer.gossip.publish('log', envelope)
    return getProject(victim.url, projectId)
  })
  const sessions = createSessions({ node: peer.node, log: silent })
  const session = await eventually('a session', async () => sessions.open(victim.peerId).catch(() => undefined))
  const answer = new Promise((resolve) => (session.onMessage = resolve))
  session.send({ type: 'renew', token: { projectId, scene: 0, epoch: 1, attempt: 1 }, framesDone: 1 } as never)
  await answer
  session.close()
  const io = createStreamIO(await peer.node.dialProtocol(multiaddr(victim.address), BLOB_PROTOCOL))
  await io.writeFrame(encodeBlobRequest({ sha256: '0'.repeat(64), offset: 0, probe: true }))
  expect(decodeBlobHeader((await io.readFrame(LIMITS.blobHeaderBytesMax)) ?? new Uint8Array()).status).toBe('not-found')
  await sessions.stop()
}

/** Bodies of 1 MiB that are as deep as they are long. */
async function bodies(signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
  const token = (await readFile(join(victim.dataDir, 'api-token'), 'utf8')).trim()
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const body = `{"input":${'['.repeat(MiB - 100)}`
  let posted = 0
  let refused = 0
  const post = async (): Promise<void> => {
    while (!signal.aborted) {
      const answer = await fetch(`${victim.url}/api/v2/projects`, { method: 'POST', headers, body })
      posted += 1
      if (answer.status === 400) refused += 1
      await answer.text()
    }
  }
  await Promise.all(Array.from({ length: 8 }, post))
  expect(refused).toBe(posted)
  return { posted }
}

interface Figures {
  readonly memory: number
  readonly memoryMore: number
  readonly diskMore: number
}

/** What happens while memory and disk of the victim are watched, in bytes beyond those before. */
async function watched<Result>(act: () => Promise<Result>) {
  const [memory, disk] = [await memoryBytes(), await diskBytes()]
  let memoryMost = memory
  const watch = setInterval(() => {
    memoryBytes().then(
      (now) => (memoryMost = Math.max(memoryMost, now)),
      () => {}
    )
  }, 100)
  try {
    const result = await act()
    return { result, memory, memoryMore: memoryMost - memory, diskMore: (await diskBytes()) - disk }
  } finally {
    clearInterval(watch)
  }
}

/** The figures of one flood, and how long an honest peer waited meanwhile. */
async function measure(flood: (signal: AbortSignal) => Promise<Readonly<Record<string, number>>>) {
  const { result, ...figures } = await watched(async () => {
    const began = performance.now()
    return Promise.all([
      flood(AbortSignal.timeout(FLOOD_MS)),
      honestExchange().then(() => Math.round(performance.now() - began))
    ])
  })
  const [sent, honestMs] = result
  return { sent, honestMs, ...figures }
}

type Kind = readonly [name: string, flood: (signal: AbortSignal) => Promise<unknown>]

const ALL = [
  ...Object.entries(FLOODS).map(
    ([name, flood]) => [name, async (signal: AbortSignal) => flood({ victim: victim.address, signal })] as const
  ),
  ['HTTP bodies', bodies] as const
]

/** What a flood cost, for the report. @throws where that is too much */
function expectBounded(
  name: string,
  { memory, memoryMore, diskMore }: Figures,
  more: string,
  memoryMax = MEMORY_BYTES_MAX
): void {
  const text = [
    name,
    `memory ${Math.round(memory / MiB)} + ${Math.round(memoryMore / MiB)} MiB`,
    `disk + ${(diskMore / MiB).toFixed(1)} MiB`,
    more
  ].join(', ')
  if (isNightly || process.env['GRAV1_FLOOD_FIGURES'] != null) process.stdout.write(`${text}\n`)
  expect(memoryMore, text).toBeLessThan(memoryMax)
  expect(diskMore, text).toBeLessThan(DISK_BYTES_MAX)
}

test.for(ALL)('%s: memory and disk stay bounded, and an honest peer is served', async ([name, flood]) => {
  const { sent, honestMs, ...figures } = await measure(flood)
  expectBounded(`${name}: ${JSON.stringify(sent)}`, figures, `an honest peer was served after ${honestMs} ms`)
  expect((await getStatus(victim.url)).node).toBeDefined()
})

/** A film of the victim, encoded by another node. @returns the sum of the finished file, which is gone afterwards */
async function encodeFilm(name: string): Promise<string> {
  const clip = await tinyClip()
  const output = join(swarm.folder, `${name.replaceAll(' ', '-')}.mkv`)
  const args = ['--encoder', 'svt', '--params', SVT_PARAMS, '--output', output]
  const id = await swarm.submit(victim, clip.path, args)
  await whenProject(victim.url, id, 'to be complete', ({ state }) => state === 'completed')
  // Its scenes would be used again.
  await fetch(`${victim.url}/api/v2/projects/${id}`, { method: 'DELETE' })
  return sha256(output)
}

describe('while a film is encoded', () => {
  let calm: string

  beforeAll(async () => {
    await swarm.startNode({ name: 'worker', workers: 1, bootstrap: victim.address })
    await whenConnected(victim.url, 1)
    calm = await encodeFilm('calm')
  })

  // The gate tries the two that cost most, together.
  const kinds = isNightly
    ? ALL
    : ([
        [
          'streams and gossip',
          async (signal: AbortSignal) =>
            Promise.all([streams, gossip].map(async (flood) => flood({ victim: victim.address, signal })))
        ]
      ] as const)
  test.for<Kind>(kinds)(
    '%s: the film is finished with the right bytes, and memory and disk stay bounded',
    async ([name, flood]) => {
      const { result, ...figures } = await watched(async () => {
        const over = new AbortController()
        const flooded = flood(over.signal)
        try {
          return await encodeFilm(name)
        } finally {
          over.abort()
          await flooded
        }
      })
      expect(result).toBe(calm)
      // The film takes memory of its own, and a node at work leaves more uncollected.
      expectBounded(`${name} beside an encode`, figures, 'right bytes', 2 * MEMORY_BYTES_MAX)
    }
  )
})
