import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clipOfSource, joinProject, probeSource } from '../../../src/encode/index.ts'
import { ffmpeg, fullHashes, tempFolder } from '../../fixtures/encode-clips.ts'
import { prepareClip } from '../../fixtures/encode-scenes.ts'
import { click, CLICK_SECONDS, joinInput, makeSegments, onsetMs, PICTURE } from '../../fixtures/join-clips.ts'
import { patience } from '../../fixtures/patience.ts'
import { withNight } from '../../nightly.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
})
afterAll(() => folder.remove())

const picture = (size: string, rate = '24', seconds = 2): string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=s=${size}:r=${rate}:d=${seconds},format=yuvj420p`
]
const film = (hue: number, seconds = 2): string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc=s=160x90:r=24:d=${seconds},hue=h=${hue},format=yuv420p`
]
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast']

/** A picture of one kind or another before the film. */
const FIRST: Readonly<Record<string, { readonly file: string; readonly args: readonly string[] }>> = {
  'a still in Matroska': {
    file: 'still.mkv',
    args: [...picture('64x48', '1', 1), ...film(0), '-map', '0', '-map', '1', ...H264, '-c:v:0', 'mjpeg']
  },
  'a still of a film codec in MP4': {
    file: 'still.mp4',
    args: [...picture('64x48', '1', 1), ...film(0), '-map', '0', '-map', '1', ...H264, '-pix_fmt', 'yuv420p']
  },
  'a still in QuickTime': {
    file: 'still.mov',
    args: [...picture('64x48', '1', 1), ...film(0), '-map', '0', '-map', '1', ...H264, '-c:v:0', 'png']
  },
  'slides in Matroska': {
    file: 'slides.mkv',
    args: [...picture('64x48', '1/3', 12), ...film(0, 12), '-map', '0', '-map', '1', ...H264, '-c:v:0', 'mjpeg']
  },
  'a cover that is marked': {
    file: 'cover.mp4',
    args: [
      ...picture('64x48', '1', 1),
      ...film(0),
      '-map',
      '0',
      '-map',
      '1',
      ...H264,
      '-c:v:0',
      'mjpeg',
      '-disposition:v:0',
      'attached_pic'
    ]
  }
}

describe('a picture that comes first is not the film', () => {
  test.for(Object.keys(FIRST))('%s', async (name) => {
    const { file, args } = FIRST[name] ?? { file: '', args: [] }
    await ffmpeg(...args, at(file))
    const source = await probeSource(at(file), { signal })
    expect(source.video).toMatchObject({ width: 160, height: 90, fps: { num: 24, den: 1 } })
    if (!name.includes('marked'))
      expect(source.warnings).toContainEqual(expect.stringMatching(/^Video track 1 \(.*64x48\) is only a picture/))
    expect(source.warnings).not.toContainEqual(expect.stringContaining('has 2 video tracks'))
  })
})

test('motion JPEG is a film where it moves', async () => {
  await ffmpeg(...picture('64x48'), ...film(0), '-map', '0', '-map', '1', ...H264, '-c:v:0', 'mjpeg', at('motion.mkv'))
  const source = await probeSource(at('motion.mkv'), { signal })
  expect(source).toMatchObject({ codec: 'mjpeg', videoStream: 0, video: { width: 64 } })
  expect(source.warnings).toContainEqual(expect.stringMatching(/has 2 video tracks.*--video-track chooses another/))
})

describe('the track that is chosen goes all the way', () => {
  // Sound lies between, so that streams and tracks count otherwise.
  const maps = ['-map', '0', '-map', '2:a', '-map', '1']
  const FILES = withNight<readonly [string, readonly string[]]>(
    [
      ['two.mkv', []],
      ['two.ts', ['-f', 'mpegts']]
    ],
    [
      ['two.mp4', []],
      // Its pieces are made losslessly.
      ['two.avi', ['-c:v', 'mpeg4', '-bf', '0']]
    ]
  )
  test.for(FILES)('%s', async ([name, more]) => {
    const sound = ['-c:a', 'libmp3lame', '-ac', '2']
    await ffmpeg(...film(0), ...film(120), ...click('stereo', 2), ...maps, ...H264, ...sound, ...more, at(name))
    const hashes = await fullHashes(at(name), [], 'v:1')
    const clip = await prepareClip(at(name), folder.path, name, signal, { videoTrack: 2 })
    expect(clip.source.videoStream).toBe(2)
    let frames = 0
    for (const { pieceFile, skip, frames: count, start, inputHash } of clip.scenes) {
      expect((await fullHashes(pieceFile)).slice(skip, skip + count)).toEqual(hashes.slice(start, start + count))
      const { source } = clip
      const shown = { output: at(`${name}.webm`), video: source.video, nearSeconds: start / 24, deinterlace: false }
      await clipOfSource({ source, frames: count, inputHash, start, ...shown }, { signal })
      frames += count
    }
    expect(frames).toBe(hashes.length)

    const segments = await makeSegments(folder.path, 'vp9')
    const given = { folder: folder.path, segments, encoder: 'vp9', timestampsMs: clip.timestampsMs } as const
    const input = { ...(await joinInput(at(name), 'mkv', given)), source: clip.source }
    const made = await joinProject(input, { signal })
    // The sound has the clock of the track that is the film.
    const first = clip.timestampsMs[0] ?? 0
    expect(Math.abs(onsetMs(made.path) - first - CLICK_SECONDS * 1000)).toBeLessThan(60)
  })
})

test('what a track says of itself is that of the chosen one', async () => {
  const tags = ['-metadata:s:v:0', 'language=eng', '-metadata:s:v:1', 'language=fin', '-metadata:s:v:1', 'title=Toinen']
  const aspect = ['-aspect:v:1', '4:3']
  await ffmpeg(...film(0), ...film(90), '-map', '0', '-map', '1', ...H264, ...tags, ...aspect, at('said.mkv'))
  const segments = await makeSegments(folder.path, 'vp9')
  const input = await joinInput(at('said.mkv'), 'mkv', { folder: folder.path, segments, encoder: 'vp9' })
  const source = await probeSource(at('said.mkv'), { signal, videoTrack: 2 })
  const made = await joinProject({ ...input, source }, { signal })
  const found = await probeSource(made.path, { signal })
  expect(found.sampleAspect).toEqual(source.sampleAspect)
  const said = await ffmpegTags(made.path)
  expect(said).toMatchObject({ language: 'fin', title: 'Toinen' })
})

async function ffmpegTags(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await ffmpeg('-i', file, '-map', '0:v', '-c', 'copy', '-f', 'ffmetadata', '-')
  return Object.fromEntries(text.split('\n').map((line) => line.split('=', 2) as [string, string]))
}

test('a track that is not there is refused with those that are', async () => {
  await ffmpeg(...film(0), ...PICTURE.codec, at('one.mkv'))
  await expect(probeSource(at('one.mkv'), { signal, videoTrack: 2 })).rejects.toMatchObject({
    code: 'no-such-track',
    message: expect.stringContaining('the source has track 1 (h264, 160x90)') as unknown
  })
})
