import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPieceDecode } from '../../../src/encode/programs/decode.ts'
import { hashOfFrames } from '../../../src/encode/programs/frame-hash.ts'
import {
  type AnalysisCache,
  type AnalysisEnd,
  createAnalysisCache,
  type PreparedScene,
  type SkippedScene,
  type PrepareInput,
  prepareSource,
  probeSource
} from '../../../src/encode/index.ts'
import { parsePosition, parseRange } from '../../../src/encode/rules/index.ts'
import {
  BASE_CUTS,
  BASE_FRAMES,
  ffmpeg,
  fullHashes,
  makeBase,
  makeEditListClip,
  makeOddClip,
  tempFolder
} from '../../fixtures/encode-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const SCENES = { minFrames: 12, maxFrames: 60, threshold: undefined }
const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let base = ''
let folders = 0

beforeAll(async () => {
  folder = await tempFolder()
  base = await makeBase(folder.path)
})
afterAll(() => folder.remove())

interface Prepared {
  readonly scenes: readonly SkippedScene[]
  readonly pieces: readonly PreparedScene[]
  readonly end: AnalysisEnd
  /** Frames that were decoded to find the scenes; 0 when nothing was. */
  readonly decoded: number
}

async function prepare(file: string, wishes: Partial<PrepareInput> = {}): Promise<Prepared> {
  const source = await probeSource(file, { signal })
  const workDir = join(folder.path, `work-${(folders += 1)}`)
  await mkdir(workDir)
  const scenes: SkippedScene[] = []
  const pieces: PreparedScene[] = []
  let end: AnalysisEnd | undefined
  let decoded = 0
  const onProgress = (frames: number): void => void (decoded = frames)
  const input = { source, scenes: SCENES, workDir, skipPiece: () => false, onProgress, ...wishes }
  for await (const event of prepareSource(input, { signal })) {
    if (event.type === 'end') end = event.end
    else scenes.push(event.scene)
    if (event.type === 'scene') pieces.push(event.scene)
  }
  if (end === undefined) throw new Error('no end')
  return { scenes, pieces, end, decoded }
}

/** The same without pieces. */
const plan = (file: string, wishes: Partial<PrepareInput> = {}): Promise<Prepared> =>
  prepare(file, { skipPiece: () => true, ...wishes })

const newCache = (bytesMax?: number): { path: string; cache: AnalysisCache } => {
  const path = join(folder.path, `cache-${(folders += 1)}`)
  return { path, cache: createAnalysisCache(path, bytesMax) }
}

const starts = ({ scenes }: Prepared): number[] => scenes.map((scene) => scene.start)

/** Decodes all pieces as workers do. */
async function piecesHashes({ pieces }: Prepared): Promise<string[]> {
  const decoded: string[] = []
  for (const scene of pieces) {
    expect(scene.start).toBe(decoded.length)
    const decode = startPieceDecode(scene, { signal, y4m: undefined, nice: 0 })
    const [hashes, ended] = await Promise.all([decode.hashes, decode.process.ended])
    expect(ended.code).toBe(0)
    expect(hashOfFrames(hashes)).toBe(scene.inputHash)
    decoded.push(...hashes)
  }
  return decoded
}

describe('forced cuts and zones', () => {
  test('start scenes beside the detected ones, as frames and as times', async () => {
    const cuts = ['7', '00:00:04', '20', '5000', '0'].map(parsePosition)
    const prepared = await prepare(base, { cuts })
    // 24 frames a second: second 4 is frame 96.
    expect(starts(prepared)).toEqual([0, 7, 20, BASE_CUTS[0], 96, BASE_CUTS[1]])
    expect(await piecesHashes(prepared)).toEqual(await fullHashes(base))
  })

  test('a zone begins and ends with scenes, and its scenes name it', async () => {
    const zones = [
      { start: parsePosition('10'), end: parsePosition('30') },
      { start: parsePosition('100'), end: undefined }
    ]
    const { scenes } = await plan(base, { zones })
    expect(scenes.map(({ start, zone }) => [start, zone])).toEqual([
      [0, undefined],
      [10, 0],
      [30, undefined],
      [BASE_CUTS[0], undefined],
      [100, 1],
      [BASE_CUTS[1], 1]
    ])
  })
})

