import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { multiaddr } from '@multiformats/multiaddr'
import { createSessions } from '../../src/swarm/index.ts'
import { BLOB_PROTOCOL } from '../../src/swarm/blob/ask-peer.ts'
import { decodeBlobHeader, encodeBlobRequest, LIMITS } from '../../src/swarm/protocol/index.ts'
import { createStreamIO } from '../../src/swarm/stream-io.ts'
import { FLOODS } from '../fixtures/hostile-floods.ts'
import { silent } from '../fixtures/swarm-node.ts'
import { swarmPeer } from '../fixtures/swarm-peer.ts'
import { isNightly } from '../nightly.ts'
import { eventually, getProject, getStatus, TestSwarm, type SpawnedNode } from './harness.ts'

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

/** The figures of one flood, and how long an honest peer waited meanwhile. */
async function measure(flood: (signal: AbortSignal) => Promise<Readonly<Record<string, number>>>) {
  const [memory, disk] = [await memoryBytes(), await diskBytes()]
  let memoryMost = memory
  const watch = setInterval(() => {
    memoryBytes().then(
      (now) => (memoryMost = Math.max(memoryMost, now)),
      () => {}
    )
  }, 100)
  const over = AbortSignal.timeout(FLOOD_MS)
  const began = performance.now()
  try {
    const [sent, honestMs] = await Promise.all([flood(over), honestExchange().then(() => performance.now() - began)])
    return { sent, honestMs, memory, memoryMore: memoryMost - memory, diskMore: (await diskBytes()) - disk }
  } finally {
    clearInterval(watch)
  }
}

const ALL = [
  ...Object.entries(FLOODS).map(
    ([name, flood]) => [name, async (signal: AbortSignal) => flood({ victim: victim.address, signal })] as const
  ),
  ['HTTP bodies', bodies] as const
]

test.for(ALL)('%s: memory and disk stay bounded, and an honest peer is served', async ([name, flood]) => {
  const { sent, honestMs, memory, memoryMore, diskMore } = await measure(flood)
  const text = [
    `${name}: ${JSON.stringify(sent)}`,
    `memory ${Math.round(memory / MiB)} + ${Math.round(memoryMore / MiB)} MiB`,
    `disk + ${(diskMore / MiB).toFixed(1)} MiB`,
    `an honest peer was served after ${Math.round(honestMs)} ms`
  ].join(', ')
  if (isNightly || process.env['GRAV1_FLOOD_FIGURES'] != null) process.stdout.write(`${text}\n`)
  expect(memoryMore, text).toBeLessThan(MEMORY_BYTES_MAX)
  expect(diskMore, text).toBeLessThan(DISK_BYTES_MAX)
  expect((await getStatus(victim.url)).node).toBeDefined()
})
