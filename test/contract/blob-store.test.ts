import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBlobStore, StorageError, type BlobStore } from '../../src/storage/index.ts'
import { tempDir } from '../fixtures/temp-dir.ts'
import type { BlobRef } from '../../src/swarm/protocol/index.ts'

const CHUNK = 1000

async function open(folder?: string): Promise<{ store: BlobStore; folder: string; root: string }> {
  const root = folder ?? (await tempDir())
  return { store: await createBlobStore(join(root, 'blobs'), { chunkBytes: CHUNK }), folder: join(root, 'blobs'), root }
}

async function makeFile(root: string, bytes: number): Promise<{ file: string; data: Buffer; ref: BlobRef }> {
  const data = randomBytes(bytes)
  const file = join(root, `file-${randomBytes(4).toString('hex')}`)
  await writeFile(file, data)
  return { file, data, ref: { sha256: createHash('sha256').update(data).digest('hex'), bytes } }
}

const codeOf = async (task: Promise<unknown>): Promise<string> =>
  task.then(
    () => 'done',
    (error: unknown) => (error instanceof StorageError ? error.code : Promise.reject(error as Error))
  )
const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false
  )

test('a file that is taken over is there by its hash and nowhere else', async () => {
  const { store, root } = await open()
  const { file, data, ref } = await makeFile(root, 2500)
  expect(await store.has(ref)).toBe(false)
  expect(await store.size(ref.sha256)).toBeUndefined()
  expect(await store.check(ref)).toBe(false)
  expect((await store.adopt(file)).ref).toEqual(ref)
  expect(await exists(file)).toBe(false)
  expect(await readFile(store.path(ref.sha256))).toEqual(data)
  expect(await store.has(ref)).toBe(true)
  expect(await store.has({ ...ref, bytes: 2499 })).toBe(false)
  expect(await store.size(ref.sha256)).toBe(2500)
  expect(await store.check(ref)).toBe(true)
})

test('the same file taken over twice is one blob; a damaged one is replaced', async () => {
  const { store, root } = await open()
  const { file, data, ref } = await makeFile(root, 300)
  await store.adopt(file)
  await writeFile(file, data)
  await store.adopt(file)
  expect(await exists(file)).toBe(false)
  expect(await store.check(ref)).toBe(true)
  await writeFile(store.path(ref.sha256), randomBytes(300))
  await writeFile(file, data)
  await store.adopt(file)
  expect(await store.check(ref)).toBe(true)
})

test.for(['flipped', 'cut', 'grown'] as const)('a %s file is found out and removed', async (damage) => {
  const { store, root } = await open()
  const { file, data, ref } = await makeFile(root, 2500)
  await store.adopt(file)
  const path = store.path(ref.sha256)
  if (damage === 'cut') await truncate(path, 2499)
  else if (damage === 'grown') await writeFile(path, Buffer.concat([data, Buffer.of(0)]))
  else {
    data[1234] = (data[1234] ?? 0) ^ 1
    await writeFile(path, data)
  }
  expect(await store.check(ref)).toBe(false)
  expect(await exists(path)).toBe(false)
  expect(await store.has(ref)).toBe(false)
})

test('what is received becomes visible at once, whole, and only then', async () => {
  const { store, root, folder } = await open()
  const { data, ref } = await makeFile(root, 2500)
  const writer = await store.receive(ref)
  expect(writer.offset).toBe(0)
  for (let at = 0; at < 2500; at += CHUNK) {
    await writer.write(data.subarray(at, at + CHUNK))
    expect(await store.has(ref)).toBe(false)
  }
  await writer.commit()
  expect(await store.check(ref)).toBe(true)
  expect(await readdir(join(folder, 'incoming'))).toEqual([])
})

test('a broken transfer goes on at a chunk boundary, over a restart too', async () => {
  const { store, root } = await open()
  const { data, ref } = await makeFile(root, 3500)
  const first = await store.receive(ref)
  await first.write(data.subarray(0, 1000))
  await first.write(data.subarray(1000, 1900))
  await first.close()
  expect(await store.has(ref)).toBe(false)
  const { store: again } = await open(root)
  const second = await again.receive(ref)
  expect(second.offset).toBe(1000)
  expect(second.rest).toEqual(new Uint8Array(data.subarray(1000, 1900)))
  await second.write(data.subarray(1000))
  await second.commit()
  expect(await again.check(ref)).toBe(true)
})

