import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createAheadBook } from '../../../../src/node/worker/ahead-book.ts'
import { createClaims } from '../../../../src/node/worker/claims.ts'
import { createWorkerCore } from '../../../../src/node/worker/worker-core.ts'
import { createSigner, deriveProjectId, type Signer } from '../../../../src/swarm/index.ts'
import { encodeGrant, jobKey, type Token } from '../../../../src/swarm/protocol/index.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const HOUR_MS = 3_600_000
const RESULT = { sha256: 'ab'.repeat(32), bytes: 5000 }
const log = pino({ level: 'silent' })

const newSigner = async (): Promise<Signer> => createSigner(await generateKeyPair('Ed25519'))

interface Bench {
  readonly signer: Signer
  readonly owner: Signer
  readonly token: Token
  readonly folder: string
  /** Blobs that are here. */
  readonly here: Set<string>
}

async function bench(): Promise<Bench> {
  const [signer, owner] = await Promise.all([newSigner(), newSigner()])
  const projectId = deriveProjectId(owner.peerId, 'ab'.repeat(16))
  const token = { projectId, scene: 4, epoch: 2, attempt: 1 }
  return { signer, owner, token, folder: join(await tempDir(), 'ahead'), here: new Set() }
}

/** A run of the worker, with its book. */
function run({ folder, here }: Bench, signer: Signer) {
  const core = createWorkerCore({ log }, { slots: 1, queue: 1 })
  const claims = createClaims(signer)
  const kept = new Set<string>()
  const results = new Map<string, typeof RESULT>()
  const warned: unknown[] = []
  const book = createAheadBook(
    {
      core,
      claims,
      kept,
      signer,
      log: { ...log, warn: (...words: unknown[]) => void warned.push(words) } as unknown as typeof log,
      jobs: {
        resultOf: (key) => {
          const ref = results.get(key)
          return ref === undefined ? undefined : { ...ref, encodeMs: 1234, quantiser: 30 }
        },
        restore: (key, { result }) => void results.set(key, result.ref)
      },
      blobs: {
        has: async ({ sha256 }) => here.has(sha256),
        hold: () => ({ release: () => {}, drop: async () => {} })
      }
    },
    { folder }
  )
  return { core, claims, kept, results, book, warned }
}

/** Gets a scene ahead of a sleep of its owner. */
async function takeOne(it: Bench, { core, claims, book }: ReturnType<typeof run>): Promise<string> {
  const { owner, token } = it
  const { projectId } = token
  const claimed = Promise.withResolvers<number>()
  core.onEffect((effect) => {
    if (effect.type === 'claim') claimed.resolve(effect.claimNo)
  })
  const candidate = { projectId, owner: owner.peerId, priority: 0, createdAtMs: 0, slotsMax: 1, probed: true }
  core.dispatch({ type: 'candidates', candidates: [candidate] })
  core.dispatch({ type: 'away', owner: owner.peerId, projectId, forMs: HOUR_MS })
  core.dispatch({ type: 'session-opened', owner: owner.peerId })
  core.dispatch({ type: 'away', owner: owner.peerId, projectId, forMs: HOUR_MS })
  const claimNo = await claimed.promise
  const claim = { projectId, owner: owner.peerId, encoderBuild: 'aom/3/1', probe: undefined, prefetch: true }
  const { scene, epoch, attempt } = token
  const envelope = await owner.sign(
    'grant',
    encodeGrant({
      claim: await claims.sign(claimNo, claim),
      scene,
      epoch,
      attempt,
      ttlMs: 90_000,
      hardMs: 2 * HOUR_MS,
      holders: []
    })
  )
  const event = await claims.granted(owner.peerId, envelope)
  if (event === undefined) throw new Error('the grant does not count')
  core.dispatch(event)
  await book.settled()
  return jobKey(token)
}

