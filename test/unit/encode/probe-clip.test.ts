import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { PROBE_FRAMES, probeClip, probeVideo } from '../../../src/encode/builds/probe-clip.ts'
import { frameBytes, type VideoFormat, Y4M_FRAME_MARK, y4mHeader } from '../../../src/encode/rules/index.ts'

const video = (width: number, height: number, pixelFormat = 'yuv420p', bitDepth = 8): VideoFormat => ({
  width,
  height,
  pixelFormat,
  bitDepth,
  fps: { num: 24, den: 1 },
  colour: {}
})

const clipOf = (format: VideoFormat): Buffer => Buffer.concat([...probeClip(format)])
const sum = (clip: Buffer): string => createHash('sha256').update(clip).digest('hex').slice(0, 16)

function framesOf(format: VideoFormat): Buffer[] {
  const clip = clipOf(format)
  const begin = y4mHeader(format).length
  const step = Y4M_FRAME_MARK.length + frameBytes(format)
  expect(clip).toHaveLength(begin + PROBE_FRAMES * step)
  return Array.from({ length: PROBE_FRAMES }, (_, n) =>
    clip.subarray(begin + n * step + Y4M_FRAME_MARK.length, begin + (n + 1) * step)
  )
}

test.each([
  [video(320, 180), '82bdc7949c6eb7c0'],
  [video(97, 53), '2bc86f60d1d32ea4'],
  [video(64, 48, 'yuv444p10le', 10), 'bff8bbe884045c0d']
])('the clip is the same on every machine: %j', (format, expected) => {
  expect(sum(clipOf(format))).toBe(expected)
})

test('its parts are small', () => {
  const parts = [...probeClip(video(1920, 64))]
  expect(Math.max(...parts.map((part) => part.length))).toBe(1920 * 32)
})

test('its second scene is another picture, in black and white', () => {
  const frames = framesOf(video(64, 48))
  const chroma = (frame: Buffer | undefined): Set<number> => new Set(frame?.subarray(64 * 48))
  expect(chroma(frames[0]).size).toBeGreaterThan(10)
  expect(chroma(frames.at(-1))).toEqual(new Set([128]))
})

test('it has the frames of its format', () => {
  expect(framesOf(video(97, 53, 'yuv422p10le', 10))).toHaveLength(PROBE_FRAMES)
})

test.each([
  [1920, 1080, 1920, 1080],
  [719, 479, 719, 479],
  [3840, 2160, 1920, 1080],
  [4096, 2160, 1364, 720],
  [16384, 64, 16384, 64],
  [16384, 16384, 1364, 1364]
])('%ix%i is probed at %ix%i', (width, height, ...sides) => {
  const { width: w, height: h } = probeVideo(video(width, height))
  expect([w, h]).toEqual(sides)
})
