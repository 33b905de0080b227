import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBlobStore, StorageError, type BlobHold, type BlobStore } from '../../src/storage/index.ts'
import { tempDir } from '../fixtures/temp-dir.ts'
import type { BlobRef } from '../../src/swarm/protocol/index.ts'

/** What somebody does with one blob: how it comes to have it, how often it is read meanwhile, and how it gives it back. */
interface Stay {
  readonly blob: number
  readonly by: 'adopt' | 'receive' | 'hold'
  readonly reads: number
  readonly checks: boolean
  readonly end: 'release' | 'drop' | 'drop twice'
}

const CONTENTS = ['first', 'second', 'third'].map((word) => Buffer.from(word.repeat(500)))
const refs: readonly BlobRef[] = CONTENTS.map((data) => ({
  sha256: createHash('sha256').update(data).digest('hex'),
  bytes: data.byteLength
}))

const stays = fc.array(
  fc.record<Stay>({
    blob: fc.nat(CONTENTS.length - 1),
    by: fc.constantFrom('adopt', 'receive', 'hold'),
    reads: fc.nat(3),
    checks: fc.boolean(),
    end: fc.constantFrom('release', 'drop', 'drop twice')
  }),
  { maxLength: 8 }
)

/** @returns a hold, when the blob is here under it. */
async function have(store: BlobStore, folder: string, { blob, by }: Stay, name: string): Promise<BlobHold | undefined> {
  const [data, ref] = [CONTENTS[blob]!, refs[blob]!]
  if (by === 'adopt') {
    const file = join(folder, name)
    await writeFile(file, data)
    return (await store.adopt(file)).hold
  }
  const hold = store.hold(ref.sha256)
  if (await store.has(ref)) return hold
  if (by === 'receive' && (await receive(store, ref, data))) return hold
  hold.release()
  return undefined
}

async function receive(store: BlobStore, ref: BlobRef, data: Buffer): Promise<boolean> {
  try {
    const writer = await store.receive(ref)
    await writer.write(data.subarray(writer.offset))
    await writer.commit()
    return true
  } catch (error) {
    // Another one receives it, and may give up.
    if (error instanceof StorageError && error.code === 'busy') return false
    throw error
  }
}

async function stay(store: BlobStore, folder: string, one: Stay, name: string): Promise<void> {
  const hold = await have(store, folder, one, name)
  if (hold == null) return
  const ref = refs[one.blob]!
  for (let read = 0; read < one.reads; read += 1)
    expect((await readFile(store.path(ref.sha256))).equals(CONTENTS[one.blob]!)).toBe(true)
  if (one.checks) expect(await store.check(ref)).toBe(true)
  expect(await store.has(ref)).toBe(true)
  if (one.end === 'release') hold.release()
  else await hold.drop()
  if (one.end === 'drop twice') await hold.drop()
}

test('whoever holds a blob has it, whatever others do meanwhile', async () => {
  const root = await tempDir()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(stays, { minLength: 2, maxLength: 4 }), async (actors) => {
      const folder = join(root, String((run += 1)))
      // Next to no room: what nobody holds goes at once.
      const store = await createBlobStore(join(folder, 'blobs'), { chunkBytes: 512, cacheBytesMax: 4000 })
      const live = async (all: readonly Stay[], actor: number): Promise<void> => {
        for (const [at, one] of all.entries()) await stay(store, folder, one, `file-${actor}-${at}`)
      }
      await Promise.all(actors.map(async (all, actor) => live(all, actor)))
      // Nobody holds anything now, so everything can go.
      await store.collect({ unusedMs: -60_000 })
      expect(store.usage()).toEqual({ bytes: 0, count: 0 })
    }),
    { numRuns: 60 }
  )
})

test('a blob that was given up by one goes when the last gives it back', async () => {
  const folder = await tempDir()
  const store = await createBlobStore(join(folder, 'blobs'), { chunkBytes: 512 })
  const file = join(folder, 'file')
  await writeFile(file, CONTENTS[0]!)
  const { ref, hold } = await store.adopt(file)
  const other = store.hold(ref.sha256)
  await hold.drop()
  expect(await store.check(ref)).toBe(true)
  other.release()
  expect(await store.has(ref)).toBe(false)
})

test('a hold that is taken before the blob comes keeps it from the moment it is here', async () => {
  const folder = await tempDir()
  const store = await createBlobStore(join(folder, 'blobs'), { chunkBytes: 512, cacheBytesMax: 1 })
  const [data, ref] = [CONTENTS[0]!, refs[0]!]
  const hold = store.hold(ref.sha256)
  const writer = await store.receive(ref)
  await writer.write(data)
  await writer.commit()
  await store.collect({ unusedMs: -60_000 })
  expect(await store.check(ref)).toBe(true)
  await hold.drop()
  expect(await store.has(ref)).toBe(false)
})
