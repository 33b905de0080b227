import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type AnalysisCache,
  createAnalysisCache,
  planKept,
  prepareSource,
  probeSource
} from '../../../src/encode/index.ts'
import { makeBase, tempFolder } from '../../fixtures/encode-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const SCENES = { minFrames: 12, maxFrames: 60, threshold: undefined }
const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let base = ''

beforeAll(async () => {
  folder = await tempFolder()
  base = await makeBase(folder.path)
})
afterAll(() => folder.remove())

/** A cache in a folder of its own that tells when something is kept. */
function watchedCache(name: string): AnalysisCache & { readonly saved: Promise<void> } {
  const cache = createAnalysisCache(join(folder.path, name))
  const saved = Promise.withResolvers<void>()
  return {
    ...cache,
    load: async (key) => cache.load(key),
    forget: async (key) => cache.forget(key),
    save: async (key, analysis) => {
      await cache.save(key, analysis)
      saved.resolve()
    },
    saved: saved.promise
  }
}

async function inputOf(cache: AnalysisCache, name: string) {
  const workDir = join(folder.path, `work-${name}`)
  await mkdir(workDir)
  const source = await probeSource(base, { signal })
  return { source, scenes: SCENES, cache, workDir, skipPiece: () => false, onProgress: () => {} }
}

test('an analysis is kept as soon as it is done, although not one piece may be cut yet; its scenes are known from then on', async () => {
  const cache = watchedCache('early')
  const input = await inputOf(cache, 'early')
  expect(await planKept(input, { signal })).toBeUndefined()
  const stop = new AbortController()
  let asked = 0
  const never = new Promise<() => void>(() => {})
  const beforePiece = async (): Promise<() => void> => {
    asked += 1
    return Promise.race([never, aborted(stop.signal)])
  }
  const events = prepareSource({ ...input, beforePiece }, { signal: AbortSignal.any([signal, stop.signal]) })
  const first = events.next()
  first.catch(() => {})
  await cache.saved
  expect((await readdir(input.workDir)).filter((name) => name.startsWith('piece'))).toEqual([])
  stop.abort(new Error('stopped'))
  await expect(first).rejects.toThrow('stopped')

  const planned = await planKept(input, { signal })
  const made = []
  for await (const event of prepareSource(input, { signal })) if (event.type === 'scene') made.push(event.scene)
  // As many as are made at a time.
  expect(asked).toBe(Math.min(made.length, 8))
  expect(made.length).toBeGreaterThan(2)
  expect(planned?.map(({ start, frames, inputHash }) => [start, frames, inputHash])).toEqual(
    made.map(({ start, frames, inputHash }) => [start, frames, inputHash])
  )
})

test('each piece is asked for before it is cut, and said to be over when it is', async () => {
  const input = await inputOf(watchedCache('asked'), 'asked')
  const counts = { asked: 0, over: 0 }
  const beforePiece = async (): Promise<() => void> => {
    counts.asked += 1
    return () => void (counts.over += 1)
  }
  let scenes = 0
  const skipPiece = (index: number): boolean => index === 1
  for await (const event of prepareSource({ ...input, skipPiece, beforePiece }, { signal }))
    if (event.type === 'scene') scenes += 1
  expect(counts).toEqual({ asked: scenes, over: scenes })
})

test('what was kept of a part of the source does not plan the whole', async () => {
  const cache = watchedCache('part')
  const input = await inputOf(cache, 'part')
  const part = { ...input, range: { from: undefined, to: { type: 'frame', frame: 40 } } } as const
  for await (const event of prepareSource(part, { signal })) expect(event.type).not.toBe('skipped')
  expect((await planKept(part, { signal }))?.at(-1)).toMatchObject({ start: expect.any(Number) as number })
  expect(await planKept(input, { signal })).toBeUndefined()
})

async function aborted(of: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  of.addEventListener('abort', () => reject(of.reason as Error), { once: true })
  return promise
}
