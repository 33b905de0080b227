import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findEncoder } from '../../../src/encode/rules/index.ts'
import { IVF_FRAME_HEADER_BYTES, IVF_HEADER_BYTES } from '../../../src/encode/rules/ivf.ts'
import { createEncodeAgain } from '../../../src/node/owner/encode-again.ts'
import { createVerifier } from '../../../src/node/owner/verification.ts'
import { type ProjectSpec, qualityGoal } from '../../../src/node/project-spec.ts'
import { createBlobStore, type BlobStore } from '../../../src/storage/index.ts'
import { PROOF_SHARE, type Verdict } from '../../../src/swarm/protocol/index.ts'
import { FLOWERS, ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { MAKER } from '../../fixtures/owner-bench.ts'
import { NO_HELP } from '../../fixtures/no-help.ts'
import { PROJECT, WORKER } from '../../fixtures/protocol-samples.ts'
import type { EncoderName } from '../../../src/encode/rules/index.ts'
import type { PreparedScene } from '../../../src/encode/index.ts'
import { patience } from '../../fixtures/patience.ts'
import { rowsOf } from '../../nightly.ts'

const signal = patience()
const PARAMS = '--cpu-used=4 --end-usage=q --cq-level=30'
let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip
let scene: PreparedScene
let honest: Buffer
let blobs: BlobStore
let count = 0

const fresh = (): string => join(folder.path, `work-${(count += 1)}`)
const fileOf = async (bytes: Uint8Array): Promise<string> => {
  const file = fresh()
  await writeFile(file, bytes)
  return file
}

beforeAll(async () => {
  folder = await tempFolder()
  blobs = await createBlobStore(join(folder.path, 'blobs'), { chunkBytes: 262_144 })
  const file = join(folder.path, 'film.mkv')
  const picture = ['-vf', 'scale=128:72,setsar=1,format=yuv420p', '-frames:v', '30', '-an']
  await ffmpeg('-ss', '1', '-i', FLOWERS, ...picture, '-c:v', 'libx264', '-qp', '10', file)
  clip = await prepareClip(file, folder.path, 'film', signal, {
    scenes: { minFrames: 10, maxFrames: 10, threshold: 255 }
  })
  scene = clip.scenes[1]!
  honest = await encoded()
})
afterAll(() => folder.remove())

const encode = async (params = PARAMS, of = clip, index = 1, encoder: EncoderName = 'vp9') =>
  encodeClip(of, of.scenes[index]!, { encoder, params, workDir: fresh() }, signal)

const encoded = async (...what: Parameters<typeof encode>): Promise<Buffer> => readFile((await encode(...what)).file)

/** An encode of other pictures than the scene's. */
async function filtered(filter: string): Promise<Buffer> {
  const file = join(folder.path, `other-${(count += 1)}.mkv`)
  const take = `trim=start_frame=${scene.skip}:end_frame=${scene.skip + scene.frames},setpts=N/25/TB,${filter}`
  await ffmpeg(
    '-i',
    scene.pieceFile,
    '-vf',
    take,
    '-frames:v',
    String(scene.frames),
    '-fps_mode',
    'passthrough',
    '-c:v',
    'libx264',
    '-qp',
    '0',
    file
  )
  const other = await prepareClip(file, folder.path, `other-${count}`, signal)
  return encoded(PARAMS, other, 0)
}

/** Where each frame of an IVF file begins, and where the last ends. */
function startsOf(ivf: Buffer): number[] {
  const starts: number[] = []
  let at = IVF_HEADER_BYTES
  for (; at < ivf.length; at += IVF_FRAME_HEADER_BYTES + ivf.readUInt32LE(at)) starts.push(at)
  return [...starts, at]
}

const without = (ivf: Buffer, frame: number): Buffer => {
  const starts = startsOf(ivf)
  return Buffer.concat([ivf.subarray(0, starts[frame]), ivf.subarray(starts[frame + 1])])
}

const twice = (ivf: Buffer, frame: number): Buffer => {
  const starts = startsOf(ivf)
  return Buffer.concat([ivf.subarray(0, starts[frame + 1]), ivf.subarray(starts[frame])])
}

/** What a worker may hand in instead of the scene, and why it is refused: by a proof (`different bytes`) or without one. */
const LIES: Readonly<Record<string, { readonly make: () => Promise<Buffer> | Buffer; readonly reason: RegExp }>> = {
  'random bytes': { make: () => randomBytes(5000), reason: /not an IVF file/ },
  'half of the file': { make: () => honest.subarray(0, honest.length >> 1), reason: /cut short/ },
  'a changed byte': {
    make: () =>
      Buffer.from(honest).fill(honest[honest.length >> 1]! ^ 0x55, honest.length >> 1, (honest.length >> 1) + 1),
    reason: /different bytes|cannot be decoded|decoding it reports|not valid/
  },
  'a frame too few': { make: () => without(honest, 5), reason: /9 frames, not 10/ },
  'a frame twice': { make: () => twice(honest, 5), reason: /more than 10 frames/ },
  'frames in another order': {
    make: () => {
      const starts = startsOf(honest)
      const part = (frame: number): Buffer => honest.subarray(starts[frame], starts[frame + 1])
      return Buffer.concat([honest.subarray(0, starts[3]), part(4), part(3), honest.subarray(starts[5])])
    },
    reason: /different bytes|cannot be decoded|decoding it reports|not valid/
  },
  'another scene': { make: async () => encoded(PARAMS, clip, 2), reason: /different bytes/ },
  'an encode by another encoder': {
    make: async () => encoded('--preset=12 --crf=30', clip, 1, 'svt'),
    reason: /it holds "AV01"/
  },
  'an encode with another depth': { make: async () => encoded(`${PARAMS} --bit-depth=10`), reason: /another format/ },
  'a coarser quantiser': {
    make: async () => encoded(PARAMS.replace('=30', '=33')),
    reason: /parameters differ.*--cq-level=30 allows 120/
  },
  'a faster speed': { make: async () => encoded(PARAMS.replace('used=4', 'used=5')), reason: /different bytes/ },
  'a blur': { make: async () => filtered('gblur=sigma=1'), reason: /different bytes/ },
  'a shift by a frame': {
    make: async () => filtered('loop=loop=1:size=1:start=0,setpts=N/25/TB'),
    reason: /different bytes/
  },
  'a logo': { make: async () => filtered('drawbox=x=100:y=4:w=20:h=8:color=white:t=fill'), reason: /different bytes/ },
  'a frame of something else': { make: async () => filtered('negate=enable=eq(n\\,7)'), reason: /different bytes/ },
  'no colour': { make: async () => filtered('lutyuv=u=128:v=128'), reason: /different bytes/ }
}

interface Handed {
  readonly isKnown: boolean
  /** Default true: it is proved. */
  readonly isFirst?: boolean
  readonly params?: string
  readonly quantiser?: number | undefined
}

/** What an owner says to a result, with proofs as by default. */
async function verdictOn(
  file: string,
  { isKnown, isFirst = true, params = PARAMS, quantiser }: Handed
): Promise<Verdict> {
  const copy = async (from: string): Promise<string> => {
    const to = fresh()
    await copyFile(from, to)
    return to
  }
  const { ref: piece } = await blobs.adopt(await copy(scene.pieceFile))
  const { ref: blob } = await blobs.adopt(await copy(file))
  const { index, start, frames, skip, inputHash } = scene
  const encoder = findEncoder('vp9')
  const { video } = clip.source
  const workDir = fresh()
  await mkdir(workDir)
  const verifier = createVerifier({
    peerId: 'the owner',
    blobs,
    exchange: { fetch: async () => {} } as never,
    guard: { whenThereIsSpace: async () => {} } as never,
    encodeAgain: createEncodeAgain(blobs),
    workDir: join(workDir, 'again'),
    // The worker has a name that nobody heard of.
    draw: () => ({ ledger: new Map(), isKnown, share: PROOF_SHARE, luck: 0.999 })
  })
  const token = { projectId: PROJECT, scene: index, epoch: 1, attempt: 1 }
  const spec: ProjectSpec = {
    encoder,
    params: encoder.parseParams(params),
    video,
    bitDepth: video.bitDepth,
    megapixels: 0.01,
    threads: 'any'
  }
  const plan = { index, start, frames, piece, skip, inputHash, encoderParams: '' }
  const { verdict } = await verifier.verify(
    { token, worker: WORKER, blob, encodeMs: 1, quantiser, maker: MAKER },
    { spec, plan, goal: qualityGoal(spec, plan), accepted: undefined, header: undefined, provable: true, isFirst },
    NO_HELP,
    signal
  )
  return verdict
}

/** Other pictures, which only a proof finds: so are those of the gate, and `verification.test.ts` refuses frames that are one late. */
const AT_NIGHT = new Set(['a blur', 'a frame of something else', 'no colour', 'a shift by a frame'])

test.for(rowsOf(LIES, AT_NIGHT))('%s is refused and its worker blamed, known or not', async ([, { make, reason }]) => {
  const file = await fileOf(await make())
  for (const isKnown of [true, false])
    expect(await verdictOn(file, { isKnown })).toMatchObject({
      ok: false,
      blamed: true,
      reason: expect.stringMatching(reason) as unknown
    })
})

test('the honest result is taken, and proved, from a known worker and from a stranger', async () => {
  const file = await fileOf(honest)
  for (const isKnown of [true, false])
    expect(await verdictOn(file, { isKnown })).toMatchObject({ ok: true, provedBy: 'the owner' })
})

test.for([
  ['psnr', '--cpu-used=8 --target-quality=psnr:38', /its psnr is .* dB, and 38\.0 dB was asked for/],
  ['ssim', '--cpu-used=8 --target-quality=ssim:0.97', /its ssim is 0\.\d+, and 0\.9700 was asked for/]
] as const)(
  'who names a quantiser too coarse for the %s that is wanted is proved, and no one else',
  async ([, params, reason]) => {
    const known = { isKnown: true, isFirst: false, params }
    const right = await encode(params)
    const verdict = await verdictOn(right.file, { ...known, quantiser: right.quantiser })
    expect(verdict).toMatchObject({ ok: true })
    expect(verdict).not.toHaveProperty('provedBy')
    const coarse = Math.min(63, right.quantiser! + 15)
    const { file } = await encode(`--cpu-used=8 --end-usage=q --cq-level=${coarse}`)
    expect(await verdictOn(file, { ...known, quantiser: coarse })).toMatchObject({
      ok: false,
      blamed: true,
      reason: expect.stringMatching(reason) as unknown
    })
  }
)