test('a scene that was taken ahead is on disk, and the next run goes on with it', async () => {
  const it = await bench()
  const first = run(it, it.signer)
  const key = await takeOne(it, first)
  expect(first.kept).toEqual(new Set([key]))
  const next = run(it, it.signer)
  await next.book.recall()
  expect(next.core.state.jobs.size).toBe(0)
  next.book.resume()
  expect(next.core.state.jobs.get(key)).toMatchObject({ stage: 'fetching', ahead: true, owner: it.owner.peerId })
  expect(next.claims.grantOf(key)?.envelope).toEqual(first.claims.grantOf(key)?.envelope)
  expect(next.core.state.away.get(it.token.projectId)?.untilMs).toBeGreaterThan(performance.now() + HOUR_MS / 2)
})

test('a result is kept too, and is offered again where its bytes are still here', async () => {
  const it = await bench()
  const first = run(it, it.signer)
  const key = await takeOne(it, first)
  first.results.set(key, RESULT)
  it.here.add(RESULT.sha256)
  first.core.dispatch({ type: 'fetched', key, nowMs: performance.now() })
  first.core.dispatch({ type: 'encoded', key })
  await first.book.settled()
  const next = run(it, it.signer)
  await next.book.recall()
  next.book.resume()
  expect(next.core.state.jobs.get(key)?.stage).toBe('delivering')
  expect(next.results.get(key)).toEqual(RESULT)
  it.here.clear()
  const last = run(it, it.signer)
  await last.book.recall()
  last.book.resume()
  expect(last.core.state.jobs.get(key)?.stage).toBe('fetching')
})

test('a step before the rules know what was kept removes nothing, and nothing is written anew', async () => {
  const it = await bench()
  const key = await takeOne(it, run(it, it.signer))
  const [name = ''] = await readdir(it.folder)
  const inode = async (): Promise<number> => (await stat(join(it.folder, name))).ino
  const before = await inode()
  const next = run(it, it.signer)
  await next.book.recall()
  next.core.dispatch({ type: 'tick', nowMs: performance.now() })
  await next.book.settled()
  expect(await inode()).toBe(before)
  next.book.resume()
  await next.book.settled()
  expect(await inode()).toBe(before)
  expect(next.kept).toEqual(new Set([key]))
})

test('what is settled leaves nothing on disk', async () => {
  const it = await bench()
  const { core, book, kept, ...rest } = run(it, it.signer)
  const key = await takeOne(it, { core, book, kept, ...rest })
  expect(await readdir(it.folder)).toHaveLength(1)
  core.dispatch({ type: 'settled', owner: it.owner.peerId, key })
  await book.settled()
  expect(await readdir(it.folder)).toEqual([])
  expect(kept.size).toBe(0)
})

test('a grant of another worker, and a file that is damaged, are passed over and said', async () => {
  const it = await bench()
  const key = await takeOne(it, run(it, it.signer))
  const other = run(it, await newSigner())
  await other.book.recall()
  other.book.resume()
  expect([other.core.state.jobs.size, other.warned.length]).toEqual([0, 1])
  await writeFile(join(it.folder, 'damaged.json'), '{"owner":')
  const next = run(it, it.signer)
  await next.book.recall()
  next.book.resume()
  expect([...next.core.state.jobs.keys()]).toEqual([key])
  expect(next.warned).toHaveLength(1)
})

test('a scene whose time was over long ago is removed', async () => {
  const it = await bench()
  await takeOne(it, run(it, it.signer))
  const [name = ''] = await readdir(it.folder)
  const file = join(it.folder, name)
  const value = JSON.parse(await readFile(file, 'utf8')) as object
  await writeFile(file, JSON.stringify({ ...value, hardAtMs: Date.now() - 1 }))
  const next = run(it, it.signer)
  await next.book.recall()
  next.book.resume()
  expect(next.core.state.jobs.size).toBe(0)
  expect(await readdir(it.folder)).toEqual([])
})
