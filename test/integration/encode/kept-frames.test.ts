import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findEncoder, type VideoFormat, y4mHeader } from '../../../src/encode/rules/index.ts'
import { keepFrames } from '../../../src/encode/scene/kept-frames.ts'
import type { PassInput } from '../../../src/encode/scene/types.ts'
import { makeBase, makeOddClip, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip, type PreparedClip } from '../../fixtures/encode-scenes.ts'
import { patience } from '../../fixtures/patience.ts'
import { smallDisk, whyNoSmallDisk } from '../../fixtures/small-disk.ts'

const PARAMS = '--cpu-used=8 --end-usage=q --cq-level=50'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let clip: PreparedClip
let count = 0

beforeAll(async () => {
  folder = await tempFolder()
  const base = await makeBase(folder.path)
  clip = await prepareClip(await makeOddClip(base, folder.path, 'open GOP H.264'), folder.path, 'open', signal)
})
afterAll(() => folder.remove())

const fresh = (name: string): string => join(folder.path, `${name}-${(count += 1)}`)
const scene = () => clip.scenes[1]!

/** A scene for an encoder with two passes. */
const input = (change: Partial<PassInput> = {}): PassInput => ({
  ...scene(),
  encoder: 'vp9',
  params: findEncoder('vp9').parseParams(PARAMS),
  video: clip.source.video,
  threads: 1,
  nice: 0,
  workDir: folder.path,
  onProgress: () => {},
  ...change
})

const isThere = async (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false
  )

test('a scene is kept as y4m under the header of the project', async () => {
  const file = fresh('frames')
  const video: VideoFormat = { ...clip.source.video, fps: { num: 30_000, den: 1001 } }
  expect(await keepFrames(input({ video }), file, { signal })).toBe(true)
  const [bytes, header] = [await readFile(file), y4mHeader(video)]
  expect(bytes.subarray(0, header.length).toString()).toBe(header)
  const frameBytes = 'FRAME\n'.length + (video.width * video.height * 3) / 2
  expect(bytes.length).toBe(header.length + scene().frames * frameBytes)
})

test('frames that are not those of the owner are an error', async () => {
  const other = keepFrames(input({ inputHash: '0'.repeat(64) }), fresh('frames'), { signal })
  await expect(other).rejects.toMatchObject({ code: 'input-mismatch' })
  const wide = keepFrames(input({ video: { ...clip.source.video, width: 64, height: 64 } }), fresh('frames'), {
    signal
  })
  await expect(wide).rejects.toMatchObject({ code: 'input-mismatch' })
})

test('a long scene is not kept, and nothing is left of one that cannot be decoded', async () => {
  const file = fresh('frames')
  const large = { ...clip.source.video, width: 4096, height: 2160 }
  expect(await keepFrames(input({ video: large }), file, { signal })).toBe(false)
  expect(await isThere(file)).toBe(false)
  const damaged = fresh('damaged')
  await writeFile(damaged, Buffer.alloc(5000, 7))
  expect(await keepFrames(input({ pieceFile: damaged }), file, { signal })).toBe(false)
  expect(await isThere(file)).toBe(false)
})

test('a scene whose frames find no room is fed to its encoder twice, to the same bytes', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const init = { encoder: 'vp9', params: PARAMS } as const
  const roomy = await encodeClip(clip, scene(), { ...init, workDir: fresh('encode') }, signal)
  // More than the encoder writes, and less than the frames are.
  const disk = await smallDisk(512 * 1024)
  const workDir = join(disk.folder, 'work')
  await mkdir(workDir)
  expect(await keepFrames(input(), join(workDir, 'frames'), { signal })).toBe(false)
  const tight = await encodeClip(clip, scene(), { ...init, workDir }, signal)
  expect(tight.sha256).toBe(roomy.sha256)
  // There was a limit: the same number of bytes does not fit.
  const file = await open(join(workDir, 'as-many'), 'w')
  try {
    await expect(file.writeFile(Buffer.alloc(scene().frames * 160 * 90))).rejects.toMatchObject({ code: 'ENOSPC' })
  } finally {
    await file.close()
  }
})
