import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrake, probeSource, verifySegment } from '../../../src/encode/index.ts'
import { lookUpProgram } from '../../../src/encode/programs/programs.ts'
import { runProcess } from '../../../src/encode/programs/process.ts'
import { findEncoder } from '../../../src/encode/rules/index.ts'
import { createVerifier } from '../../../src/node/owner/verification.ts'
import { createSceneJobs, type SceneJobsComponents } from '../../../src/node/worker/scene-jobs.ts'
import { makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { MAKER } from '../../fixtures/owner-bench.ts'
import { NO_HELP } from '../../fixtures/no-help.ts'
import { announceSample, hashNo, PROJECT, WORKER } from '../../fixtures/protocol-samples.ts'
import type { Job, ScenePlan, WorkerEvent } from '../../../src/swarm/protocol/index.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const PARAMS = '--cpu-used=8 --end-usage=q --cq-level=40'
const refused = expect.objectContaining({ code: 'command-refused' }) as unknown
let folder: Awaited<ReturnType<typeof tempFolder>>
let file: string
let clip: PreparedClip
let segment: string

beforeAll(async () => {
  folder = await tempFolder()
  const base = await makeBase(folder.path)
  file = await makeOddClip(base, folder.path, 'open GOP H.264')
  clip = await prepareClip(file, folder.path, 'open', signal)
  const init = { encoder: 'vp9', params: PARAMS, workDir: join(folder.path, 'work') } as const
  segment = (await encodeClip(clip, clip.scenes[1]!, init, signal)).file
})
afterAll(() => folder.remove())

/** Puts a program of this name before the real one, which it runs with an option that no version knows. */
async function withUnknownOption<T>(names: readonly string[], task: () => Promise<T>): Promise<T> {
  const place = join(folder.path, `programs-${names.join('-')}`)
  await mkdir(place, { recursive: true })
  for (const name of names) {
    const real = lookUpProgram(name) ?? ''
    const script = `#!/bin/sh\n[ "$1" = -version ] || set -- -of_a_later_version 1 "$@"\nexec '${real}' "$@"\n`
    await writeFile(join(place, name), script, { mode: 0o755 })
  }
  const before = process.env['PATH'] ?? ''
  process.env['PATH'] = place + delimiter + before
  try {
    return await task()
  } finally {
    process.env['PATH'] = before
  }
}

/** Real command lines that no ffmpeg takes, or not every one that grav1 works with. */
test.for([
  ['-nonsense', '1'],
  ['-fps_mode', 'nonsense'],
  ['-frames:v', 'many'],
  ['-c:v', 'libnonsense'],
  ['-pix_fmt', 'nonsense'],
  ['-vf', 'nonsense'],
  ['-vf', 'scale=nonsense=1'],
  ['-bsf:v', 'noise=nonsense=1'],
  ['-enc_time_base', 'nonsense'],
  ['-f', 'nonsense']
])('ffmpeg with %s %s refuses, and is said to', async ([name, value]) => {
  const args = ['-v', 'error', '-i', `file:${file}`, name!, value!, '-f', 'null', '-']
  const words = name === '-f' ? args.slice(0, -3).concat('-') : args
  await expect(runProcess('ffmpeg', words, { signal, reads: [file] })).rejects.toMatchObject({
    code: 'command-refused',
    message: expect.stringMatching(/^This ffmpeg \(\d\S+\) rejects the command line of grav1: .*please report it/)
  })
})

test.for([
  ['-i', 'file:/nowhere/film.mkv'],
  ['-i', `file:${import.meta.filename}`],
  ['-i', 'CLIP', '-map', '0:a:0'],
  ['-max_pixels', '10', '-i', 'CLIP'],
  ['-format_whitelist', 'ivf', '-i', 'CLIP']
])('ffmpeg that fails over its input does not: %j', async (words) => {
  const args = words.map((word) => (word === 'CLIP' ? `file:${file}` : word))
  const end = await runProcess('ffmpeg', ['-v', 'error', ...args, '-f', 'null', '-'], { signal, reads: [file] })
  expect(end.code).not.toBe(0)
})

describe('with an ffmpeg that refuses', () => {
  test('a source is not called damaged, and not gone over twice', async () => {
    const warnings: string[] = []
    const analysing = withUnknownOption(['ffmpeg'], async () =>
      prepareClip(file, folder.path, 'refused', signal).then((made) => warnings.push(...made.warnings))
    )
    await expect(analysing).rejects.toEqual(refused)
    expect(warnings).toEqual([])
  })

  test('nor is a file no video because of it', async () => {
    await expect(withUnknownOption(['ffprobe'], async () => probeSource(file, { signal }))).rejects.toEqual(refused)
  })

  test('a segment is not called bad', async () => {
    const [, scene] = clip.scenes
    const { video } = clip.source
    const input = { file: segment, encoder: 'vp9', frames: scene!.frames, video, bitDepth: 8 } as const
    for (const source of [undefined, { pieceFile: scene!.pieceFile, skip: scene!.skip }]) {
      const verifying = withUnknownOption(['ffmpeg'], async () => verifySegment({ ...input, source }, { signal }))
      await expect(verifying).rejects.toEqual(refused)
    }
  })

  test('an owner says so and blames no worker', async () => {
    const [, scene] = clip.scenes
    const { index, start, frames, skip, inputHash } = scene!
    const [blob, piece] = [
      { sha256: hashNo(1), bytes: 1 },
      { sha256: hashNo(2), bytes: 1 }
    ]
    const verifier = createVerifier({
      peerId: 'owner',
      blobs: {
        path: (sha256: string) => (sha256 === blob.sha256 ? segment : scene!.pieceFile)
      } as never,
      exchange: { fetch: async () => {} } as never,
      guard: { whenThereIsSpace: async () => {} } as never,
      encodeAgain: async () => blob.sha256,
      workDir: join(folder.path, 'again'),
      draw: () => ({ ledger: new Map(), isKnown: true, share: 0, luck: 0.999 })
    })
    const encoder = findEncoder('vp9')
    const { video } = clip.source
    const spec = {
      encoder,
      params: encoder.parseParams(PARAMS),
      video,
      bitDepth: 8,
      megapixels: 0.01,
      threads: 'any' as const
    }
    const plan: ScenePlan = { index, start, frames, piece, skip, inputHash, encoderParams: '' }
    const token = { projectId: PROJECT, scene: index, epoch: 1, attempt: 1 }
    const verify = async () =>
      verifier.verify(
        { token, worker: WORKER, blob, encodeMs: 1, maker: MAKER },
        { spec, plan, accepted: undefined, header: undefined, provable: true, isFirst: false },
        NO_HELP,
        signal
      )
    expect(await verify()).toMatchObject({ verdict: { ok: true } })
    await expect(withUnknownOption(['ffmpeg'], verify)).rejects.toEqual(refused)
  })

  test('a worker gives the scene back as one that it could not begin', async () => {
    const [, scene] = clip.scenes
    const { index, start, frames, skip, inputHash } = scene!
    const { video } = clip.source
    const announce = {
      ...announceSample,
      encoderName: 'vp9',
      encoderParams: PARAMS,
      width: video.width,
      height: video.height,
      pixelFormat: video.pixelFormat,
      fpsNum: video.fps.num,
      fpsDen: video.fps.den
    }
    const plan: ScenePlan = {
      index: 0,
      start,
      frames,
      piece: { sha256: hashNo(2), bytes: 1 },
      skip,
      inputHash,
      encoderParams: ''
    }
    expect(index).toBe(1)
    const events: WorkerEvent[] = []
    const components = {
      book: { views: new Map([[PROJECT, { projectId: PROJECT, announce, scenes: [{ plan }] }]]) },
      blobs: {
        path: () => scene!.pieceFile,
        hold: () => ({ release: () => {}, drop: async () => {} }),
        check: async () => true
      },
      exchange: { fetch: async () => {} },
      guard: { whenThereIsSpace: async () => {}, report: () => {} },
      log: pino({ level: 'silent' }),
      brake: createBrake(),
      isKept: () => false,
      dispatch: (event: WorkerEvent) => void events.push(event)
    } as unknown as SceneJobsComponents
    const jobs = createSceneJobs(components, { threads: 1, nice: 0, workDir: folder.path })
    const token = { projectId: PROJECT, scene: 0, epoch: 1, attempt: 1 }
    const job = { key: 'k', owner: 'o', token } as unknown as Job
    await jobs.fetch(job, [])
    await withUnknownOption(['ffmpeg'], async () => jobs.encode(job))
    expect(events.at(-1)).toEqual({
      type: 'failed',
      key: 'k',
      declined: true,
      reason: expect.stringContaining('rejects the command line of grav1') as unknown
    })
  })
})
