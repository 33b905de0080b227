import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clipOfSource, joinProject } from '../../../src/encode/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { type PreparedClip, prepareClip } from '../../fixtures/encode-scenes.ts'
import { joinInput, makeSegments } from '../../fixtures/join-clips.ts'
import { withBox } from '../../fixtures/mp4-box.ts'
import { patience } from '../../fixtures/patience.ts'
import { withNight } from '../../nightly.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
})
afterAll(() => folder.remove())

/** Sides of 90 and 100 are no whole blocks, so that the streams have a cropping of their own, which counts. */
const picture = (size: string): string[] => ['-f', 'lavfi', '-i', `testsrc=s=${size}:r=24:d=2,format=yuv420p`]

const CODECS: Readonly<Record<string, readonly string[]>> = {
  h264: ['-c:v', 'libx264', '-preset', 'ultrafast'],
  hevc: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'],
  mpeg2: ['-c:v', 'mpeg2video', '-q:v', '4'],
  vp9: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
  // Its pieces are made losslessly.
  mpeg4: ['-c:v', 'mpeg4', '-q:v', '4']
}

/** Shows the middle of the picture only. */
async function withClap(from: string, to: string, [width, height]: readonly [number, number]): Promise<void> {
  const content = Buffer.alloc(32)
  for (const [n, value] of [width, 1, height, 1, 0, 1, 0, 1].entries()) content.writeUInt32BE(value, 4 * n)
  await withBox(from, to, 'clap', content)
}

const sceneOf = ({ scenes }: PreparedClip) =>
  scenes.map(({ start, frames, skip, inputHash }) => ({ start, frames, skip, inputHash }))

const croppingOf = (file: string): string[] =>
  [...execFileSync('mkvinfo', [file], { encoding: 'utf8' }).matchAll(/Pixel crop (\w+: \d+)/g)]
    .map(([, edge]) => edge ?? '')
    .toSorted()

describe('a cropped picture is decoded whole, whatever the version of ffmpeg, and the film says the cropping', () => {
  const CROPPED = withNight<readonly [string, string, string]>(
    [
      ['h264', '160x90', '4,12,8,16'],
      ['hevc', '136x100', '0,12,0,12'],
      ['vp9', '160x90', '0,0,0,2']
    ],
    [
      ['mpeg2', '160x90', '8,0,8,0'],
      ['mpeg4', '160x90', '2,2,2,2']
    ]
  )
  test.for(CROPPED)('%s of %s, %s', async ([codec, size, cropping]) => {
    await ffmpeg(...picture(size), ...(CODECS[codec] ?? []), at(`${codec}.mkv`))
    const file = at(`${codec}-cropped.mkv`)
    execFileSync('mkvmerge', ['--quiet', '-o', file, '--cropping', `0:${cropping}`, at(`${codec}.mkv`)])
    const whole = await prepareClip(at(`${codec}.mkv`), folder.path, `${codec}-whole`, signal)
    const cropped = await prepareClip(file, folder.path, `${codec}-cropped`, signal)
    expect(cropped.source.video).toEqual(whole.source.video)
    expect(sceneOf(cropped)).toEqual(sceneOf(whole))
    for (const { pieceFile } of cropped.scenes) expect(croppingOf(pieceFile)).toEqual([])
    const [scene] = cropped.scenes
    if (scene === undefined) throw new Error('there is no scene')
    const { source } = cropped
    const clip = { ...scene, source, deinterlace: false, nearSeconds: 0, video: source.video, output: at('clip.webm') }
    await clipOfSource(clip, { signal })
  })

  test('a clean aperture in MP4', async () => {
    await ffmpeg(...picture('160x90'), ...(CODECS['h264'] ?? []), at('plain.mp4'))
    await withClap(at('plain.mp4'), at('aperture.mp4'), [140, 70])
    const whole = await prepareClip(at('plain.mp4'), folder.path, 'plain', signal)
    const cropped = await prepareClip(at('aperture.mp4'), folder.path, 'aperture', signal)
    expect(cropped.source.video).toEqual(whole.source.video)
    expect(sceneOf(cropped)).toEqual(sceneOf(whole))
    for (const { pieceFile } of cropped.scenes) expect(croppingOf(pieceFile)).toEqual([])
  })
})

test('the film of a cropped source is as large and as cropped as the source', async () => {
  const segments = await makeSegments(folder.path, 'vp9')
  await ffmpeg(...picture('160x90'), ...(CODECS['h264'] ?? []), at('film.mkv'))
  execFileSync('mkvmerge', ['--quiet', '-o', at('edges.mkv'), '--cropping', '0:4,12,8,16', at('film.mkv')])
  const input = await joinInput(at('edges.mkv'), 'mkv', { folder: folder.path, segments, encoder: 'vp9' })
  const made = await joinProject(input, { signal })
  expect(croppingOf(made.path)).toEqual(croppingOf(at('edges.mkv')))
})
