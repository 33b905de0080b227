import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  measureFrames,
  MEASURED_EVERY,
  meterFor,
  type MediaError,
  probeSource,
  verifySegment
} from '../../../src/encode/index.ts'
import { startPieceDecode } from '../../../src/encode/programs/decode.ts'
import { startProcess } from '../../../src/encode/programs/process.ts'
import {
  encodedSource,
  type EncoderName,
  ENCODERS,
  frameBytes,
  parsePicture,
  type PictureFilters,
  pictureFilters,
  type PictureText
} from '../../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { nodeAv } from '../../fixtures/node-av.ts'
import { patience } from '../../fixtures/patience.ts'
import { isNightly, withNight } from '../../nightly.ts'

const [WIDTH, HEIGHT, FRAMES] = [160, 96, 14]
const signal = patience()
const before = process.env['GRAV1_NODE_AV']
let folder: Awaited<ReturnType<typeof tempFolder>>
let count = 0
const fresh = (): string => join(folder.path, `work-${(count += 1)}`)

/** A texture that moves, with the lightest and the darkest samples beside each other, the same on every machine. */
function samplesOf(): Uint8Array {
  const planes = [
    [WIDTH, HEIGHT],
    [WIDTH / 2, HEIGHT / 2],
    [WIDTH / 2, HEIGHT / 2]
  ] as const
  const bytes: number[] = []
  for (let n = 0; n < FRAMES; n += 1)
    for (const [plane, [width, height]] of planes.entries())
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1) {
          const [at, down] = [x + 2 * n, y + n]
          bytes.push(((at * at * 3 + down * down * 5 + at * down * (plane + 1)) >> 4) & 255)
        }
  return Uint8Array.from(bytes)
}

/** H.264, of which pieces are cut as they are, in both ranges: ffmpeg gives full range another name. */
const RANGES = { tv: 'yuv420p', pc: 'yuvj420p' } as const
const files = new Map<keyof typeof RANGES, string>()

beforeAll(async () => {
  process.env['GRAV1_NODE_AV'] = await nodeAv()
  folder = await tempFolder()
  const raw = join(folder.path, 'raw.yuv')
  writeFileSync(raw, samplesOf())
  for (const range of ['tv', 'pc'] as const) {
    const file = join(folder.path, `${range}.mkv`)
    const input = ['-f', 'rawvideo', '-pix_fmt', RANGES[range], '-s', `${WIDTH}x${HEIGHT}`, '-r', '24', '-i', raw]
    const codec = ['-c:v', 'libx264', '-qp', '0', '-threads', '1', '-color_range', range, '-pix_fmt', RANGES[range]]
    await ffmpeg(...input, ...codec, file)
    files.set(range, file)
  }
})

afterAll(async () => {
  if (before === undefined) delete process.env['GRAV1_NODE_AV']
  else process.env['GRAV1_NODE_AV'] = before
  await folder.remove()
})

async function prepared(text: PictureText, range: keyof typeof RANGES = 'tv'): Promise<PreparedClip> {
  const file = files.get(range)!
  const picture = pictureFilters(parsePicture(text), await probeSource(file, { signal }))
  return prepareClip(file, folder.path, `${(count += 1)}`, signal, { picture })
}

/** All samples that an encoder is handed of a clip's scene, without the lines of y4m. */
async function handed({ scenes, filters, source }: PreparedClip): Promise<Buffer> {
  const [scene] = scenes
  const cat = startProcess('cat', [], { signal, stdin: 'pipe', stdout: 'pipe' })
  const read = buffer(cat.stdout)
  await startPieceDecode({ ...scene!, filters }, { signal, y4m: cat.stdin, nice: 0 }).hashes
  const stream = await read
  const bytes = frameBytes(encodedSource(source, filters).video)
  const frames: Buffer[] = []
  for (let at = 0; at < stream.length; at += bytes + 6) frames.push(stream.subarray(at + 6, at + 6 + bytes))
  return Buffer.concat(frames)
}

const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

