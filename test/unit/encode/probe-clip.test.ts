import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { PROBE_FRAMES, probeClip, probeVideo } from '../../../src/encode/run/probe-clip.ts'
import { frameBytes, type VideoFormat } from '../../../src/encode/spec/index.ts'

const video = (width: number, height: number, pixelFormat = 'yuv420p', bitDepth = 8): VideoFormat => ({
  width,
  height,
  pixelFormat,
  bitDepth,
  fps: { num: 24, den: 1 },
  colour: {}
})

const clipOf = (format: VideoFormat): Uint8Array[] => [...probeClip(format)]
const sum = (parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 16)
}

test.each([
  [video(320, 180), '82bdc7949c6eb7c0'],
  [video(97, 53), '2bc86f60d1d32ea4'],
  [video(64, 48, 'yuv444p10le', 10), 'bff8bbe884045c0d']
])('the clip is the same on every machine: %j', (format, expected) => {
  expect(sum(clipOf(format))).toBe(expected)
})

test('it has the frames of its format', () => {
  const format = video(97, 53, 'yuv422p10le', 10)
  const [, ...frames] = clipOf(format)
  expect(frames).toHaveLength(2 * PROBE_FRAMES)
  for (const frame of frames.filter((_, index) => index % 2 === 1)) expect(frame).toHaveLength(frameBytes(format))
})

test('its second scene is another picture, in black and white', () => {
  const format = video(64, 48)
  const frames = clipOf(format)
    .slice(1)
    .filter((_, index) => index % 2 === 1)
  const chroma = (frame: Uint8Array | undefined): Set<number> => new Set(frame?.subarray(64 * 48))
  expect(chroma(frames[0]).size).toBeGreaterThan(10)
  expect(chroma(frames.at(-1))).toEqual(new Set([128]))
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
