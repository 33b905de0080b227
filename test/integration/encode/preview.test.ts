import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePreview } from '../../../src/encode/index.ts'
import { ENCODERS, type EncoderName, ivfHeaderBytes, type VideoFormat } from '../../../src/encode/rules/index.ts'
import { ffmpeg, fullHashes, packetTimesMs, tempFolder } from '../../fixtures/encode-clips.ts'
import { makeSegments } from '../../fixtures/join-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const RATE = { num: 24_000, den: 1001 }
let folder: Awaited<ReturnType<typeof tempFolder>>
const files = new Map<EncoderName, string>()

const video: VideoFormat = {
  width: 160,
  height: 90,
  pixelFormat: 'yuv420p',
  bitDepth: 8,
  fps: RATE,
  colour: { primaries: 'bt2020', transfer: 'smpte2084', matrix: 'bt2020nc', range: 'tv' }
}

beforeAll(async () => {
  folder = await tempFolder()
  for (const encoder of ['vp9', 'aom'] as const) {
    const [segment] = await makeSegments(folder.path, encoder)
    files.set(encoder, segment?.file ?? '')
  }
})
afterAll(() => folder.remove())

interface Shown {
  readonly streams: readonly Record<string, string | number>[]
  readonly packets: readonly { readonly flags: string; readonly duration_time: string }[]
  readonly format: { readonly duration: string; readonly format_name: string }
}

function show(file: string): Shown {
  const what = ['-show_streams', '-show_packets', '-show_format', '-of', 'json']
  return JSON.parse(execFileSync('ffprobe', ['-v', 'error', ...what, file], { encoding: 'utf8' })) as Shown
}

const boxOf = (film: Uint8Array, name: string, bytes: number): Buffer => {
  const all = Buffer.from(film)
  const at = all.indexOf(name, 0, 'latin1')
  expect(at).toBeGreaterThan(0)
  return all.subarray(at + 4, at + 4 + bytes)
}

test.for([
  ['vp9', 'webm'],
  ['vp9', 'mp4'],
  ['aom', 'webm'],
  ['aom', 'mp4']
] as const)('%s as %s: the frames of the segment, at their times', async ([encoder, form]) => {
  const segment = files.get(encoder) ?? ''
  const film = await makePreview({ file: segment, form, frames: 24, video }, { signal })
  const file = join(folder.path, `${encoder}.${form}`)
  await writeFile(file, film)
  expect(await fullHashes(file)).toEqual(await fullHashes(segment))
  const { streams, packets, format } = show(file)
  expect(streams).toMatchObject([
    { codec_name: encoder === 'aom' ? 'av1' : 'vp9', width: 160, height: 90, avg_frame_rate: '24000/1001' }
  ])
  expect(format.format_name).toContain(form)
  expect(Number(format.duration)).toBeCloseTo((24 * RATE.den) / RATE.num, 2)
  expect(packets.map(({ flags }) => flags.startsWith('K'))).toEqual(packets.map((_, n) => n === 0))
  const toleranceMs = form === 'mp4' ? 0.001 : 0.5001
  for (const [n, time] of (await packetTimesMs(file)).entries())
    expect(Math.abs(time - (n * 1000 * RATE.den) / RATE.num)).toBeLessThanOrEqual(toleranceMs)
  // ffmpeg reads the stream, and writes what a decoder has to know, by itself.
  const theirs = join(folder.path, `${encoder}-theirs.${form}`)
  await ffmpeg('-i', segment, '-c', 'copy', theirs)
  expect(streams[0]?.['level']).toBe(show(theirs).streams[0]?.['level'])
  expect(streams[0]).toMatchObject({ color_primaries: 'bt2020', color_transfer: 'smpte2084' })
  expect(await makePreview({ file: segment, form, frames: 24, video }, { signal })).toEqual(film)
})

test('MP4 says profile, level, depth and chroma as ffmpeg does, has its index first, and no time of writing', async () => {
  for (const [encoder, name, bytes] of [
    ['aom', 'av1C', 3],
    ['vp9', 'vpcC', 7]
  ] as const) {
    const segment = files.get(encoder) ?? ''
    const film = await makePreview({ file: segment, form: 'mp4', frames: 24, video }, { signal })
    const theirs = join(folder.path, `${encoder}-theirs.mp4`)
    await ffmpeg('-i', segment, '-c', 'copy', theirs)
    const wanted = boxOf(execFileSync('cat', [theirs]), name, bytes)
    // Their VP9 level is unknown: it takes the rate, and they have none.
    const mine = boxOf(film, name, bytes)
    if (encoder === 'vp9') wanted[5] = mine[5] ?? 0
    expect(mine.toString('hex')).toBe(wanted.toString('hex'))
    const all = Buffer.from(film)
    expect(all.indexOf('moov')).toBeLessThan(all.indexOf('mdat'))
    for (const box of ['mvhd', 'tkhd', 'mdhd'])
      expect(
        boxOf(film, box, 12)
          .subarray(4)
          .every((byte) => byte === 0)
      ).toBe(true)
  }
})

test('a file that is no segment, is empty, or has other frames than its scene is an error', async () => {
  const file = join(folder.path, 'none.ivf')
  await writeFile(file, 'nothing of the kind'.repeat(10))
  await expect(makePreview({ file, form: 'webm', frames: 24, video }, { signal })).rejects.toMatchObject({
    code: 'bad-header'
  })
  const fourcc = ENCODERS.vp9.fourcc
  await writeFile(file, ivfHeaderBytes({ fourcc, width: 160, height: 90, rate: RATE, frames: 0 }))
  await expect(makePreview({ file, form: 'mp4', frames: 24, video }, { signal })).rejects.toMatchObject({
    code: 'bad-segment'
  })
  const segment = files.get('aom') ?? ''
  for (const frames of [23, 25])
    await expect(makePreview({ file: segment, form: 'webm', frames, video }, { signal })).rejects.toMatchObject({
      code: 'bad-segment'
    })
})