describe('a sample', () => {
  test('is some of the scenes that the whole has, one after the other, with their times', async () => {
    const file = await makeOddClip(base, folder.path, 'open GOP H.264')
    const whole = await plan(file, { scenes: { ...SCENES, maxFrames: 30 } })
    const prepared = await prepare(file, { scenes: { ...SCENES, maxFrames: 30 }, sample: 3 })
    expect(prepared.scenes).toHaveLength(3)
    const picked = prepared.scenes.map(({ inputHash }) =>
      whole.scenes.findIndex((scene) => scene.inputHash === inputHash)
    )
    expect(picked.toSorted((a, b) => a - b)).toEqual(picked)
    expect(picked).not.toContain(-1)
    const hashes = await fullHashes(file)
    const wanted = picked.flatMap((index) => {
      const { start, frames } = whole.scenes[index]!
      return hashes.slice(start, start + frames)
    })
    expect(await piecesHashes(prepared)).toEqual(wanted)
    const { frames, timestampsMs, film, kept } = prepared.end
    expect({ frames, film, kept }).toEqual({
      frames: wanted.length,
      film: { frames: BASE_FRAMES, scenes: whole.scenes.length },
      kept: undefined
    })
    // 24 frames a second, without a gap.
    timestampsMs.forEach((ms, frame) => expect(Math.abs(ms - (frame * 1000) / 24)).toBeLessThan(1.5))
  })

  test('of a range is a sample of the range, and of more scenes than there are is all of them', async () => {
    const range = parseRange('40-120')
    const { end, scenes } = await plan(base, { range, sample: 100 })
    expect(end.film).toEqual({ frames: 80, scenes: scenes.length })
    expect(end.frames).toBe(80)
  })
})

describe('a range', () => {
  test.for([
    ['frames of an open GOP', 'open GOP H.264', '50-140', 50, 140],
    ['times in a transport stream that starts late', 'MPEG-TS with a start time', '00:01.0-00:04.0', 24, 96],
    ['an open end in HEVC', 'HEVC open GOP', '95f-', 95, BASE_FRAMES],
    ['pieces that are made losslessly', 'MPEG-4 ASP in AVI', '-48f', 0, 48]
  ] as const)('%s', async ([, clip, text, from, to]) => {
    const file = await makeOddClip(base, folder.path, clip)
    const prepared = await prepare(file, { range: parseRange(text) })
    expect(await piecesHashes(prepared)).toEqual((await fullHashes(file)).slice(from, to))
    const { frames, timestampsMs, kept } = prepared.end
    expect(frames).toBe(to - from)
    expect(timestampsMs).toHaveLength(frames)
    expect(timestampsMs[0]).toBe(0)
    expect(timestampsMs.at(-1)).toBeCloseTo(((frames - 1) * 1000) / 24, -0.5)
    // What is before the first frame goes, also where a container begins with a gap.
    if (from > 0) expect(kept?.startMs).toBeCloseTo((from * 1000) / 24, -0.5)
    if (text.endsWith('-')) expect(kept?.endMs).toBeUndefined()
    else expect((kept?.endMs ?? 0) - (kept?.startMs ?? 0)).toBeCloseTo((frames * 1000) / 24, -0.5)
  })

  test('an MP4 with an edit list', async () => {
    const file = await makeEditListClip(base, folder.path)
    const prepared = await prepare(file, { range: parseRange('60-120') })
    expect(await piecesHashes(prepared)).toEqual((await fullHashes(file)).slice(60, 120))
  })

  test('scenes count from its start, cuts and zones from that of the source', async () => {
    const zones = [{ start: parsePosition('20'), end: parsePosition('60') }]
    const prepared = await plan(base, { range: parseRange('50-150'), cuts: [parsePosition('55')], zones })
    expect(prepared.scenes.map(({ start, zone }) => [start, zone])).toEqual([
      [0, 0],
      [5, 0],
      [10, undefined],
      [BASE_CUTS[0]! - 50, undefined],
      [BASE_CUTS[1]! - 50, undefined]
    ])
  })

  test('decoding stops behind it', async () => {
    const long = join(folder.path, 'long.mkv')
    await ffmpeg('-stream_loop', '20', '-i', base, '-c', 'copy', long)
    const { decoded, end } = await plan(long, { range: parseRange('-30') })
    expect(end.frames).toBe(30)
    expect(decoded).toBeLessThan(BASE_FRAMES * 10)
  })

  test('without a frame in it fails with a sentence', async () => {
    const { cache } = newCache()
    await expect(plan(base, { cache, range: parseRange('00:10-') })).rejects.toMatchObject({
      code: 'empty-range',
      message: expect.stringContaining('begins at 00:00:10.000: it has 180 frames, the last at 00:00:07.458') as unknown
    })
    // What was found out meanwhile serves the next attempt.
    expect((await plan(base, { cache, range: parseRange('00:07-') })).decoded).toBe(0)
  })
})

