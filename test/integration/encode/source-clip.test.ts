import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clipOfPiece, clipOfSource, MediaError } from '../../../src/encode/index.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'
import { prepareClip } from '../../fixtures/encode-scenes.ts'
import { makeMoving, makeOddSource } from '../../fixtures/odd-sources.ts'
import { patience } from '../../fixtures/patience.ts'
import { withNight } from '../../nightly.ts'

const signal = patience()
const exec = promisify(execFile)
const FRAME_BYTES = 128 * 72

let folder: Awaited<ReturnType<typeof tempFolder>>
let moving = ''

beforeAll(async () => {
  folder = await tempFolder()
  moving = await makeMoving(folder.path)
})
afterAll(async () => folder.remove())

/** Every decoded frame as luma. */
async function frames(file: string): Promise<Buffer[]> {
  const raw = ['-pix_fmt', 'gray', '-s', '128x72', '-f', 'rawvideo', '-']
  const args = ['-v', 'error', '-noautorotate', '-i', file, '-map', '0:V:0', '-fps_mode', 'passthrough', ...raw]
  const { stdout } = await exec('ffmpeg', args, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 })
  return Array.from({ length: stdout.length / FRAME_BYTES }, (_, n) =>
    stdout.subarray(n * FRAME_BYTES, (n + 1) * FRAME_BYTES)
  )
}

function difference(one: Buffer | undefined, other: Buffer | undefined): number {
  if (one == null || other == null) return Infinity
  let sum = 0
  for (let at = 0; at < one.length; at += 1) sum += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2
  return sum
}

/** Which frame of the source each frame of the clip is most like, of itself and its neighbours. */
async function matches(clip: string, source: string, start: number): Promise<number[]> {
  const [shown, truth] = await Promise.all([frames(clip), frames(source)])
  return shown.map((frame, n) => {
    // Where another frame rate was made of it two frames are the same.
    const own = 0.5 * difference(frame, truth[start + n])
    const shift = [-2, -1, 1, 2].find((one) => difference(frame, truth[start + n + one]) < own)
    return start + n + (shift ?? 0)
  })
}

const range = (start: number, count: number): number[] => Array.from({ length: count }, (_, n) => start + n)

const SOURCES = withNight(
  ['HEVC 10 bits HDR10', 'H.264 intra refresh', 'variable frame rate', 'MP4 with hidden frames'],
  ['H.264 open GOP, mkv', 'MPEG-2 program stream', 'MPEG-4 ASP, avi', 'FFV1 4:2:2 10 bits']
)

describe.for(SOURCES)('%s', (name) => {
  test('each scene, frame by frame, from its piece and from the source', async () => {
    const file = await makeOddSource(moving, folder.path, name)
    const { source, scenes } = await prepareClip(file, folder.path, name.replaceAll(/\W/g, ''), signal)
    expect(scenes.length).toBeGreaterThan(0)
    for (const { start, frames: count, inputHash, pieceFile, skip } of scenes) {
      const { video } = source
      const output = join(folder.path, 'clip.webm')
      const clip = { frames: count, inputHash, video, output }
      await clipOfPiece({ ...clip, pieceFile, skip }, { signal })
      expect(await matches(output, file, start)).toEqual(range(start, count))
      await rm(output)
      const nearSeconds = (start * video.fps.den) / video.fps.num
      await clipOfSource({ ...clip, source, deinterlace: false, nearSeconds, start }, { signal })
      expect(await matches(output, file, start)).toEqual(range(start, count))
    }
  })
})

test('where the frames are not: far from where they should be they are counted, and other frames are never shown', async () => {
  const { source, scenes } = await prepareClip(moving, folder.path, 'moved', signal)
  const [, second] = scenes
  if (second == null) throw new Error('no second scene')
  const { start, frames: count, inputHash } = second
  const output = join(folder.path, 'far.webm')
  const clip = { source, deinterlace: false, frames: count, inputHash, video: source.video, output }
  await clipOfSource({ ...clip, nearSeconds: 300, start }, { signal })
  expect(await matches(output, moving, start)).toEqual(range(start, count))
  const codeOf = async (task: Promise<void>) =>
    task.then(
      () => 'made',
      (error: unknown) => (error instanceof MediaError ? error.code : error)
    )
  const nowhere = { ...clip, nearSeconds: 300, start: undefined }
  expect(await codeOf(clipOfSource(nowhere, { signal }))).toBe('input-mismatch')
  const other = { ...clip, inputHash: '0'.repeat(64), nearSeconds: 1, start }
  expect(await codeOf(clipOfSource(other, { signal }))).toBe('input-mismatch')
  const wrong = { ...clip, pieceFile: second.pieceFile, skip: second.skip + 1 }
  expect(await codeOf(clipOfPiece(wrong, { signal }))).toBe('input-mismatch')
})

test('a deinterlaced project: the frames that it is encoded from', async () => {
  const file = await makeOddSource(moving, folder.path, 'MPEG-2 interlaced, transport stream')
  const { source, scenes } = await prepareClip(file, folder.path, 'woven', signal, { deinterlace: true })
  for (const { start, frames: count, inputHash } of scenes) {
    const output = join(folder.path, 'woven.webm')
    const nearSeconds = (start * source.video.fps.den) / source.video.fps.num
    const clip = { source, deinterlace: true, frames: count, inputHash, video: source.video, output }
    await clipOfSource({ ...clip, nearSeconds, start }, { signal })
    expect((await frames(output)).length).toBe(count)
  }
})
