import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAv1Sequence } from '../../src/encode/rules/index.ts'
import { probeSource } from '../../src/encode/index.ts'
import { ffmpeg, fullHashes, packetTimesMs, tempFolder } from '../fixtures/encode-clips.ts'
import { framePsnr, makeFilm, showStreams } from '../fixtures/encode-film.ts'
import { makeMoving, makeOddSource, MOVING_FRAMES } from '../fixtures/odd-sources.ts'
import { patience } from '../fixtures/patience.ts'

const exec = promisify(execFile)
const signal = patience()
const VP9 = { encoder: 'vp9', params: '--cpu-used=8 --end-usage=q --cq-level=12' } as const
const AOM = { encoder: 'aom', params: '--cpu-used=6 --end-usage=q --cq-level=12 --lag-in-frames=12' } as const

let folder: Awaited<ReturnType<typeof tempFolder>>
let moving = ''
const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
  moving = await makeMoving(folder.path)
})
afterAll(() => folder.remove())

test('interlaced video becomes progressive when asked for, at the same times, and the same bytes again', async () => {
  const file = await makeOddSource(moving, folder.path, 'MPEG-2 interlaced, transport stream')
  const film = await makeFilm(file, at('progressive'), { ...VP9, deinterlace: true }, signal)
  const again = await makeFilm(file, at('progressive-again'), { ...VP9, deinterlace: true, backwards: true }, signal)
  expect(again.joined.sha256).toBe(film.joined.sha256)
  expect(film.joined.frames).toBe(MOVING_FRAMES / 2)
  // Pieces hold the frames as the filter made them.
  expect(film.scenes.every(({ skip }) => skip === 0)).toBe(true)
  const kept = await makeFilm(file, at('interlaced'), VP9, signal)
  expect(film.timestampsMs).toEqual(kept.timestampsMs)
  expect(await packetTimesMs(film.joined.path)).toEqual(await packetTimesMs(kept.joined.path))
  const bwdif = 'bwdif=mode=send_frame:parity=auto:deint=interlaced,'
  const near = await framePsnr(film.joined.path, file, 'yuv420p', bwdif)
  expect(Math.min(...near.same)).toBeGreaterThan(32)
  // The frames with their fields woven are others, and so are the neighbours.
  const woven = await framePsnr(film.joined.path, file, 'yuv420p', '')
  for (const other of [woven.same, near.early, near.late]) expect(Math.min(...other)).toBeLessThan(31)
  const [before, after] = [await showStreams(kept.joined.path), await showStreams(film.joined.path)]
  expect(before[0]?.['field_order']).toBe('tt')
  expect(after[0]?.['field_order']).not.toBe('tt')
})

test('AV1 says in its own header what the container says: 10 bits', async () => {
  const file = await makeOddSource(moving, folder.path, 'HEVC 10 bits HDR10')
  const film = await makeFilm(file, at('hdr'), AOM, signal)
  const bytes = Uint8Array.from(Buffer.from(film.sequenceHeader, 'hex'))
  expect(parseAv1Sequence(bytes)).toMatchObject({ profile: 0, width: 128, height: 72, bitDepth: 10 })
  // The stream alone, without its container.
  await ffmpeg('-i', film.joined.path, '-map', '0:v:0', '-c', 'copy', '-f', 'obu', at('hdr.obu'))
  expect((await showStreams(at('hdr.obu')))[0]).toMatchObject({
    pix_fmt: 'yuv420p10le',
    color_primaries: 'bt2020',
    color_transfer: 'smpte2084',
    color_space: 'bt2020nc'
  })
})

test('a turned picture stays turned', async () => {
  const file = await makeOddSource(moving, folder.path, 'rotated mp4')
  const film = await makeFilm(file, at('turned'), VP9, signal)
  const found = await probeSource(file, { signal })
  expect([found.video.width, found.video.height]).toEqual([128, 72])
  const { stdout } = await exec('mkvinfo', [film.joined.path])
  expect(stdout).toMatch(/roll rotation: 90/)
})

test('a scene of one frame has the same sequence header as others', async () => {
  const file = at('three.mkv')
  await ffmpeg('-i', moving, '-map', '0:v', '-frames:v', '3', '-c:v', 'libx264', '-qp', '0', file)
  const ones = await makeFilm(file, at('ones'), { ...AOM, maxFrames: 1 }, signal)
  expect(ones.scenes.map(({ frames }) => frames)).toEqual([1, 1, 1])
  expect(await fullHashes(ones.joined.path)).toHaveLength(3)
  const three = await makeFilm(file, at('three'), AOM, signal)
  expect(three.scenes).toHaveLength(1)
  expect(ones.sequenceHeader).toBe(three.sequenceHeader)
})

test('what is not kept is said before anything is encoded', async () => {
  const warningsOf = async (name: string, ...args: string[]): Promise<readonly string[]> => {
    await ffmpeg('-i', moving, '-frames:v', '3', '-an', ...args, at(name))
    return (await probeSource(at(name), { signal })).warnings ?? []
  }
  expect(await warningsOf('plain.mkv', '-c:v', 'ffv1')).toEqual([])
  expect(await warningsOf('alpha.mkv', '-vf', 'format=yuva444p', '-c:v', 'ffv1', '-level', '3')).toEqual([
    'The video has transparency, which is dropped.'
  ])
  expect(await warningsOf('deep.mkv', '-pix_fmt', 'yuv444p16le', '-c:v', 'ffv1', '-level', '3')).toEqual([
    "The video's 16 bits are reduced to 12."
  ])
  expect(await warningsOf('strange.mkv', '-pix_fmt', 'yuv411p', '-c:v', 'ffv1', '-level', '3')).toEqual([
    'Chroma of 4:1:1 is converted to 4:2:0.'
  ])
  expect(await warningsOf('rgb.mkv', '-c:v', 'libx264rgb', '-qp', '0')).toEqual([
    'The video is RGB; it is converted to YUV 4:4:4.'
  ])
  expect(await warningsOf('two.mkv', '-map', '0:v', '-map', '0:v', '-c:v', 'ffv1')).toEqual([
    expect.stringMatching(
      /^The source has 2 video tracks: track 1 .* is encoded, track 2 .* is not kept; --video-track/
    )
  ])
})
