import { createHash, randomBytes } from 'node:crypto'
import { get as httpGet } from 'node:http'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createLogRing } from '../../../src/node/log/log-ring.ts'
import { createApiPorts } from '../../../src/node/http/ports.ts'
import { createDirectories } from '../../../src/node/http/directories.ts'
import { createEncoders } from '../../../src/node/http/encoders.ts'
import { createPresets } from '../../../src/node/http/presets.ts'
import { foundEncoders } from '../../fixtures/found-encoders.ts'
import { noInvites } from '../../fixtures/no-invites.ts'
import { noTokens } from '../../fixtures/no-tokens.ts'
import { NO_SUBMISSIONS } from '../../fixtures/no-submissions.ts'
import { createClipCache } from '../../../src/node/http/files/clip-cache.ts'
import { createHeard } from '../../../src/node/peers/heard.ts'
import { startHttpServer } from '../../../src/node/http/http-server.ts'
import { createBlobStore } from '../../../src/storage/index.ts'
import { BLOB_PROTOCOL } from '../../../src/swarm/blob/blob-exchange.ts'
import { createBlobExchange } from '../../../src/swarm/index.ts'
import { LIMITS, type BlobRef, type LogBody } from '../../../src/swarm/protocol/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { planNo } from '../../fixtures/protocol-samples.ts'
import { blobPeer } from '../../fixtures/swarm-blobs.ts'
import { connect, silent } from '../../fixtures/swarm-node.ts'
import { swarmPeer } from '../../fixtures/swarm-peer.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'
import type { AnalysisCache } from '../../../src/encode/index.ts'

const MiB = 1024 * 1024

const refOf = (data: Buffer): BlobRef => ({
  sha256: createHash('sha256').update(data).digest('hex'),
  bytes: data.length
})

/** A with a finished project of one scene, and B with nothing but an API. */
async function swarmOfTwo(init: { readonly trusted?: boolean; readonly sceneBytes?: number } = {}) {
  const folder = await tempDir()
  const [a, b] = await Promise.all([swarmPeer(), swarmPeer()])
  const [film, scene] = [randomBytes(20 * MiB + 5), randomBytes(init.sceneBytes ?? 1000)]
  const path = join(folder, 'out.mkv')
  await writeFile(path, film)
  const shelf = await createBlobStore(join(folder, 'a'), { chunkBytes: LIMITS.chunkBytes })
  const exchange = createBlobExchange({ node: a.node, shelf, log: silent })
  exchange.serveFiles(async (sha256) =>
    init.trusted !== false && sha256 === refOf(film).sha256 ? { path, bytes: film.length } : undefined
  )
  await exchange.start()
  onTestFinished(async () => exchange.stop())
  await writeFile(join(folder, 'scene'), scene)
  const { ref: result } = await shelf.adopt(join(folder, 'scene'))

  const { projectId } = await a.announce()
  const plan = planNo(0, 0, 50)
  const bodies: LogBody[] = [
    { type: 'scenes', scenes: [plan] },
    { type: 'planned', scenes: 1, frames: 50 },
    { type: 'accept', accept: { scene: 0, result, worker: a.id, epoch: 1, attempt: 1, encodeMs: 1 } },
    {
      type: 'end',
      end: {
        state: 'completed',
        reason: '',
        outputSha256: refOf(film).sha256,
        outputBytes: film.length,
        endedAtMs: Date.now()
      }
    }
  ]
  for (const body of bodies) await a.append(projectId, body)
  await connect(b.node, a.node)
  await eventually('b knows the end', () => b.book.views.get(projectId)?.end != null)

  const reader = await blobPeer(b.node)
  const ports = createApiPorts(
    {
      peerId: b.id,
      book: b.book,
      blobs: reader.store,
      exchange: reader.exchange,
      owner: {
        submit: async () => [],
        jobOf: () => undefined,
        stateOf: () => undefined,
        check: async () => Promise.reject(new Error('nothing is checked here')),
        bars: {
          measure: async () => Promise.reject(new Error('not asked for')),
          measureUntil: () => async () => undefined
        },
        waiting: NO_SUBMISSIONS
      },
      setOutput: async () => ({ status: 'failed', message: 'not asked for' }),
      history: { of: () => [], revision: () => 0, since: () => [] },
      directories: createDirectories([]),
      encoders: createEncoders(foundEncoders()),
      presets: createPresets(foundEncoders(), []),
      analyses: undefined as unknown as AnalysisCache,
      uploadPath: async () => undefined,
      logs: createLogRing(),
      standings: { set: async () => {}, forget: async () => {} },
      chronicle: { events: () => [], samples: () => [] },
      tokens: noTokens,
      invites: noInvites,
      uploads: { list: async () => [], handle: async () => new Response() },
      outputs: { of: async () => undefined, find: async () => undefined },
      clips: createClipCache(join(folder, 'clips')),
      heard: createHeard(b.book),
      idleOf: () => undefined,
      carryOut: async () => ({ status: 'unknown-project', message: '' }),
      forward: async () => ({ status: 'unknown-project', message: '' }),
      node: {
        peers: () => [],
        status: () => Promise.reject(new Error('not asked for')) as never,
        change: async () => {},
        drain: () => {},
        sleep: () => {},
        wake: () => {},
        giveBack: () => {}
      }
    },
    { media: [] }
  )
  const health = { missing: () => [], metrics: async () => '' }
  const http = await startHttpServer({ ...ports, health }, { host: '127.0.0.1', port: 0, token: 't', log: silent })
  onTestFinished(async () => http.stop())
  const transfers = (): number =>
    b.node
      .getConnections()
      .flatMap(({ streams }) => streams)
      .filter(({ protocol, status }) => protocol === BLOB_PROTOCOL && status === 'open').length
  return { a, film, scene, reader, transfers, url: http.url, projectId, result }
}

