import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPieceDecode } from '../../../src/encode/programs/decode.ts'
import { hashOfFrames } from '../../../src/encode/programs/frame-hash.ts'
import { type PreparedScene, prepareSource, probeSource } from '../../../src/encode/index.ts'
import {
  BASE_CUTS,
  BASE_FRAMES,
  ffmpeg,
  fullHashes,
  makeBase,
  makeEditListClip,
  makeOddClip,
  ODD_CLIPS,
  OCEAN,
  packetTimesMs,
  tempFolder
} from '../../fixtures/encode-clips.ts'
import { rowsOf } from '../../nightly.ts'
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

interface Prepared {
  readonly scenes: PreparedScene[]
  readonly skipped: number[]
  readonly frames: number
  readonly timestampsMs: readonly number[]
}

async function prepare(
  file: string,
  name: string,
  skipPiece: (index: number) => boolean = () => false
): Promise<Prepared> {
  const source = await probeSource(file, { signal })
  const workDir = join(folder.path, `work-${name.replaceAll(/\W/g, '')}`)
  await mkdir(workDir, { recursive: true })
  const scenes: PreparedScene[] = []
  const skipped: number[] = []
  let end = { frames: 0, scenes: 0, timestampsMs: [] as readonly number[] }
  for await (const event of prepareSource(
    { source, scenes: SCENES, workDir, skipPiece, onProgress: () => {} },
    { signal }
  )) {
    if (event.type === 'scene') scenes.push(event.scene)
    else if (event.type === 'skipped') skipped.push(event.scene.index)
    else end = event.end
  }
  return { scenes, skipped, frames: end.frames, timestampsMs: end.timestampsMs }
}

async function pieceHashes(scene: PreparedScene): Promise<readonly string[]> {
  const decode = startPieceDecode(scene, { signal, y4m: undefined, nice: 0 })
  const [hashes, ended] = await Promise.all([decode.hashes, decode.process.ended])
  expect(ended.code).toBe(0)
  expect(hashOfFrames(hashes)).toBe(scene.inputHash)
  return hashes
}

async function expectExact(prepared: Prepared, truth: readonly string[]): Promise<void> {
  const decoded: string[] = []
  for (const scene of prepared.scenes) {
    expect(scene.start).toBe(decoded.length)
    decoded.push(...(await pieceHashes(scene)))
  }
  expect(decoded).toEqual(truth)
  expect(prepared.frames).toBe(truth.length)
  expect(prepared.timestampsMs).toHaveLength(truth.length)
}

/** Whole films of such sources are compared with a plain decode in test/media, or node-av decodes their pieces to the same frames; `scenes.test.ts` decodes pieces of MPEG-4. */
const AT_NIGHT = new Set([
  'VFR Matroska',
  'HEVC open GOP',
  'RGB',
  'MPEG-TS with a start time',
  '10-bit H.264',
  'full range',
  'odd size VP9',
  'MPEG-4 ASP in AVI'
])

describe('pieces decode to exactly the frames of the source', () => {
  test.for(rowsOf(ODD_CLIPS, AT_NIGHT))('%s', async ([name]) => {
    const file = await makeOddClip(base, folder.path, name)
    const convert =
      name === 'RGB'
        ? [
            '-vf',
            'scale=out_range=limited:out_color_matrix=bt601:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=yuv444p'
          ]
        : []
    const prepared = await prepare(file, name)
    await expectExact(prepared, await fullHashes(file, convert))
    if (name === 'open GOP H.264') expect(prepared.scenes.map((scene) => scene.start)).toEqual([0, 40, ...BASE_CUTS])
    if (name === 'MPEG-4 ASP in AVI' || name === 'RGB')
      expect(prepared.scenes.every((scene) => scene.skip === 0)).toBe(true)
  })

  test('MP4 with an edit list', async () => {
    const file = await makeEditListClip(base, folder.path)
    const truth = await fullHashes(file)
    expect(truth.length).toBeLessThan(BASE_FRAMES - 20)
    const prepared = await prepare(file, 'edit')
    await expectExact(prepared, truth)
    expect(prepared.scenes.some((scene) => scene.skip > 0)).toBe(true)
  })

  test('a damaged tail', async () => {
    const whole = join(folder.path, 'whole.ts')
    const file = join(folder.path, 'cut.ts')
    await ffmpeg('-i', base, '-c:v', 'mpeg2video', '-q:v', '4', '-f', 'mpegts', whole)
    const bytes = await readFile(whole)
    await writeFile(file, bytes.subarray(0, Math.floor(bytes.length * 0.7)))
    await expectExact(await prepare(file, 'cut'), await fullHashes(file))
  })
})

test('timestamps are the frames own, relative to the start where the container is not Matroska', async () => {
  const file = await makeOddClip(base, folder.path, 'VFR Matroska')
  const vfr = await prepare(file, 'vfr-times')
  const times = await packetTimesMs(file)
  expect(vfr.timestampsMs.map(Math.round)).toEqual(times.map(Math.round))
  expect(new Set(times.slice(1).map((time, n) => Math.round((time - (times[n] ?? 0)) / 40))).size).toBeGreaterThan(1)
  const ts = await prepare(await makeOddClip(base, folder.path, 'MPEG-TS with a start time'), 'ts-times')
  expect(ts.timestampsMs[0]).toBe(0)
  expect(ts.timestampsMs.at(-1)).toBeCloseTo((179 * 1000) / 24, 0)
})

test('skipped scenes are planned the same, with the same hash, and no piece', async () => {
  const all = await prepare(base, 'all')
  const source = await probeSource(base, { signal })
  const workDir = join(folder.path, 'work-skip')
  await mkdir(workDir)
  const hashes: (string | undefined)[] = []
  const input = { source, scenes: SCENES, workDir, skipPiece: (index: number) => index !== 1, onProgress: () => {} }
  for await (const event of prepareSource(input, { signal })) {
    if (event.type === 'end') continue
    hashes.push(event.scene.inputHash)
    expect('pieceFile' in event.scene).toBe(event.scene.index === 1)
  }
  expect(hashes).toEqual(all.scenes.map((scene) => scene.inputHash))
})

test('the first scene comes while the source is still being analysed', async () => {
  const source = await probeSource(OCEAN, { signal })
  const workDir = join(folder.path, 'work-stream')
  await mkdir(workDir)
  let analysed = 0
  const input = {
    source,
    scenes: { minFrames: 5, maxFrames: 10, threshold: undefined },
    workDir,
    skipPiece: () => true,
    onProgress: (n: number) => void (analysed = n)
  }
  for await (const event of prepareSource(input, { signal })) {
    expect(event.type).toBe('skipped')
    expect(analysed).toBeLessThan(source.framesEstimated)
    break
  }
})

test('abort stops everything and reports the reason', async () => {
  const source = await probeSource(OCEAN, { signal })
  const workDir = join(folder.path, 'work-abort')
  await mkdir(workDir)
  const controller = new AbortController()
  const reason = new Error('enough')
  const input = { source, scenes: SCENES, workDir, skipPiece: () => false, onProgress: () => controller.abort(reason) }
  const events = prepareSource(input, { signal: controller.signal })
  await expect(Array.fromAsync(events)).rejects.toBe(reason)
})
