import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { headerSum, verifySegment } from '../../../src/encode/index.ts'
import { findEncoder, outputBitDepth, suspicion } from '../../../src/encode/rules/index.ts'
import { createEncodeAgain } from '../../../src/node/owner/encode-again.ts'
import { createVerifier } from '../../../src/node/owner/verification.ts'
import { createBlobStore, type BlobStore } from '../../../src/storage/index.ts'
import { makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { MAKER } from '../../fixtures/owner-bench.ts'
import { NO_HELP } from '../../fixtures/no-help.ts'
import { PROJECT, WORKER } from '../../fixtures/protocol-samples.ts'
import type { Likeness } from '../../../src/encode/rules/index.ts'
import type { PreparedScene, VerifiedSegment } from '../../../src/encode/index.ts'
import type { BlobRef, ScenePlan } from '../../../src/swarm/protocol/index.ts'
import { patience } from '../../fixtures/patience.ts'
import { isNightly, testAtNight } from '../../nightly.ts'

const signal = patience()
const PARAMS = '--cpu-used=8 --end-usage=q --cq-level=40'
const WORST = '--cpu-used=8 --end-usage=q --cq-level=63'
const OWNER = 'the owner'
let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip
let noise: PreparedClip
let blobs: BlobStore
let count = 0

beforeAll(async () => {
  folder = await tempFolder()
  const base = await makeBase(folder.path)
  clip = await prepareClip(await makeOddClip(base, folder.path, 'open GOP H.264'), folder.path, 'open', signal)
  const noisy = join(folder.path, 'noise.mkv')
  const picture = ['-f', 'lavfi', '-i', 'color=gray:s=64x64:r=25:d=1,geq=lum=255*random(1):cb=128:cr=128']
  execFileSync('ffmpeg', ['-v', 'error', ...picture, '-frames:v', '20', '-c:v', 'libx264', '-qp', '0', noisy])
  noise = await prepareClip(noisy, folder.path, 'noise', signal)
  blobs = await createBlobStore(join(folder.path, 'blobs'), { chunkBytes: 262_144 })
})
afterAll(() => folder.remove())

const fresh = (): string => join(folder.path, `work-${(count += 1)}`)

/** The scene that moves most. */
const moving = (): PreparedScene => clip.scenes[2]!

function encode(of: PreparedClip, scene: PreparedScene, params = PARAMS): Promise<string> {
  return encodeClip(of, scene, { encoder: 'vp9', params, workDir: fresh() }, signal).then(({ file }) => file)
}

/** Gives what a task made, which is done once for all tests: they read the file, and change copies only. */
function once(make: () => Promise<string>): () => Promise<string> {
  let made: Promise<string> | undefined
  return () => (made ??= make())
}

/** The scene as an honest worker encodes it. */
const honest = once(async () => encode(clip, moving()))

/** An encode of other pictures than the scene's, honestly hashed, so that the encoder takes them. */
async function encodeFiltered(scene: PreparedScene, filter: string, params = PARAMS): Promise<string> {
  const pieceFile = join(folder.path, `other-${(count += 1)}.mkv`)
  const take = `trim=start_frame=${scene.skip}:end_frame=${scene.skip + scene.frames},setpts=PTS-STARTPTS,${filter}`
  const exact = ['-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast']
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-i',
    scene.pieceFile,
    '-vf',
    take,
    '-fps_mode',
    'passthrough',
    ...exact,
    pieceFile
  ])
  const other = await prepareClip(pieceFile, folder.path, `other-${count}`, signal)
  expect(other.scenes).toHaveLength(1)
  return encode(other, { ...other.scenes[0]!, frames: scene.frames }, params)
}

/** The scene a frame late: what a worker with an error of one makes. */
const late = once(async () => encodeFiltered(moving(), 'loop=loop=1:size=1:start=0,trim=end_frame=50,setpts=N/24/TB'))

async function looked(scene: PreparedScene, file: string, of = clip, bitDepth = 8): Promise<VerifiedSegment> {
  const { video } = of.source
  const input = { file, encoder: 'vp9', frames: scene.frames, video, bitDepth, source: scene } as const
  return verifySegment(input, { signal })
}

