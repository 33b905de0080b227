import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinProject, tryParams, verifySegment } from '../../../src/encode/index.ts'
import { ENCODERS } from '../../../src/encode/rules/index.ts'
import { ffmpeg, fullHashes, makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { smallDisk, whyNoSmallDisk } from '../../fixtures/small-disk.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const { svt } = ENCODERS
let folder: Awaited<ReturnType<typeof tempFolder>>
let base = ''
let folders = 0

async function fresh(): Promise<string> {
  const path = join(folder.path, `svt-${(folders += 1)}`)
  await mkdir(path)
  return path
}

beforeAll(async () => {
  folder = await tempFolder()
  base = await makeBase(folder.path)
})
afterAll(() => folder.remove())

async function encodeAll(clip: PreparedClip, params: string, threads: number) {
  const segments: { file: string; frames: number }[] = []
  for (const scene of clip.scenes) {
    const made = await encodeClip(clip, scene, { encoder: 'svt', params, threads, workDir: await fresh() }, signal)
    segments.push({ file: made.file, frames: scene.frames })
  }
  return segments
}

const bytesOf = (segments: readonly { file: string }[]): string[] =>
  segments.map(({ file }) => readFileSync(file).toString('base64'))

async function headersOf(clip: PreparedClip, segments: readonly { file: string; frames: number }[]) {
  const { video } = clip.source
  const headers = new Set<string>()
  for (const segment of segments) {
    const verified = await verifySegment({ ...segment, encoder: 'svt', video, bitDepth: video.bitDepth }, { signal })
    headers.add(verified.sequenceHeader)
  }
  return headers
}

test('two scenes are encoded, verified and joined, with the same bytes from one thread and four', async () => {
  const clip = await prepareClip(await makeOddClip(base, folder.path, '10-bit H.264'), folder.path, 'ten', signal)
  expect(clip.scenes.length).toBeGreaterThanOrEqual(2)
  const params = '--preset 11 --crf 40'
  const segments = await encodeAll(clip, params, 1)
  expect(bytesOf(await encodeAll(clip, params, 4))).toEqual(bytesOf(segments))
  expect((await headersOf(clip, segments)).size).toBe(1)
  const { source, timestampsMs } = clip
  const output = join(await fresh(), 'out.mkv')
  const workDir = await fresh()
  const made = await joinProject(
    { source, encoder: 'svt', segments, timestampsMs, output, overwrite: false, workDir, onProgress: () => {} },
    { signal }
  )
  expect(made.frames).toBe(180)
  expect(await fullHashes(output)).toHaveLength(180)
})

test('what presets, modes and tools write is accepted, with one sequence header for scenes of any kind', async () => {
  const file = join(folder.path, 'mixed.mkv')
  // A black scene, one of graphics and a natural one.
  const graph =
    'color=black:s=160x90:r=24:d=0.8[a];testsrc=s=160x90:r=24:d=0.8[b];[0:v]trim=end_frame=19,settb=1/24,setpts=N[c];[a][b][c]concat=n=3:v=1,format=yuv420p'
  await ffmpeg('-i', base, '-filter_complex', graph, '-r', '24', '-c:v', 'ffv1', file)
  const whole = await prepareClip(file, folder.path, 'mixed', signal)
  for (const params of [
    '--preset 12',
    '--preset 8 --film-grain 8',
    '--preset 6 --enable-overlays 1 --hierarchical-levels 3',
    '--preset 10 --rc 1 --tbr 60 --scm 1',
    '--preset 10 --tile-columns 1 --enable-qm 1 --tune 0'
  ]) {
    const segments = await encodeAll(whole, params, 2)
    expect((await headersOf(whole, segments)).size, params).toBe(1)
  }
})

test('a combination that the encoder refuses with exit code 0 is found too', async () => {
  const params = { ...svt.parseParams('--rc 1 --tbr 100'), tokens: ['--rc=1', '--preset=99'] }
  await expect(tryParams(params, { signal })).rejects.toMatchObject({
    code: 'encode-failed',
    message: expect.stringMatching(/wrote nothing: EncoderMode must be/) as unknown
  })
  await expect(tryParams(svt.parseParams('--enable-qm 1 --qm-min 9 --qm-max 3'), { signal })).rejects.toMatchObject({
    code: 'encode-failed'
  })
})

test('a full disk, of which the encoder says nothing, is no fault of the encode', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const clip = await prepareClip(base, folder.path, 'base', signal)
  const disk = await smallDisk(1024 ** 2)
  await disk.fill(8192)
  const init = { encoder: 'svt', params: '--preset 12 --crf 5', workDir: join(disk.folder, 'work') } as const
  await expect(encodeClip(clip, clip.scenes[0]!, init, signal)).rejects.toMatchObject({ code: 'ENOSPC' })
})
