import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createAnalysisCache, findBars, probeSource, stillOfBars } from '../../../src/encode/index.ts'
import { pictureFilters } from '../../../src/encode/rules/index.ts'
import { ffmpeg } from '../../fixtures/encode-clips.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const options = { signal: new AbortController().signal }

/** A clip of 48 frames of 320x180 as x264 makes it, of which the picture is a part. */
async function clip(picture: string, more: readonly string[] = []) {
  const file = join(await tempDir(), 'film.mkv')
  const film = ['-f', 'lavfi', '-i', `testsrc2=s=${picture}:r=24:d=2`, '-vf', `pad=320:180:-1:-1`]
  await ffmpeg(...film, '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '30', ...more, file)
  return probeSource(file, options)
}

test.for([
  ['320x134', [], { x: 0, y: 22, width: 320, height: 134 }],
  ['240x180', ['-pix_fmt', 'yuv420p10le'], { x: 40, y: 0, width: 240, height: 180 }],
  ['320x180', ['-flags', '+ilme+ildct', '-x264opts', 'tff=1'], undefined]
] as const)('a picture of %s in 320x180 is found in an encoded film, %j', async ([picture, more, crop]) => {
  const source = await clip(picture, more)
  const found = await findBars({ source, deinterlace: true }, options)
  expect(found).toMatchObject({ frames: 48, crop })
  const still = await stillOfBars(source, found, options)
  expect([...still.subarray(0, 2), ...still.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9])
})

test('the bars of a film that is shown turned, with odd sides, are those of the picture as it is stored', async () => {
  const folder = await tempDir()
  const [once, file] = [join(folder, 'once.mp4'), join(folder, 'film.mp4')]
  const film = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=262x184:r=24:d=1',
    '-vf',
    'format=yuv444p,crop=260:181:0:0,pad=321:181:31:0'
  ]
  await ffmpeg(...film, '-c:v', 'libx264', '-preset', 'ultrafast', once)
  await ffmpeg('-i', once, '-c', 'copy', '-metadata:s:v', 'rotate=90', file)
  const source = await probeSource(file, options)
  const found = await findBars({ source, deinterlace: false }, options)
  expect(found.crop).toEqual({ x: 31, y: 0, width: 260, height: 181 })
  expect(pictureFilters({ crop: found.crop }, source)?.to).toMatchObject({ width: 260, height: 181 })
})

test('what was measured is kept, and a damaged file of it is measured again', async () => {
  const source = await clip('320x136')
  const folder = await tempDir()
  const cache = createAnalysisCache(folder)
  const input = { source, deinterlace: false, cache }
  const found = await findBars(input, options)
  const [name = ''] = await readdir(folder)
  await cache.saveBars(name, { ...found, frames: 7 })
  expect(await findBars(input, options)).toEqual({ ...found, frames: 7 })
  await cache.saveBars(name, { frames: Number.NaN, brightest: 0 })
  expect(await findBars(input, options)).toEqual(found)
})
