import { createHash, randomBytes } from 'node:crypto'
import { readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  createBlobStore,
  StorageError,
  type BlobHold,
  type BlobStore,
  type BlobStoreInit
} from '../../src/storage/index.ts'
import { tempDir } from '../fixtures/temp-dir.ts'
import type { BlobRef } from '../../src/swarm/protocol/index.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const BYTES = 1000

interface Bench {
  readonly store: BlobStore
  readonly pinned: Map<string, BlobHold>
  readonly folder: string
  readonly clock: { nowMs: number }
  readonly reopen: () => Promise<BlobStore>
}

/** Room for three blobs of 1000 bytes. */
async function bench(init: Partial<BlobStoreInit> = {}): Promise<Bench> {
  const folder = join(await tempDir(), 'blobs')
  const pinned = new Map<string, BlobHold>()
  const clock = { nowMs: Date.now() }
  const reopen = async (): Promise<BlobStore> =>
    createBlobStore(folder, {
      chunkBytes: 100,
      cacheBytesMax: 3500,
      now: () => clock.nowMs,
      ...init
    })
  return { store: await reopen(), pinned, folder, clock, reopen }
}

function make(bytes = BYTES): { data: Buffer; ref: BlobRef } {
  const data = randomBytes(bytes)
  return { data, ref: { sha256: createHash('sha256').update(data).digest('hex'), bytes } }
}

/** Receives a new blob, a minute after whatever happened before. */
async function add({ store, clock, pinned }: Bench, { bytes = BYTES, pin = false } = {}): Promise<BlobRef> {
  clock.nowMs += 61_000
  const { data, ref } = make(bytes)
  if (pin) pinned.set(ref.sha256, store.hold(ref.sha256))
  const writer = await store.receive(ref)
  await writer.write(data)
  await writer.commit()
  return ref
}

async function here(store: BlobStore, refs: readonly BlobRef[]): Promise<boolean[]> {
  return Promise.all(refs.map(async (ref) => (await store.size(ref.sha256)) != null))
}

const codeOf = async (task: Promise<unknown>): Promise<string> =>
  task.then(
    () => 'done',
    (error: unknown) => (error instanceof StorageError ? error.code : Promise.reject(error as Error))
  )

test('the least recently used goes when a new one needs its room', async () => {
  const it = await bench()
  const refs = [await add(it), await add(it), await add(it)]
  it.clock.nowMs += 61_000
  expect(await it.store.has(refs[0] as BlobRef)).toBe(true)
  refs.push(await add(it))
  expect(await here(it.store, refs)).toEqual([true, false, true, true])
  expect(it.store.usage()).toEqual({ bytes: 3000, count: 3 })
})

test('the order of use outlives a restart', async () => {
  const it = await bench()
  const refs = [await add(it), await add(it), await add(it)]
  it.clock.nowMs += 61_000
  await it.store.has(refs[0] as BlobRef)
  const store = await it.reopen()
  expect(store.usage()).toEqual({ bytes: 3000, count: 3 })
  refs.push(await add({ ...it, store }))
  expect(await here(store, refs)).toEqual([true, false, true, true])
})

test('blobs that are held stay and do not count', async () => {
  const it = await bench()
  const pinned = [await add(it, { pin: true }), await add(it, { pin: true }), await add(it, { pin: true, bytes: 9000 })]
  const refs = [await add(it), await add(it), await add(it), await add(it)]
  expect(await here(it.store, pinned)).toEqual([true, true, true])
  expect(await here(it.store, refs)).toEqual([false, true, true, true])
  expect(it.store.usage()).toEqual({ bytes: 14_000, count: 6 })
})

test('what is no longer held counts, and goes when room is needed', async () => {
  const it = await bench()
  const big = await add(it, { pin: true, bytes: 9000 })
  const small = await add(it)
  for (const hold of it.pinned.values()) hold.release()
  await add(it)
  expect(await here(it.store, [big, small])).toEqual([false, true])
})

test('a blob that is held stays until it is let go', async () => {
  const it = await bench()
  const refs = [await add(it), await add(it), await add(it)]
  const [one, other] = [it.store.hold((refs[0] as BlobRef).sha256), it.store.hold((refs[0] as BlobRef).sha256)]
  it.clock.nowMs += 1
  for (const ref of refs.slice(1)) await it.store.has(ref)
  one.release()
  one.release()
  refs.push(await add(it), await add(it))
  expect(await here(it.store, refs)).toEqual([true, false, true, true, true])
  other.release()
  await it.store.collect()
  expect(await here(it.store, refs)).toEqual([false, false, true, true, true])
})

test('no room even with everything gone: refused, and nothing goes', async () => {
  const it = await bench()
  const refs = [await add(it), await add(it), await add(it)]
  expect(await codeOf(it.store.receive(make(4000).ref))).toBe('no-space')
  expect(await here(it.store, refs)).toEqual([true, true, true])
  expect(await codeOf(it.store.receive(make(4000).ref))).toBe('no-space')
  expect(await here(it.store, refs)).toEqual([true, true, true])
  refs.push(await add(it, { bytes: 3500 }))
  expect(await here(it.store, refs)).toEqual([false, false, false, true])
})

test('what is being received counts until it ends', async () => {
  const it = await bench()
  const writers = [await it.store.receive(make().ref), await it.store.receive(make().ref)]
  await add(it)
  writers.push(await it.store.receive(make().ref))
  expect(it.store.usage().count).toBe(0)
  expect(await codeOf(it.store.receive(make().ref))).toBe('no-space')
  for (const writer of writers) await writer.close()
  for (const writer of writers) await writer.close()
  const after = [await add(it), await add(it), await add(it)]
  expect(await here(it.store, after)).toEqual([true, true, true])
})

