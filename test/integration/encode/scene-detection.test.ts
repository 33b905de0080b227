import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildClip } from '../../../scripts/clip.ts'
import { prepareSource, probeSource } from '../../../src/encode/index.ts'
import { defaultSceneOptions } from '../../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const cache = resolve(import.meta.dirname, '../../../node_modules/.cache/grav1-test')
const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>

beforeAll(async () => {
  folder = await tempFolder()
})
afterAll(() => folder.remove())

/** Where scenes start in a file, by the whole pipeline with its default options, without the first. */
async function detect(file: string, name: string): Promise<number[]> {
  const source = await probeSource(file, { signal })
  const workDir = join(folder.path, name)
  await mkdir(workDir)
  const scenes = defaultSceneOptions(source.video.fps)
  const starts: number[] = []
  const input = { source, scenes, workDir, skipPiece: () => true, onProgress: () => {} }
  for await (const event of prepareSource(input, { signal })) if (event.type !== 'end') starts.push(event.scene.start)
  return starts.slice(1)
}

/** Shares of the found cuts that are true, and of the true cuts that were found, to the frame. */
function score(found: readonly number[], truth: readonly number[]): { precision: number; recall: number } {
  const right = found.filter((cut) => truth.includes(cut)).length
  return { precision: right / found.length, recall: right / truth.length }
}

test('hard cuts of a montage of natural clips are found to the frame, and hardly anything else', async () => {
  const clip = await buildClip({ output: join(cache, 'montage.mkv'), seconds: 48, width: 192, height: 108 })
  expect(clip.cuts.length).toBeGreaterThan(25)
  const found = score(await detect(clip.path, 'whole'), clip.cuts)
  expect(found.precision).toBeGreaterThanOrEqual(0.95)
  expect(found.recall).toBeGreaterThanOrEqual(0.95)
  // As a delivery has it: compressed, its key frames in other places.
  const poor = join(folder.path, 'poor.ts')
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '30', '-g', '37', '-sc_threshold', '0', '-bf', '2']
  await ffmpeg('-i', clip.path, '-map', '0:v', ...x264, '-f', 'mpegts', poor)
  const again = score(await detect(poor, 'poor'), clip.cuts)
  expect(again.precision).toBeGreaterThanOrEqual(0.95)
  expect(again.recall).toBeGreaterThanOrEqual(0.95)
})