async function likeness(...args: Parameters<typeof looked>): Promise<Likeness | undefined> {
  return (await looked(...args)).likeness
}

describe('compared with its source', () => {
  test.for([WORST, '--cpu-used=8 --end-usage=q --cq-level=20 --bit-depth=10'])(
    'an honest encode with %s is well within what is expected',
    async (params) => {
      const { video } = clip.source
      const bitDepth = outputBitDepth(findEncoder('vp9').parseParams(params), video)
      // How scenes differ shows with either of the two.
      for (const scene of isNightly || params === WORST ? clip.scenes : [moving()]) {
        const file = await encode(clip, scene, params)
        const found = await likeness(scene, file, clip, bitDepth)
        expect(suspicion(found)).toBeUndefined()
        expect(found?.worstFrameDb).toBeGreaterThan(25)
        expect(found?.shiftGainDb).toBeLessThan(0.5)
      }
    }
  )

  test('frames that are one late show, though each is a fine picture', async () => {
    const found = await likeness(moving(), await late())
    expect(found?.shiftGainDb).toBeGreaterThan(4)
    expect(suspicion(found)).toMatch(/one frame later or earlier/)
  })

  test('a covered corner shows', async () => {
    const file = await encodeFiltered(moving(), 'drawbox=x=0:y=0:w=32:h=32:color=white:t=fill:enable=eq(n\\,30)')
    expect(suspicion(await likeness(moving(), file))).toMatch(/block differs|dB against the source/)
  })

  test('a picture without its colour shows', async () => {
    const file = await encodeFiltered(moving(), 'lutyuv=u=128:v=200')
    expect(suspicion(await likeness(moving(), file))).toMatch(/dB against the source/)
  })

  // In the gate a part of the picture is another one, and its colour is.
  testAtNight('other pictures show', async () => {
    const file = await encodeFiltered(moving(), 'negate')
    expect(suspicion(await likeness(moving(), file))).toMatch(/dB against the source/)
  })

  test('what cannot be compared is no likeness, and no fault of the segment', async () => {
    const file = await honest()
    const other = { ...moving(), skip: moving().skip + 1 }
    expect(await likeness(other, file)).toBeUndefined()
    expect(suspicion(undefined)).toBeDefined()
  })

  test('pixels that are not square and a full range are compared all the same', async () => {
    const odd = join(folder.path, 'odd.mkv')
    const shape = [
      '-vf',
      'setsar=4/3,scale=out_range=pc',
      '-pix_fmt',
      'yuvj420p',
      '-color_range',
      'pc',
      '-frames:v',
      '30'
    ]
    execFileSync('ffmpeg', ['-v', 'error', '-i', clip.source.path, ...shape, '-c:v', 'libx264', '-crf', '20', odd])
    const prepared = await prepareClip(odd, folder.path, 'odd', signal)
    const [scene] = prepared.scenes
    const found = await likeness(scene!, await encode(prepared, scene!), prepared)
    expect(found?.meanDb).toBeGreaterThan(30)
    expect(suspicion(found)).toBeUndefined()
  })
})

