import { type EncoderParams, type VideoFormat, Y4M_FRAME_MARK, y4mHeader } from '../rules/index.ts'
import { trialEncode, type TrialClip } from '../scene/trial-encode.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Depths that every encoder here has to make: what most films have. */
export const CANARY_DEPTHS = [8, 10] as const

export type CanaryDepth = (typeof CANARY_DEPTHS)[number]

const SIDE_PIXELS = 64
const FRAMES = 12

export const canaryVideo = (bitDepth: CanaryDepth): VideoFormat => ({
  width: SIDE_PIXELS,
  height: SIDE_PIXELS,
  pixelFormat: bitDepth === 8 ? 'yuv420p' : 'yuv420p10le',
  bitDepth,
  fps: { num: 25, den: 1 },
  colour: {}
})

/** A moving texture made of integers only, so that it is the same everywhere. */
function frameOf(n: number): Uint8Array {
  const frame = new Uint8Array((SIDE_PIXELS * SIDE_PIXELS * 3) / 2)
  for (let i = 0; i < frame.length; i += 1) frame[i] = i * 7 + (i >> 6) * n * 3 + ((i * i) >> 9) + n * 5
  return frame
}

/** The same picture in samples of 16 bits, little-endian, four times as large. */
function deepened(frame: Uint8Array): Uint8Array {
  const deep = Buffer.alloc(frame.length * 2)
  for (const [i, sample] of frame.entries()) deep.writeUInt16LE(sample << 2, i * 2)
  return deep
}

/** The clip, made again. */
export function* canaryY4m(bitDepth: CanaryDepth): Generator<Uint8Array, void, undefined> {
  yield Buffer.from(y4mHeader(canaryVideo(bitDepth)))
  for (let n = 0; n < FRAMES; n += 1) {
    yield Buffer.from(Y4M_FRAME_MARK)
    yield bitDepth === 8 ? frameOf(n) : deepened(frameOf(n))
  }
}

/** In the depth that the encoder is handed. */
const deepY4m = ({ bitDepth }: VideoFormat): Iterable<Uint8Array> => canaryY4m(bitDepth === 8 ? 8 : 10)

export const canaryClip = (bitDepth: CanaryDepth): TrialClip => ({
  video: canaryVideo(bitDepth),
  frames: FRAMES,
  y4m: deepY4m
})

/**
 * Encodes the canary clip.
 * @returns the first 8 hex digits of the file's sha-256
 * @throws MediaError `encode-failed` with the encoder's own words, or `tool-missing`
 */
export function encodeCanary(params: EncoderParams, bitDepth: CanaryDepth, options: RunOptions): Promise<string> {
  return trialEncode(params, canaryClip(bitDepth), (_, { sha256 }) => sha256.slice(0, 8), options)
}