const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer())

test('a finished file goes through B, which keeps nothing of it', async () => {
  const { film, reader, transfers, url, projectId } = await swarmOfTwo()
  const answer = await fetch(`${url}/completed/${projectId}`)
  expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(film.length)])
  expect((await bytesOf(answer)).equals(film)).toBe(true)
  const range = { range: `bytes=${10 * MiB}-${11 * MiB}` }
  const part = await fetch(`${url}/completed/${projectId}`, { headers: range })
  expect((await bytesOf(part)).equals(film.subarray(10 * MiB, 11 * MiB + 1))).toBe(true)
  expect(reader.store.usage()).toEqual({ bytes: 0, count: 0 })
  await eventually('every transfer to end', () => transfers() === 0)
})

test('a client that goes away ends the transfer', async () => {
  const { transfers, url, projectId } = await swarmOfTwo()
  const begun = Promise.withResolvers<void>()
  const request = httpGet(`${url}/completed/${projectId}`, (answer) => {
    answer.once('data', () => {
      answer.pause()
      begun.resolve()
    })
  })
  request.on('error', () => {})
  await begun.promise
  expect(transfers()).toBe(1)
  request.destroy()
  await eventually('the transfer to end', () => transfers() === 0)
})

test('HEAD says what there is and begins no transfer that stays', async () => {
  const { film, transfers, url, projectId } = await swarmOfTwo()
  const head = await fetch(`${url}/completed/${projectId}`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(film.length)])
  await eventually('every transfer to end', () => transfers() === 0)
})

test('an owner that does not trust this node, and one that is away', async () => {
  const { a, url, projectId } = await swarmOfTwo({ trusted: false })
  const refused = await fetch(`${url}/completed/${projectId}`)
  expect(refused.status).toBe(503)
  expect(await refused.text()).toContain('does not trust this node')
  await a.leave()
  const away = await fetch(`${url}/completed/${projectId}`)
  expect(away.status).toBe(503)
  expect(await away.text()).toContain('cannot be reached now')
})

test('a small scene is fetched, checked and kept; a large one is passed on', async () => {
  const small = await swarmOfTwo()
  const first = await fetch(`${small.url}/scene/${small.projectId}/1.ivf`)
  expect((await bytesOf(first)).equals(small.scene)).toBe(true)
  expect(await small.reader.store.check(small.result)).toBe(true)

  const large = await swarmOfTwo({ sceneBytes: 33 * MiB })
  const answer = await fetch(`${large.url}/scene/${large.projectId}/1.ivf`)
  expect((await bytesOf(answer)).equals(large.scene)).toBe(true)
  const part = await fetch(`${large.url}/scene/${large.projectId}/1.ivf`, { headers: { range: 'bytes=-7' } })
  expect((await bytesOf(part)).equals(large.scene.subarray(-7))).toBe(true)
  expect(large.reader.store.usage().count).toBe(0)
  await large.a.leave()
  expect((await fetch(`${large.url}/scene/${large.projectId}/1.ivf`)).status).toBe(503)
})

test('many who read at once have their turns', async () => {
  const { film, url, projectId, transfers } = await swarmOfTwo()
  const parts = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const range = { range: `bytes=${n * MiB}-${n * MiB + 999}` }
      return bytesOf(await fetch(`${url}/completed/${projectId}`, { headers: range }))
    })
  )
  for (const [n, part] of parts.entries()) expect(part.equals(film.subarray(n * MiB, n * MiB + 1000))).toBe(true)
  await eventually('every transfer to end', () => transfers() === 0)
})

test('more than sixteen at once are told to come back, and are let in when others have left', async () => {
  const { url, projectId, transfers } = await swarmOfTwo()
  const statuses: number[] = []
  const requests = Array.from({ length: 40 }, () =>
    httpGet(`${url}/completed/${projectId}`, (answer) => {
      statuses.push(answer.statusCode ?? 0)
      if (answer.statusCode === 200) answer.pause()
      else answer.resume()
    }).on('error', () => {})
  )
  await eventually(
    'those over the limit to be refused',
    () => statuses.filter((status) => status === 503).length === 24
  )
  for (const request of requests) request.destroy()
  await eventually('every transfer to end', () => transfers() === 0)
  expect((await fetch(`${url}/completed/${projectId}`, { headers: { range: 'bytes=0-0' } })).status).toBe(206)
})
