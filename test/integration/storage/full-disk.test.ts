import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Key } from 'interface-datastore'
import { expect, onTestFinished, test } from 'vitest'
import {
  createBlobStore,
  createDiskGuard,
  createOwnStore,
  freeBytesOf,
  openDatabase,
  retryWhenFull,
  writeFileAtomic,
  type Database,
  type DiskGuard
} from '../../../src/storage/index.ts'
import { smallDisk, whyNoSmallDisk } from '../../fixtures/small-disk.ts'

const MIB = 1 << 20
const RECORD_BYTES = 3000
const ALL = { recordsMax: 1e6, bytesMax: 1e9 }
const contents = new Map<number, Uint8Array>()
/** Random, so that no table makes it smaller; the same for each number. */
function record(seq: number): Uint8Array {
  const content = contents.get(seq) ?? new Uint8Array(randomBytes(RECORD_BYTES))
  contents.set(seq, content)
  return content
}

/** Appends until it fails. @returns the numbers that were acknowledged. */
async function appendUntilFull(database: Database, from: number): Promise<number[]> {
  const acknowledged: number[] = []
  for (let seq = from; seq < from + 20_000; seq += 1) {
    try {
      await database.log.append('p', seq, record(seq), { durable: seq % 8 === 0 })
      acknowledged.push(seq)
    } catch (error) {
      expect(error).toMatchObject({ name: 'StorageError', code: 'no-space' })
      return acknowledged
    }
  }
  throw new Error('the disk never got full')
}

const stored = async (database: Database): Promise<Uint8Array[]> => database.log.range('p', 0, ALL)
const areSame = (one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean =>
  Buffer.concat(one).equals(Buffer.concat(other))

test.for([
  ['the log does not fit', 40_000],
  ['a table does not fit', 5 * MIB]
] as const)(
  'database, %s: the same handle goes on when space is back, and no acknowledged record is lost',
  async ([, leave], { skip }) => {
    const why = await whyNoSmallDisk()
    if (why != null) skip(why)
    const disk = await smallDisk(32 * MIB)
    const folder = join(disk.folder, 'db')
    const database = await openDatabase(folder)
    for (const seq of [0, 1, 2]) await database.log.append('p', seq, record(seq), { durable: true })
    await disk.fill(leave)
    const acknowledged = [0, 1, 2, ...(await appendUntilFull(database, 3))]
    const next = acknowledged.length
    // Still full: writes say so, reads go on.
    for (let n = 0; n < 5; n += 1) {
      await expect(database.log.append('p', next, record(next), { durable: false })).rejects.toMatchObject({
        code: 'no-space'
      })
      await expect(
        database.leases.put({ projectId: 'p', scene: 0, epoch: 1, attempt: 1, worker: 'w' })
      ).rejects.toMatchObject({ code: 'no-space' })
      await expect(database.datastore.put(new Key('/peers/a'), record(7))).rejects.toThrow(/full/)
      expect(await stored(database)).toHaveLength(next)
    }
    await disk.free()
    for (let seq = next; seq < next + 20; seq += 1) await database.log.append('p', seq, record(seq), { durable: true })
    await database.leases.put({ projectId: 'p', scene: 0, epoch: 1, attempt: 1, worker: 'w' })
    await database.datastore.put(new Key('/peers/a'), record(7))
    const expected = [...acknowledged, ...Array.from({ length: 20 }, (_, i) => next + i)].map(record)
    expect(areSame(await stored(database), expected)).toBe(true)
    await database.close()
    const again = await openDatabase(folder)
    expect(again.recovered).toBeUndefined()
    expect(areSame(await stored(again), expected)).toBe(true)
    expect(await again.leases.all('p')).toHaveLength(1)
    expect(new Uint8Array(await again.datastore.get(new Key('/peers/a')))).toEqual(record(7))
    await again.close()
  }
)

test('database: opening on a full disk is an error, and nothing is moved', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(8 * MIB)
  const folder = join(disk.folder, 'db')
  const database = await openDatabase(folder)
  for (let seq = 0; seq < 100; seq += 1) await database.log.append('p', seq, record(seq), { durable: false })
  await database.close()
  await disk.fill(0)
  await expect(openDatabase(folder)).rejects.toMatchObject({ code: 'no-space' })
  expect((await readdir(disk.folder)).toSorted()).toEqual(['ballast', 'db'])
  await disk.free()
  const again = await openDatabase(folder)
  expect(await stored(again)).toHaveLength(100)
  await again.close()
})

