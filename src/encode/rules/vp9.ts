import { type BitReader, createBitReader } from './bits.ts'
import { BitstreamError } from './errors.ts'

/** The uncompressed header of a VP9 frame. */
export interface Vp9FrameHeader {
  readonly profile: number
  /** Shows a frame decoded earlier and has no more fields. */
  readonly showExisting: boolean
  readonly key: boolean
  readonly shown: boolean
  /** Only on key frames. */
  readonly picture: Vp9Picture | undefined
}

export interface Vp9Picture {
  readonly bitDepth: number
  readonly colourSpace: number
  readonly fullRange: boolean
  readonly width: number
  readonly height: number
}

const SYNC_CODE = 0x498342
const RGB = 7

/** The picture of a key frame, from its sync code on. @throws BitstreamError */
export function parseVp9Picture(bits: BitReader, profile: number): Vp9Picture {
  if (bits.read(24) !== SYNC_CODE) throw new BitstreamError('bad-header', 'a VP9 key frame has no sync code')
  const bitDepth = profile < 2 ? 8 : bits.read(1) === 0 ? 10 : 12
  const colourSpace = bits.read(3)
  const fullRange = colourSpace === RGB || bits.read(1) === 1
  if (profile === 1 || profile === 3) bits.read(colourSpace === RGB ? 1 : 3)
  return { bitDepth, colourSpace, fullRange, width: bits.read(16) + 1, height: bits.read(16) + 1 }
}

/** @throws BitstreamError */
export function parseVp9FrameHeader(bytes: Uint8Array): Vp9FrameHeader {
  const bits = createBitReader(bytes)
  if (bits.read(2) !== 2) throw new BitstreamError('bad-header', 'not a VP9 frame')
  const low = bits.read(1)
  const profile = bits.read(1) * 2 + low
  if (profile === 3 && bits.read(1) !== 0) throw new BitstreamError('unsupported', 'unknown VP9 profile')
  if (bits.read(1) === 1) return { profile, showExisting: true, key: false, shown: true, picture: undefined }
  const key = bits.read(1) === 0
  const shown = bits.read(1) === 1
  bits.read(1)
  return { profile, showExisting: false, key, shown, picture: key ? parseVp9Picture(bits, profile) : undefined }
}

/** The frames of a packet: one, or those of a superframe with the index at its end. @throws BitstreamError */
export function splitVp9Superframe(bytes: Uint8Array): Uint8Array[] {
  const marker = bytes.at(-1)
  if (marker === undefined) throw new BitstreamError('truncated', 'a VP9 packet is empty')
  if ((marker & 0xe0) !== 0xc0) return [bytes]
  const count = (marker & 7) + 1
  const sizeBytes = ((marker >> 3) & 3) + 1
  const indexBytes = 2 + count * sizeBytes
  const index = bytes.length - indexBytes
  if (index < 0 || bytes[index] !== marker) return [bytes]
  const frames: Uint8Array[] = []
  let at = 0
  for (let i = 0; i < count; i += 1) {
    let size = 0
    for (let j = 0; j < sizeBytes; j += 1) size += (bytes[index + 1 + i * sizeBytes + j] ?? 0) * 2 ** (8 * j)
    if (size === 0) continue
    if (at + size > index) throw new BitstreamError('bad-header', 'a VP9 superframe is longer than its packet')
    frames.push(bytes.subarray(at, at + size))
    at += size
  }
  if (frames.length === 0) throw new BitstreamError('bad-header', 'a VP9 superframe is empty')
  return frames
}

/** Shown frames of a packet; a well-formed one has exactly 1. @throws BitstreamError */
export const vp9ShownFrames = (bytes: Uint8Array): number =>
  splitVp9Superframe(bytes).filter((frame) => parseVp9FrameHeader(frame).shown).length

/** The header of a scene's first frame. @throws BitstreamError unless it is a key frame */
export function vp9SceneStart(bytes: Uint8Array): Vp9Picture & { readonly profile: number } {
  const header = parseVp9FrameHeader(splitVp9Superframe(bytes)[0] ?? bytes)
  if (header.picture === undefined) throw new BitstreamError('not-a-key-frame', 'the first frame is not a key frame')
  return { profile: header.profile, ...header.picture }
}

/** Bits of a key frame before its colour range: marker, profile, flags, sync code, depth, colour space. */
const rangeBit = (profile: number): number => 2 + 2 + (profile === 3 ? 1 : 0) + 4 + 24 + (profile >= 2 ? 1 : 0) + 3

/**
 * Marks a key frame as full range, which vpxenc has no option for; other packets come back as they are. Only the label changes, not the picture.
 * @throws BitstreamError
 */
export function withVp9FullRange(bytes: Uint8Array): Uint8Array {
  const { key, profile, picture } = parseVp9FrameHeader(splitVp9Superframe(bytes)[0] ?? bytes)
  if (!key || picture === undefined || picture.colourSpace === RGB) return bytes
  const copy = Uint8Array.from(bytes)
  const bit = rangeBit(profile)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  return copy
}
