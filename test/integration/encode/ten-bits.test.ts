import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { measureFrames, MEASURED_EVERY, meterFor, tryParams, verifySegment } from '../../../src/encode/index.ts'
import { startPieceDecode } from '../../../src/encode/programs/decode.ts'
import { startProcess } from '../../../src/encode/programs/process.ts'
import { trialHeader } from '../../../src/encode/builds/trial-header.ts'
import { atDepth, ENCODERS, y4mHeaderFits } from '../../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { nodeAv } from '../../fixtures/node-av.ts'
import { isNightly } from '../../nightly.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const WIDTH = 128
const HEIGHT = 96
const FRAMES = 24
const RANGES = ['tv', 'pc'] as const
type Range = (typeof RANGES)[number]

/** One that is fed, and one that decodes by itself: in the gate from one of the ranges. */
const CASES: readonly (readonly ['svt' | 'svt-av', readonly Range[]])[] = [
  ['svt', RANGES],
  ['svt-av', isNightly ? RANGES : ['tv']]
]

/** A moving texture with every sample value in it. */
const samples = Uint8Array.from({ length: (WIDTH * HEIGHT * 3 * FRAMES) / 2 }, (_, at) => {
  const frame = Math.floor(at / ((WIDTH * HEIGHT * 3) / 2))
  return (at % WIDTH) + Math.floor(at / WIDTH) * 2 + frame * 3
})
const shifted = Buffer.from(Uint16Array.from(samples, (sample) => sample << 2).buffer)

let folder: Awaited<ReturnType<typeof tempFolder>>
let folders = 0
const fresh = (): string => join(folder.path, `ten-${(folders += 1)}`)
const before = process.env['GRAV1_NODE_AV']

/** The texture as a lossless film, of 8 bits or the same samples as 10. */
async function clipOf(bits: 8 | 10, range: Range): Promise<PreparedClip> {
  const [raw, file] = [join(folder.path, `${bits}-${range}.yuv`), join(folder.path, `${bits}-${range}.mkv`)]
  writeFileSync(raw, bits === 8 ? samples : shifted)
  const format = ['-f', 'rawvideo', '-pix_fmt', bits === 8 ? 'yuv420p' : 'yuv420p10le', '-s', `${WIDTH}x${HEIGHT}`]
  await ffmpeg(...format, '-r', '24', '-color_range', range, '-i', raw, '-c:v', 'ffv1', '-color_range', range, file)
  return prepareClip(file, folder.path, `${bits}-${range}`, signal)
}

const clips = new Map<string, PreparedClip>()
const clip = (bits: 8 | 10, range: Range): PreparedClip => clips.get(`${bits} ${range}`)!

beforeAll(async () => {
  process.env['GRAV1_NODE_AV'] = await nodeAv()
  folder = await tempFolder()
  for (const range of RANGES)
    for (const bits of [8, 10] as const) clips.set(`${bits} ${range}`, await clipOf(bits, range))
})

afterAll(async () => {
  if (before === undefined) delete process.env['GRAV1_NODE_AV']
  else process.env['GRAV1_NODE_AV'] = before
  await folder.remove()
})

test.for(RANGES)('frames of 8 bits are handed over shifted up by two, and hashed as they were: %s', async (range) => {
  const { scenes } = clip(8, range)
  const scene = scenes[0]!
  const cat = startProcess('cat', [], { signal, stdin: 'pipe', stdout: 'pipe' })
  const read = buffer(cat.stdout)
  const shift = { from: clip(8, range).source.video, to: clip(10, range).source.video }
  const decode = startPieceDecode(scene, { signal, y4m: cat.stdin, shifted: shift, nice: 0 })
  const plain = startPieceDecode(scene, { signal, y4m: undefined, nice: 0 })
  expect(await decode.hashes).toEqual(await plain.hashes)
  const stream = await read
  const video = { ...clip(10, range).source.video }
  expect(y4mHeaderFits(await decode.header, video)).toBe(true)
  const frameBytes = WIDTH * HEIGHT * 3
  for (let n = 0; n < scene.frames; n += 1) {
    const at = n * ('FRAME\n'.length + frameBytes) + 'FRAME\n'.length
    const from = (scene.start + n) * frameBytes
    expect(stream.subarray(at, at + frameBytes).equals(shifted.subarray(from, from + frameBytes)), `${n}`).toBe(true)
  }
})

describe.for(CASES)('%s', ([encoder, ranges]) => {
  test.for(ranges)('ten bits of a source of eight are those of the same samples in ten: %s', async (range) => {
    const params = '--preset=10 --crf=30'
    const of = async (bits: 8 | 10, more: string): Promise<string> => {
      const { scenes, source } = clip(bits, range)
      const init = { encoder, params: `${params}${more}`, workDir: fresh() }
      const made = await encodeClip(clip(bits, range), scenes[0]!, init, signal)
      const piece = { pieceFile: scenes[0]!.pieceFile, skip: scenes[0]!.skip }
      const segment = { file: made.file, encoder, frames: scenes[0]!.frames, video: source.video, bitDepth: 10 }
      const { likeness } = await verifySegment({ ...segment, metric: 'xpsnr', source: piece }, { signal })
      expect(likeness?.meanDb).toBeGreaterThan(25)
      const meter = meterFor(atDepth(source.video, 10), { metric: 'xpsnr' })
      await measureFrames({ ...segment, ...piece }, meter, MEASURED_EVERY, { signal })
      expect(likeness?.xpsnr).toBe(meter.score())
      return readFileSync(made.file).toString('base64')
    }
    expect(await of(8, ' --bit-depth=10')).toBe(await of(10, ''))
  })

  test('trials know of it: of parameters, of headers and of qualities', async () => {
    const params = ENCODERS[encoder].parseParams('--preset=10 --crf=30 --input-depth 10')
    await tryParams(params, { signal })
    const { scenes, source } = clip(8, 'tv')
    const ten = clip(10, 'tv').source.video
    const plain = ENCODERS[encoder].parseParams('--preset=10 --crf=30')
    expect(await trialHeader(params, source.video, { signal })).toBe(await trialHeader(plain, ten, { signal }))
    const init = { encoder, params: '--preset=10 --target-quality=psnr:34 -b 10', workDir: fresh() }
    const made = await encodeClip(clip(8, 'tv'), scenes[0]!, init, signal)
    expect(made.quantiser).toBeGreaterThan(0)
  })
})

test('fewer bits than the source has are refused', () => {
  const { video } = clip(10, 'tv').source
  expect(() => ENCODERS.svt.checkVideo(ENCODERS.svt.parseParams('-b 8 --crf 30'), video)).toThrow(
    /less than the 10 bits/
  )
})