test('journal: a record is there whole or not at all, and the next one fits behind it', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(4 * MIB)
  const folder = join(disk.folder, 'own')
  const store = await createOwnStore(folder)
  onTestFinished(store.close)
  await store.append('p', record(0))
  // A page of this record fits: the system takes that part before it says that the rest does not.
  await disk.fill(5000)
  const big = new Uint8Array(randomBytes(50_000))
  for (let n = 0; n < 3; n += 1) {
    await expect(store.append('p', big)).rejects.toMatchObject({ code: 'no-space' })
    expect((await readFile(join(folder, 'p', 'log'))).byteLength).toBe(8 + RECORD_BYTES)
    expect(await store.records('p')).toEqual([record(0)])
  }
  await store.append('p', record(1))
  await disk.free()
  await store.append('p', big)
  await store.close()
  const damaged: unknown[] = []
  const again = await createOwnStore(folder, { onDamage: (damage) => damaged.push(damage) })
  expect((await again.records('p')).map((one) => one.byteLength)).toEqual([RECORD_BYTES, RECORD_BYTES, 50_000])
  expect(damaged).toEqual([])
})

test('job and small files: the old content stays until the new one is whole', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(4 * MIB)
  const store = await createOwnStore(join(disk.folder, 'own'))
  const old = { projectId: 'p', job: 'old', timestampsMs: [1] }
  const renewed = { ...old, job: 'x'.repeat(100_000) }
  await store.put(old)
  await writeFileAtomic(join(disk.folder, 'small'), 'old')
  await disk.fill(8192)
  await expect(store.put(renewed)).rejects.toMatchObject({ code: 'no-space' })
  await expect(store.put({ ...renewed, projectId: 'q' })).rejects.toMatchObject({ code: 'no-space' })
  await expect(writeFileAtomic(join(disk.folder, 'small'), 'x'.repeat(100_000))).rejects.toMatchObject({
    code: 'ENOSPC'
  })
  expect(await store.all()).toEqual([old])
  expect(await readFile(join(disk.folder, 'small'), 'utf8')).toBe('old')
  expect((await readdir(disk.folder)).toSorted()).toEqual(['ballast', 'own', 'small'])
  await disk.free()
  await store.put(renewed)
  expect(await store.all()).toEqual([renewed])
})

test('blobs: half a chunk is never kept, the same writer goes on, nothing is visible before it is whole', async ({
  skip
}) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(4 * MIB)
  const blobs = await createBlobStore(join(disk.folder, 'blobs'), { chunkBytes: 100_000 })
  const data = randomBytes(300_000)
  const ref = { sha256: createHash('sha256').update(data).digest('hex'), bytes: data.byteLength }
  const writer = await blobs.receive(ref)
  await writer.write(data.subarray(0, 100_000))
  await disk.fill(50_000)
  for (let n = 0; n < 3; n += 1) {
    await expect(writer.write(data.subarray(100_000, 200_000))).rejects.toMatchObject({ code: 'no-space' })
    expect(await blobs.has(ref)).toBe(false)
  }
  await disk.free()
  await writer.write(data.subarray(100_000, 200_000))
  await writer.write(data.subarray(200_000))
  await writer.commit()
  expect(await blobs.check(ref)).toBe(true)
})