test('a file that is taken over makes others go, not itself', async () => {
  const it = await bench()
  const refs = [await add(it), await add(it), await add(it)]
  const { data } = make(3400)
  const file = join(await tempDir(), 'file')
  await writeFile(file, data)
  // As old as can be: it counts as used now.
  await utimes(file, 1, 1)
  const { ref, hold } = await it.store.adopt(file)
  refs.push(ref)
  expect(await here(it.store, refs)).toEqual([true, true, true, true])
  hold.release()
  await it.store.collect()
  expect(await here(it.store, refs)).toEqual([false, false, false, true])
})

test('collecting takes what nobody used for a day, and transfers that nobody goes on with', async () => {
  const it = await bench()
  const old = [await add(it), await add(it, { pin: true })]
  const partial = async (pin: boolean): Promise<{ ref: BlobRef; close: () => Promise<void> }> => {
    const { data, ref } = make()
    if (pin) it.pinned.set(ref.sha256, it.store.hold(ref.sha256))
    const writer = await it.store.receive(ref)
    await writer.write(data.subarray(0, 500))
    await utimes(join(it.folder, 'incoming', ref.sha256), it.clock.nowMs / 1000, it.clock.nowMs / 1000)
    return { ref, close: writer.close }
  }
  const [orphan, kept, running] = [await partial(false), await partial(true), await partial(false)]
  await orphan.close()
  await kept.close()
  it.clock.nowMs += DAY_MS / 2
  expect(await it.store.collect()).toEqual({ bytes: 0, count: 0 })
  const fresh = await add(it)
  it.clock.nowMs += DAY_MS / 2
  expect(await it.store.collect()).toEqual({ bytes: 1500, count: 2 })
  expect(await here(it.store, [...old, fresh])).toEqual([false, true, true])
  expect((await readdir(join(it.folder, 'incoming'))).toSorted()).toEqual(
    [kept.ref.sha256, running.ref.sha256].toSorted()
  )
  await running.close()
  it.clock.nowMs += 1
  expect(await it.store.collect({ unusedMs: 0 })).toEqual({ bytes: 1500, count: 2 })
  expect(await here(it.store, [...old, fresh])).toEqual([false, true, false])
})

test('while everything is held nothing goes, and what was given up goes afterwards', async () => {
  const folder = join(await tempDir(), 'blobs')
  const store = await createBlobStore(folder, { chunkBytes: 100, cacheBytesMax: 1 })
  const releaseAll = store.holdAll()
  const { data, ref } = make()
  const writer = await store.receive(ref)
  await writer.write(data.subarray(0, 500))
  await writer.close()
  const again = await store.receive(ref)
  await again.write(data.subarray(500))
  await again.commit()
  expect(await store.collect({ unusedMs: -DAY_MS })).toEqual({ bytes: 0, count: 0 })
  await store.hold(ref.sha256).drop()
  expect((await stat(store.path(ref.sha256))).size).toBe(BYTES)
  releaseAll()
  releaseAll()
  expect(await store.has(ref)).toBe(false)
})

test('a full disk, or one that the blob would fill, refuses it', async () => {
  const room = { state: 'ok' as 'ok' | 'disk-full', bytes: 1500 }
  const guard = {
    get state() {
      return room.state
    },
    report: () => false,
    hasRoom: async (bytes: number) => room.state === 'ok' && bytes <= room.bytes
  }
  const it = await bench({ guard })
  const first = await add(it)
  expect(await codeOf(it.store.receive(make(2000).ref))).toBe('no-space')
  room.state = 'disk-full'
  const { ref } = make()
  await expect(it.store.receive(ref)).rejects.toMatchObject({ code: 'no-space', cause: { code: 'ENOSPC' } })
  expect(await it.store.check(first)).toBe(true)
  room.state = 'ok'
  await (await it.store.receive(ref)).close()
})

test('a smaller quota counts at once, for blobs that nobody holds', async () => {
  const it = await bench()
  const refs = [await add(it, { pin: true }), await add(it), await add(it)]
  await it.store.limitCache(BYTES)
  expect(await here(it.store, refs)).toEqual([true, false, true])
  await it.store.limitCache(0)
  expect(await here(it.store, refs)).toEqual([true, false, false])
  // What is needed is received and kept all the same, and goes when it is needed no more.
  const needed = await add(it, { pin: true })
  expect(await here(it.store, [needed])).toEqual([true])
  it.pinned.get(needed.sha256)?.release()
  await it.store.limitCache(0)
  expect(await here(it.store, [needed, ...refs])).toEqual([false, true, false, false])
})

test('room is made by the least recently used, as much as is asked for, and never by what is held', async () => {
  const it = await bench()
  const refs = [await add(it, { pin: true }), await add(it), await add(it), await add(it)]
  expect(await it.store.makeRoom(BYTES + 1)).toBe(2 * BYTES)
  expect(await here(it.store, refs)).toEqual([true, false, false, true])
  expect(await it.store.makeRoom(100 * BYTES)).toBe(BYTES)
  expect(await it.store.makeRoom(1)).toBe(0)
  expect(await here(it.store, refs)).toEqual([true, false, false, false])
})

test('transfers that nobody goes on with make room last', async () => {
  const it = await bench()
  const whole = await add(it)
  const { data, ref } = make()
  const broken = await it.store.receive(ref)
  await broken.write(data.subarray(0, 500))
  expect(await it.store.makeRoom(BYTES + 500)).toBe(BYTES)
  await broken.close()
  expect(await it.store.makeRoom(1)).toBe(500)
  expect(await here(it.store, [whole])).toEqual([false])
})
