import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClipCache } from '../../../../../src/node/http/files/clip-cache.ts'
import { tempDir } from '../../../../fixtures/temp-dir.ts'

const idle = new AbortController().signal
const makes =
  (bytes: number, made: string[] = [], name = '') =>
  async (output: string): Promise<void> => {
    made.push(name)
    await writeFile(output, Buffer.alloc(bytes, name))
  }

test('a clip is made once and kept under a tag of its bytes', async () => {
  const folder = join(await tempDir(), 'clips')
  const cache = createClipCache(folder)
  const made: string[] = []
  const clips = await Promise.all([1, 2, 3].map(async () => cache.get('k', makes(10, made, 'k'), idle)))
  expect(made).toEqual(['k'])
  expect(new Set(clips.map(({ tag }) => tag)).size).toBe(1)
  const [first] = clips
  expect(first?.bytes).toBe(10)
  expect((await readFile(first?.path ?? '')).length).toBe(10)
  expect((await createClipCache(folder).get('k', makes(10, made), idle)).tag).toBe(first?.tag)
  expect(made).toEqual(['k'])
})

test('the longest unused go where there is no room', async () => {
  const folder = await tempDir()
  const cache = createClipCache(folder, 25)
  const old = await cache.get('old', makes(10), idle)
  const used = await cache.get('used', makes(10), idle)
  await utimes(old.path, new Date(2_000), new Date(5_000))
  await utimes(used.path, new Date(1_000), new Date(5_000))
  await cache.get('used', makes(10), idle)
  await cache.get('new', makes(10), idle)
  expect((await readdir(folder)).sort()).toEqual(['new.webm', 'used.webm'])
})

test('one that cannot be made leaves nothing, and the next has its turn; one whose asker left is not made', async () => {
  const folder = await tempDir()
  const cache = createClipCache(folder)
  const broken = async (output: string): Promise<void> => {
    await writeFile(output, 'half')
    throw new Error('broken')
  }
  await expect(cache.get('a', broken, idle)).rejects.toThrow('broken')
  expect(await readdir(folder)).toEqual([])
  const gone = new AbortController()
  gone.abort(new Error('gone'))
  await expect(cache.get('b', makes(1), gone.signal)).rejects.toThrow('gone')
  expect((await cache.get('a', makes(3), idle)).bytes).toBe(3)
})

test('one is made at a time, a few wait, and more are told so', async () => {
  const cache = createClipCache(await tempDir())
  let running = 0
  let most = 0
  const go = Promise.withResolvers<void>()
  const slow = async (output: string): Promise<void> => {
    most = Math.max(most, (running += 1))
    await go.promise
    running -= 1
    await writeFile(output, 'x')
  }
  const asked = Array.from({ length: 10 }, async (_, n) =>
    cache.get(`k${n}`, slow, idle).then(
      () => 'made',
      (error: unknown) => (error as { code?: string }).code
    )
  )
  const refused = await Promise.race(asked)
  expect(refused).toBe('busy')
  go.resolve()
  expect((await Promise.all(asked)).filter((one) => one === 'made')).toHaveLength(8)
  expect(most).toBe(1)
})
