import { appendFile, copyFile, mkdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAnalysisCache, probeSource, sampleSource, type SourceInfo } from '../../../src/encode/index.ts'
import { defaultSceneOptions } from '../../../src/encode/rules/index.ts'
import { prepareProject } from '../../../src/node/owner/preparation.ts'
import { checkSource, createSourceCheck, SourceError } from '../../../src/node/owner/source-identity.ts'
import { createBlobStore, type BlobStore } from '../../../src/storage/index.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'
import { makeMoving } from '../../fixtures/odd-sources.ts'
import type { OwnedJob } from '../../../src/node/owner/job.ts'
import type { ScenePlan } from '../../../src/swarm/protocol/index.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let original: string
let source: SourceInfo
let job: OwnedJob
let count = 0

beforeAll(async () => {
  folder = await tempFolder()
  original = await makeMoving(folder.path)
})
afterAll(async () => folder.remove())

beforeEach(async () => {
  const path = join(folder.path, `source-${(count += 1)}.mkv`)
  await copyFile(original, path)
  source = await probeSource(path, { signal })
  const scenes = { ...defaultSceneOptions(source.video.fps), minFrames: 8 }
  const sourceSamples = await sampleSource(path)
  job = { source, sourceSamples, output: `${path}.out.mkv`, overwrite: false, scenes, sample: undefined }
})

/** What people and programs do to a file, and what is said of it. */
const CHANGES: Readonly<
  Record<string, { readonly change: (path: string) => Promise<unknown>; readonly said: string }>
> = {
  'taken away': { change: rm, said: 'cannot be read (ENOENT); put it back' },
  'a folder': { change: async (path) => rm(path).then(async () => mkdir(path)), said: 'cannot be read (EISDIR)' },
  'cut short': { change: async (path) => truncate(path, 5000), said: 'is shorter than when it was submitted' },
  longer: { change: async (path) => appendFile(path, 'more'), said: 'has grown since it was submitted' },
  'another of the same length': {
    change: async (path) => writeFile(path, Buffer.alloc((await readFile(path)).length, 7)),
    said: 'is no longer the file that was submitted'
  },
  'another that was moved there': {
    change: async (path) => {
      await writeFile(`${path}.new`, Buffer.alloc((await readFile(path)).length, 9))
      await rename(`${path}.new`, path)
    },
    said: 'is no longer the file that was submitted'
  }
}

const prepare = async (
  blobs: BlobStore,
  onAnnounce: (plans: readonly ScenePlan[]) => Promise<void>,
  analyses = createAnalysisCache(join(folder.path, 'analyses'))
) => {
  const workDir = `${source.path}.work`
  await mkdir(workDir, { recursive: true })
  return prepareProject({
    projectId: 'p',
    job,
    workDir,
    book: { views: new Map() } as never,
    blobs,
    analyses,
    skipPiece: () => false,
    confirm: createSourceCheck(job),
    announce: onAnnounce,
    onPiece: () => {},
    onWarning: () => {},
    whenThereIsSpace: async () => {},
    beforePiece: async () => () => {},
    signal
  })
}

const store = async (): Promise<BlobStore> =>
  createBlobStore(join(folder.path, `blobs-${count}`), { chunkBytes: 1024 * 1024 })

describe.for(Object.entries(CHANGES))('a source that is %s', ([, { change, said }]) => {
  test('is told, also to somebody who asks often', async () => {
    const check = createSourceCheck(job)
    await check()
    await check()
    await change(source.path)
    await expect(check()).rejects.toThrow(said)
    await expect(check()).rejects.toThrow(SourceError)
    await expect(checkSource(source, job.sourceSamples)).rejects.toThrow(said)
  })

  test('gives no scene to the log, whenever that happens', async () => {
    const announced: ScenePlan[] = []
    const blobs = await store()
    const confirm = createSourceCheck(job)
    await confirm()
    await change(source.path)
    await expect(prepare(blobs, async (plans) => void announced.push(...plans))).rejects.toThrow()
    expect(announced).toEqual([])
  })
})

test('one that changes between two scenes gives no second one', async () => {
  const announced: ScenePlan[] = []
  const changed = prepare(await store(), async (plans) => {
    announced.push(...plans)
    await appendFile(source.path, 'more')
  })
  await expect(changed).rejects.toThrow(SourceError)
  expect(announced.length).toBeGreaterThan(0)
  expect(announced.length).toBeLessThan(2)
})

test('a new time, or the same bytes in another file, changes nothing', async () => {
  const check = createSourceCheck(job)
  await check()
  await utimes(source.path, 5, 5)
  await check()
  await copyFile(source.path, `${source.path}.copy`)
  await rename(`${source.path}.copy`, source.path)
  await check()
})