/** A plain crop and shift of the source's samples. */
function expected({ crop, to }: PictureFilters): Buffer {
  const samples = samplesOf()
  const box = crop ?? { x: 0, y: 0, width: WIDTH, height: HEIGHT }
  const values: number[] = []
  let at = 0
  for (let n = 0; n < FRAMES; n += 1)
    for (const part of [1, 2, 2]) {
      const width = WIDTH / part
      for (let y = box.y / part; y < (box.y + box.height) / part; y += 1)
        for (let x = box.x / part; x < (box.x + box.width) / part; x += 1) values.push(samples[at + y * width + x] ?? 0)
      at += width * (HEIGHT / part)
    }
  if (to.bitDepth === 8) return Buffer.from(values)
  return Buffer.from(Uint16Array.from(values, (value) => value << (to.bitDepth - 8)).buffer)
}

// In the gate a scaled picture is of both ranges, below.
test.for(withNight(['tv'], ['pc']))('a crop takes samples as they are, and a depth shifts them: %s', async (range) => {
  for (const text of [{ crop: '100:60:22:10' }, { crop: '20,4,0,0', depth: '10' }, { depth: '12' }] as const) {
    const clip = await prepared(text, range)
    expect((await handed(clip)).equals(expected(clip.filters!)), JSON.stringify(text)).toBe(true)
  }
})

/** Of ffmpeg 5.1, 7.1 and 9.0 on amd64, with and without its vector code, and on arm64; see ADR 0127. */
const SCALED: readonly (readonly [PictureText, string])[] = [
  [{ scale: '112x66' }, 'e3b36773eff52376'],
  [{ crop: '100:60:22:10', scale: '64x40', depth: '10' }, '4c19437d818cc2f8'],
  [{ scale: '240x-2' }, 'cda4badc1138cdc3']
]

test('a scaled picture has the same samples on every machine', async () => {
  const found: [PictureText, string][] = []
  for (const [text] of SCALED) {
    const [tv, pc] = [await handed(await prepared(text, 'tv')), await handed(await prepared(text, 'pc'))]
    expect(tv.equals(pc), JSON.stringify(text)).toBe(true)
    found.push([text, sum(tv)])
  }
  expect(found).toEqual(SCALED)
})

/** One that decodes by itself, and one that is fed. */
const ENCODED: readonly EncoderName[] = isNightly ? ['svt', 'svt-av', 'vp9-av'] : ['svt', 'svt-av']

test.for(ENCODED)(
  '%s encodes the picture that was asked for, from pieces that are copies of the source',
  async (encoder) => {
    const clip = await prepared({ crop: '144:80:8:8', scale: '96x64', depth: '10' })
    const [scene] = clip.scenes
    const { video } = encodedSource(clip.source, clip.filters)
    const params = ENCODERS[encoder].parseParams(encoder === 'vp9-av' ? '--cpu-used=5 --cq-level=20' : '--preset=10')
    const made = await encodeClip(clip, scene!, { encoder, params: params.text, workDir: fresh() }, signal)
    const source = { pieceFile: scene!.pieceFile, skip: scene!.skip, filters: clip.filters }
    const segment = { file: made.file, encoder, frames: scene!.frames, video, bitDepth: 10 }
    const { likeness } = await verifySegment({ ...segment, metric: 'xpsnr', source }, { signal })
    expect(likeness?.meanDb).toBeGreaterThan(25)
    const meter = meterFor(video, { metric: 'xpsnr' })
    await measureFrames({ ...segment, ...source }, meter, MEASURED_EVERY, { signal })
    expect(likeness?.xpsnr).toBe(meter.score())
    // Another part of the same size is not like it.
    const other = { ...clip.filters!, crop: { ...clip.filters!.crop!, x: 16 } }
    const wrong = await verifySegment({ ...segment, source: { ...source, filters: other } }, { signal })
    expect(wrong.likeness!.meanDb).toBeLessThan(likeness!.meanDb - 5)
    await expect(
      encodeClip({ ...clip, filters: other }, scene!, { encoder, params: params.text, workDir: fresh() }, signal)
    ).rejects.toThrow(expect.objectContaining({ code: 'input-mismatch' } satisfies Partial<MediaError>))
  }
)

test.for(withNight<EncoderName>(['svt-av'], ['svt']))(
  '%s aims at a quality of the picture that is encoded',
  async (encoder) => {
    const clip = await prepared({ crop: '128:80:8:8', depth: '10' })
    const params = '--preset=10 --target-quality=psnr:34'
    const made = await encodeClip(clip, clip.scenes[0]!, { encoder, params, workDir: fresh() }, signal)
    expect(made.quantiser).toBeGreaterThan(0)
  }
)