describe('an owner', () => {
  interface Given {
    readonly clip: PreparedClip
    readonly scene: PreparedScene
    readonly file: string
    /** Whether the worker is one whose result is encoded again without suspicion. */
    readonly drawn?: boolean
    readonly worker?: string
    readonly params?: string
    /** What the owner's disk damages before it looks. */
    readonly damaged?: 'piece' | 'result'
    /** Sum of the header of the owner's probe. */
    readonly header?: string
    readonly provable?: boolean
    /** What goes wrong while the owner encodes the scene again. */
    readonly crash?: Error
    /** Whether what is merely unusual is encoded again. */
    readonly odd?: boolean
  }

  async function flip(path: string): Promise<void> {
    const data = await readFile(path)
    const at = data.byteLength >> 1
    data[at] = (data[at] ?? 0) ^ 0x55
    await writeFile(path, data)
  }

  /** What it says of a result, and how often it encoded the scene itself. */
  async function verdictOn(given: Given) {
    const {
      clip: of,
      scene,
      file,
      drawn = false,
      worker = WORKER,
      params: text = PARAMS,
      damaged,
      header,
      provable = true,
      crash,
      odd = false
    } = given
    const copy = async (from: string): Promise<string> => {
      const to = join(folder.path, `copy-${(count += 1)}`)
      await copyFile(from, to)
      return to
    }
    const { ref: piece } = await blobs.adopt(await copy(scene.pieceFile))
    const { ref: blob } = await blobs.adopt(await copy(file))
    if (damaged != null) await flip(blobs.path((damaged === 'piece' ? piece : blob).sha256))
    const { index, start, frames, skip, inputHash } = scene
    const plan: ScenePlan = { index, start, frames, piece, skip, inputHash, encoderParams: '' }
    const encoder = findEncoder('vp9')
    const params = encoder.parseParams(text)
    const { video } = of.source
    const spec = { encoder, params, video, bitDepth: video.bitDepth, megapixels: 0.01, threads: 'any' as const }
    let again = 0
    const workDir = fresh()
    await mkdir(workDir)
    const encodeAgain = createEncodeAgain(blobs)
    const verifier = createVerifier({
      peerId: OWNER,
      blobs,
      // The worker still has it.
      exchange: {
        fetch: async (ref: BlobRef) => {
          if (!(await blobs.has(ref))) (await blobs.adopt(await copy(file))).hold.release()
        }
      } as never,
      guard: { whenThereIsSpace: async () => {} } as never,
      encodeAgain: async (input, stop) => {
        again += 1
        if (crash !== undefined) throw crash
        return encodeAgain(input, stop)
      },
      workDir: join(workDir, 'again'),
      draw: () => ({
        ledger: new Map(),
        isKnown: true,
        share: drawn ? 1 : odd ? 0.01 : 0,
        luck: 0.999
      })
    })
    const token = { projectId: PROJECT, scene: index, epoch: 1, attempt: 1 }
    const { verdict, quality } = await verifier.verify(
      { token, worker, blob, encodeMs: 1, maker: MAKER },
      { spec, plan, accepted: undefined, header, provable, isFirst: false },
      NO_HELP,
      signal
    )
    return { verdict, quality, again }
  }

  test('takes an honest result as it is, and also after encoding it again', async () => {
    const file = await honest()
    const { worstLumaDb: psnr = 0, worstFrameDb = 0, lumaDb: psnrMean = 0 } = (await likeness(moving(), file)) ?? {}
    expect(psnr).toBeGreaterThan(25)
    expect(psnr).toBeGreaterThanOrEqual(worstFrameDb)
    expect(psnrMean).toBeGreaterThan(psnr)
    const verdict = { ok: true }
    const quality = { psnr, psnrMean, xpsnr: null }
    expect(await verdictOn({ clip, scene: moving(), file })).toEqual({ verdict, quality, again: 0 })
    const drawn = await verdictOn({ clip, scene: moving(), file, drawn: true })
    expect(drawn).toEqual({ verdict: { ...verdict, provedBy: OWNER }, quality, again: 1 })
    // Whatever goes wrong with its own encode is nobody else's fault.
    for (const crash of [new Error('out of memory'), new TypeError('a fault of this program')])
      expect(await verdictOn({ clip, scene: moving(), file, drawn: true, crash })).toEqual({
        verdict,
        quality,
        again: 1
      })
  })

  test('takes an honest encode of what cannot be encoded well: the same bytes are right however they look', async () => {
    const [scene] = noise.scenes
    const file = await encode(noise, scene!, WORST)
    expect(suspicion(await likeness(scene!, file, noise))).toBeDefined()
    const seen = await verdictOn({ clip: noise, scene: scene!, file, params: WORST })
    expect(seen).toMatchObject({ verdict: { ok: true, provedBy: OWNER }, again: 1 })
  })

  test('refuses frames that are one late', async () => {
    const { verdict, again } = await verdictOn({ clip, scene: moving(), file: await late() })
    expect(verdict).toMatchObject({ ok: false, blamed: true })
    expect(again).toBe(1)
  })

  test('fetches a result again that its own disk damaged, and blames nobody', async () => {
    const file = await honest()
    const { verdict } = await verdictOn({ clip, scene: moving(), file, damaged: 'result' })
    expect(verdict).toMatchObject({ ok: true })
  })

  test('blames nobody where its own piece is damaged, and says that it is lost', async () => {
    const file = await honest()
    const { verdict } = await verdictOn({ clip, scene: moving(), file, damaged: 'piece', drawn: true })
    expect(verdict).toMatchObject({ ok: false, blamed: false, pieceLost: true })
  })

  test('finds a worker that was faster than it should be when it looks twice', async () => {
    const given = {
      clip,
      scene: moving(),
      file: await honest(),
      params: PARAMS.replace('used=8', 'used=3')
    }
    expect((await verdictOn(given)).verdict).toMatchObject({ ok: true })
    const { verdict } = await verdictOn({ ...given, drawn: true })
    expect(verdict).toMatchObject({ ok: false, blamed: true, reason: expect.stringMatching(/different bytes/) })
  })

  test('refuses a coarser quantiser without encoding anything, also where it could prove nothing', async () => {
    const file = await encode(clip, moving(), PARAMS.replace('level=40', 'level=41'))
    for (const provable of [true, false])
      expect(await verdictOn({ clip, scene: moving(), file, provable })).toMatchObject({
        verdict: {
          ok: false,
          blamed: true,
          reason: "its parameters differ from the project's: packet 1 holds quantiser 164, and --cq-level=40 allows 160"
        },
        again: 0
      })
  })

  test('proves what is merely odd, where it may', async () => {
    const params = PARAMS.replace('level=40', 'level=20')
    const fine = await encode(clip, moving(), PARAMS.replace('level=40', 'level=15'))
    const soft = await encodeFiltered(moving(), 'gblur=sigma=1', params)
    for (const file of [fine, soft]) {
      const given = { clip, scene: moving(), file, params }
      expect(await verdictOn(given)).toMatchObject({ verdict: { ok: true }, again: 0 })
      expect(await verdictOn({ ...given, odd: true })).toMatchObject({ verdict: { blamed: true }, again: 1 })
      expect(await verdictOn({ ...given, odd: true, provable: false })).toMatchObject({
        verdict: { ok: true },
        again: 0
      })
    }
  })

  test('takes only the header of its probe, however fine the picture is, and blames for another [RULE 76]', async () => {
    const file = await honest()
    const { sequenceHeader } = await looked(moving(), file)
    const fits = { clip, scene: moving(), file, header: headerSum(sequenceHeader) }
    expect(await verdictOn(fits)).toMatchObject({ verdict: { ok: true }, again: 0 })
    const other = { ...fits, header: headerSum(`${sequenceHeader}0`), drawn: true }
    expect(await verdictOn(other)).toMatchObject({ verdict: { ok: false, blamed: true }, again: 0 })
    expect(await verdictOn({ ...other, worker: OWNER })).toMatchObject({ verdict: { ok: false, blamed: true } })
    const odd = await late()
    expect(await verdictOn({ ...other, file: odd, provable: false })).toMatchObject({ verdict: { blamed: true } })
  })

  test('blames nobody for what looks wrong and cannot be proved, and does not encode it again [RULE 74]', async () => {
    const seen = await verdictOn({ clip, scene: moving(), file: await late(), provable: false })
    expect(seen).toMatchObject({ verdict: { ok: false, blamed: false, unproven: true }, again: 0 })
  })

  test('does not doubt what it made itself, and tells how good it is', async () => {
    const [scene] = noise.scenes
    const file = await encode(noise, scene!, WORST)
    const seen = await verdictOn({ clip: noise, scene: scene!, file, worker: OWNER, params: WORST })
    const { worstLumaDb: psnr = 0, lumaDb: psnrMean = 0 } = (await likeness(scene!, file, noise)) ?? {}
    expect(psnr).toBeGreaterThan(0)
    expect(seen).toEqual({ verdict: { ok: true }, quality: { psnr, psnrMean, xpsnr: null }, again: 0 })
  })
})