describe('the cache of analyses', () => {
  const facts = ({ scenes, end }: Prepared) => ({
    scenes: scenes.map(({ index, start, frames, inputHash }) => ({ index, start, frames, inputHash })),
    end
  })

  test('the second time nothing is decoded for scenes, and all is equal', async () => {
    const { cache } = newCache()
    const file = await makeOddClip(base, folder.path, 'VFR Matroska')
    const without = await plan(file)
    const first = await plan(file, { cache })
    const second = await prepare(file, { cache })
    expect([without, first, second].map(({ decoded }) => decoded > 0)).toEqual([true, true, false])
    expect(facts(first)).toEqual(facts(without))
    expect(facts(second)).toEqual(facts(without))
    expect(await piecesHashes(second)).toEqual(await fullHashes(file))
    // Other limits on scenes, cuts and a range are found in the same analysis.
    const wishes = { cuts: [parsePosition('9')], range: parseRange('3-70'), scenes: { ...SCENES, maxFrames: 30 } }
    const other = await plan(file, { cache, ...wishes })
    expect(other.decoded).toBe(0)
    expect(facts(other)).toEqual(facts(await plan(file, wishes)))
  })

  test('the beginning of a source serves ranges in it, and nothing else', async () => {
    const { cache } = newCache()
    const wishes = { range: parseRange('10-40') }
    const first = await plan(base, { cache, ...wishes })
    const again = await plan(base, { cache, range: parseRange('00:00.5-00:01.5') })
    expect(again.decoded).toBe(0)
    expect(again.end.frames).toBe(24)
    const whole = await plan(base, { cache })
    expect(whole.decoded).toBeGreaterThan(0)
    expect(facts(whole)).toEqual(facts(await plan(base)))
    expect(facts(await plan(base, { cache, ...wishes }))).toEqual(facts(first))
  })

  test('a source that was changed is analysed anew, also with its old size and time', async () => {
    const { cache } = newCache()
    const file = join(folder.path, 'changing.mkv')
    await ffmpeg('-i', base, '-frames:v', '40', '-c', 'copy', file)
    const before = await plan(file, { cache })
    const { size, mtime } = await stat(file)
    await ffmpeg('-ss', '5', '-i', base, '-frames:v', '40', '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', file)
    const other = await plan(file, { cache })
    expect(other.decoded).toBeGreaterThan(0)
    expect(facts(other)).toEqual(facts(await plan(file)))
    expect(other.scenes[0]?.inputHash).not.toBe(before.scenes[0]?.inputHash)
    const bytes = await readFile(file)
    await writeFile(file, Buffer.concat([bytes, Buffer.alloc(Math.max(size - bytes.length, 0))]).subarray(0, size))
    await utimes(file, mtime, mtime)
    expect((await plan(file, { cache })).decoded).toBeGreaterThan(0)
    expect((await plan(file, { cache, scenes: { ...SCENES, threshold: 50 } })).decoded).toBeGreaterThan(0)
  })

  test('a damaged file is not believed', async () => {
    const { path, cache } = newCache()
    const first = await plan(base, { cache })
    const [name] = await readdir(path)
    const file = join(path, name ?? '')
    const good = await readFile(file)
    for (const bad of [
      good.subarray(0, -1),
      Buffer.alloc(0),
      Buffer.from(good.map((byte, at) => (at === 100 ? byte ^ 1 : byte)))
    ]) {
      await writeFile(file, bad)
      const again = await plan(base, { cache })
      expect(again.decoded).toBeGreaterThan(0)
      expect(facts(again)).toEqual(facts(first))
      expect(await readFile(file)).toEqual(good)
    }
  })

  test('the longest unused go, and what is larger than all of it is not kept', async () => {
    const analysis = {
      hashes: Array.from({ length: 100 }, () => 'ab'.repeat(16)),
      timesMs: Array.from({ length: 100 }, (_, n) => n),
      cuts: [3, 50],
      known: () => 100,
      ended: () => true,
      complete: () => true,
      enough: () => {},
      changed: async () => {},
      done: Promise.resolve()
    }
    const { path, cache } = newCache(6000)
    await cache.save('a', analysis)
    await cache.save('b', analysis)
    await utimes(join(path, 'a'), new Date(1000), new Date(1000))
    await utimes(join(path, 'b'), new Date(2000), new Date(2000))
    expect(await cache.load('a')).toEqual({ ...analysisData(analysis), complete: true })
    await cache.save('c', analysis)
    expect((await readdir(path)).toSorted()).toEqual(['a', 'c'])
    const { path: small, cache: tooSmall } = newCache(1000)
    await tooSmall.save('a', analysis)
    expect(await readdir(small).catch(() => [])).toEqual([])
    expect(await tooSmall.load('a')).toBeUndefined()
  })
})

const analysisData = ({ hashes, timesMs, cuts }: { hashes: string[]; timesMs: number[]; cuts: number[] }) => ({
  hashes,
  timesMs,
  cuts
})
