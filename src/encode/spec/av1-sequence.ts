import { type BitReader, createBitReader } from './bits.ts'
import { BitstreamError } from './errors.ts'

/** What a sequence header says of the picture. */
export interface Av1Sequence {
  readonly profile: number
  readonly width: number
  readonly height: number
  readonly bitDepth: number
}

/** Bits of a number that starts with as many zeros as it has further bits. */
function skipUvlc(bits: BitReader): void {
  let zeros = 0
  while (bits.read(1) === 0) zeros += 1
  if (zeros > 31) throw new BitstreamError('bad-header', 'a sequence header holds an overlong number')
  bits.read(zeros)
}

/** Skips timing and operating points. */
function skipOperation(bits: BitReader): void {
  let delayBits = 0
  if (bits.read(1) === 1) {
    bits.read(32)
    bits.read(32)
    if (bits.read(1) === 1) skipUvlc(bits)
    if (bits.read(1) === 1) {
      delayBits = bits.read(5) + 1
      bits.read(32)
      bits.read(10)
    }
  }
  const displayDelay = bits.read(1) === 1
  const points = bits.read(5) + 1
  for (let i = 0; i < points; i += 1) {
    bits.read(12)
    if (bits.read(5) > 7) bits.read(1)
    if (delayBits > 0 && bits.read(1) === 1) {
      bits.read(delayBits)
      bits.read(delayBits)
      bits.read(1)
    }
    if (displayDelay && bits.read(1) === 1) bits.read(4)
  }
}

/** Skips the coding tools between picture size and colour. */
function skipTools(bits: BitReader): void {
  if (bits.read(1) === 1) bits.read(7)
  bits.read(3)
  bits.read(4)
  const orderHint = bits.read(1) === 1
  if (orderHint) bits.read(2)
  const screenContent = bits.read(1) === 1 ? 2 : bits.read(1)
  if (screenContent > 0 && bits.read(1) === 0) bits.read(1)
  if (orderHint) bits.read(3)
  bits.read(3)
}

/** Reads the payload of a sequence header unit. @throws BitstreamError */
export function parseAv1Sequence(payload: Uint8Array): Av1Sequence {
  const bits = createBitReader(payload)
  const profile = bits.read(3)
  if (bits.read(1) === 1 || bits.read(1) === 1) throw new BitstreamError('unsupported', 'a still picture, not video')
  skipOperation(bits)
  const widthBits = bits.read(4) + 1
  const heightBits = bits.read(4) + 1
  const width = bits.read(widthBits) + 1
  const height = bits.read(heightBits) + 1
  skipTools(bits)
  const high = bits.read(1) === 1
  const bitDepth = !high ? 8 : profile === 2 && bits.read(1) === 1 ? 12 : 10
  return { profile, width, height, bitDepth }
}