test('full and free again, many times, with writes of every kind at once: nothing acknowledged is lost', async ({
  skip
}) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(24 * MIB)
  const own = await createOwnStore(join(disk.folder, 'own'))
  const database = await openDatabase(join(disk.folder, 'db'), { own })
  const acknowledged = { log: new Set<number>(), own: [] as number[] }
  let next = 0
  for (let round = 0; round < 12; round += 1) {
    // What is left differs from round to round by a part of a page, a record, and a table.
    await disk.fill(round * 37_777)
    const fails = { log: 0, own: 0 }
    while (fails.log < 5 || fails.own < 5) {
      const seq = next
      next += 1
      await Promise.all([
        database.log.append('p', seq, record(seq), { durable: seq % 3 === 0 }).then(
          () => acknowledged.log.add(seq),
          () => (fails.log += 1)
        ),
        own.append('p', record(seq)).then(
          () => acknowledged.own.push(seq),
          () => (fails.own += 1)
        )
      ])
    }
    await disk.free()
    const seq = next
    next += 1
    await database.log.append('p', seq, record(seq), { durable: round % 2 === 0 })
    acknowledged.log.add(seq)
  }
  await database.close()
  await own.close()
  const again = await openDatabase(join(disk.folder, 'db'), { own })
  const expected = [...acknowledged.log].toSorted((a, b) => a - b).map(record)
  expect(expected.length).toBeGreaterThan(12)
  expect(areSame(await stored(again), expected)).toBe(true)
  expect(areSame(await own.records('p'), acknowledged.own.map(record))).toBe(true)
  await again.close()
  await own.close()
})

/** A guard for a disk of a few MiB. */
async function guardOf(folder: string): Promise<DiskGuard> {
  const guard = createDiskGuard({ freeBytes: async () => freeBytesOf(folder) }, { reserveBytes: MIB, checkMs: 10 })
  onTestFinished(() => guard.stop())
  await guard.start()
  return guard
}

test('a node that waits: every kind of write ends well when space is back, without a restart', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(16 * MIB)
  const guard = await guardOf(disk.folder)
  const own = await createOwnStore(join(disk.folder, 'own'))
  const database = await openDatabase(join(disk.folder, 'db'), { own, guard })
  const blobs = await createBlobStore(join(disk.folder, 'blobs'), { chunkBytes: 1000, guard })
  const states: string[] = []
  guard.onChange((state) => states.push(state))
  await disk.fill(0)
  const data = randomBytes(50_000)
  const ref = { sha256: createHash('sha256').update(data).digest('hex'), bytes: data.byteLength }
  const tasks = [
    retryWhenFull(guard, async () => own.append('p', record(0))),
    retryWhenFull(guard, async () => own.put({ projectId: 'p', job: {}, timestampsMs: [] })),
    ...Array.from({ length: 20 }, async (_, seq) =>
      retryWhenFull(guard, async () => database.log.append('p', seq, record(seq), { durable: true }))
    ),
    retryWhenFull(guard, async () => {
      const writer = await blobs.receive(ref)
      try {
        await writer.write(data.subarray(writer.offset))
        await writer.commit()
      } finally {
        await writer.close()
      }
    })
  ]
  let done = 0
  for (const task of tasks) void task.then(() => (done += 1))
  await expect(database.log.append('p', 99, new Uint8Array(10_000), { durable: true })).rejects.toMatchObject({
    code: 'no-space'
  })
  expect(guard.state).toBe('disk-full')
  await disk.free()
  await Promise.all(tasks)
  expect(done).toBe(tasks.length)
  expect(guard.state).toBe('ok')
  expect(states).toEqual(['disk-full', 'ok'])
  await database.close()
  const again = await openDatabase(join(disk.folder, 'db'), { own })
  expect(
    areSame(
      await stored(again),
      Array.from({ length: 20 }, (_, seq) => record(seq))
    )
  ).toBe(true)
  expect(await own.records('p')).toEqual([record(0)])
  expect(await blobs.check(ref)).toBe(true)
  await again.close()
  await own.close()
})