test('what came of a chunk is kept apart until it is complete', async () => {
  const { store, root } = await open()
  const { data, ref } = await makeFile(root, 3500)
  const first = await store.receive(ref)
  expect(first.rest.byteLength).toBe(0)
  await first.write(data.subarray(0, 1000))
  await first.close(data.subarray(1000, 1300))
  const second = await store.receive(ref)
  expect(second.offset).toBe(1000)
  expect(second.rest).toEqual(new Uint8Array(data.subarray(1000, 1300)))
  // Not stored any more, unless it is given back.
  await second.close()
  const third = await store.receive(ref)
  expect([third.offset, third.rest.byteLength]).toEqual([1000, 0])
  await third.close()
})

test('a transfer that lacks nothing but its end only has to be committed', async () => {
  const { store, root } = await open()
  const { data, ref } = await makeFile(root, 2000)
  const first = await store.receive(ref)
  await first.write(data)
  await first.close()
  const second = await store.receive(ref)
  expect(second.offset).toBe(2000)
  await second.commit()
  expect(await store.check(ref)).toBe(true)
})

test('more than the blob ever had begins anew', async () => {
  const { store, root } = await open()
  const { data, ref } = await makeFile(root, 1500)
  const first = await store.receive(ref)
  await first.write(Buffer.concat([data, data]))
  await first.close()
  const anew = await store.receive(ref)
  expect(anew.offset).toBe(0)
  await anew.close()
})

test.for(['other bytes', 'too few', 'too many'] as const)('%s leave nothing behind', async (what) => {
  const { store, root, folder } = await open()
  const { data, ref } = await makeFile(root, 1500)
  const writer = await store.receive(ref)
  const sent = {
    'other bytes': randomBytes(1500),
    'too few': data.subarray(1),
    'too many': Buffer.concat([data, data])
  }
  await writer.write(sent[what])
  expect(await codeOf(writer.commit())).toBe('hash-mismatch')
  expect(await store.has(ref)).toBe(false)
  expect(await readdir(join(folder, 'incoming'))).toEqual([])
  const anew = await store.receive(ref)
  expect(anew.offset).toBe(0)
  await anew.close()
})

test('the same blob is received once at a time', async () => {
  const { store, root } = await open()
  const { data, ref } = await makeFile(root, 1500)
  const writer = await store.receive(ref)
  expect(await codeOf(store.receive(ref))).toBe('busy')
  await writer.write(data)
  const committing = writer.commit()
  // Until it is visible nobody else may cut the file.
  expect(await codeOf(store.receive(ref))).toBe('busy')
  await committing
  expect(await store.check(ref)).toBe(true)
  const other = await store.receive({ ...ref, sha256: 'f'.repeat(64) })
  await other.close()
  await (await store.receive({ ...ref, sha256: 'f'.repeat(64) })).close()
})

test('closing twice, or after a commit, is no error', async () => {
  const { store, root } = await open()
  const { data, ref } = await makeFile(root, 10)
  const writer = await store.receive(ref)
  await writer.write(data)
  await writer.commit()
  await writer.close()
  await writer.close()
})

test('dropping takes the blob and what was received of it', async () => {
  const { store, root, folder } = await open()
  const { file, ref } = await makeFile(root, 1500)
  const { hold } = await store.adopt(file)
  await hold.drop()
  expect(await store.has(ref)).toBe(false)
  const writer = await store.receive(ref)
  await writer.write(randomBytes(1000))
  await writer.close()
  await store.hold(ref.sha256).drop()
  expect(await readdir(join(folder, 'incoming'))).toEqual([])
  await hold.drop()
})

test('a restart clears copies that were never finished, and keeps what can go on', async () => {
  const { folder, root } = await open()
  await mkdir(join(folder, 'incoming'), { recursive: true })
  await writeFile(join(folder, 'incoming', '0b6d2f5e-8f9a-4b1c-9a52-6a1d1f2c3b4a'), 'half a copy')
  await writeFile(join(folder, 'incoming', 'a'.repeat(64)), 'half a blob')
  await open(root)
  expect(await readdir(join(folder, 'incoming'))).toEqual(['a'.repeat(64)])
})
