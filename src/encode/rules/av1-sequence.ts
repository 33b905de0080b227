import { type BitReader, createBitReader } from './bits.ts'
import { type ColourNumbers, UNSPECIFIED } from './cicp.ts'
import { BitstreamError } from './errors.ts'

/** A tool that is on or off for the whole stream, or that each frame chooses. */
export type Av1Choice = 'off' | 'on' | 'by-frame'

/** What the sequence header says of how frame headers are to be read. */
export interface Av1Tools {
  /** Bits of width and height where a frame gives its own size. */
  readonly sizeBits: readonly [width: number, height: number]
  /** Undefined without frame ids. */
  readonly frameIds: { readonly bits: number; readonly deltaBits: number } | undefined
  /** Frames say when they are decoded and shown. */
  readonly timed: boolean
  /** Side of a superblock in samples. */
  readonly superblock: 64 | 128
  readonly warpedMotion: boolean
  /** 0 without order hints. */
  readonly orderHintBits: number
  readonly referenceMotion: boolean
  readonly screenContent: Av1Choice
  readonly wholeMotion: Av1Choice
  readonly superres: boolean
}

/** The video format in a sequence header. */
export interface Av1Sequence {
  readonly profile: number
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  readonly colour: ColourNumbers
  readonly tools: Av1Tools
}

/** Bits of a number that starts with as many zeros as it has further bits. */
function skipUvlc(bits: BitReader): void {
  let zeros = 0
  while (bits.read(1) === 0) zeros += 1
  if (zeros > 31) throw new BitstreamError('bad-header', 'a sequence header holds an overlong number')
  bits.read(zeros)
}

/** The required decoder level: the level's number, and whether it is of the high tier. */
interface Av1Level {
  readonly level: number
  readonly high: boolean
}

interface Av1Start extends Av1Level {
  readonly profile: number
  /** There is a model of the decoder, by which frames have times. */
  readonly timed: boolean
}

/** Reads timing and operating points. @returns the first point's level */
function readOperation(bits: BitReader): Omit<Av1Start, 'profile'> {
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
  let first: Av1Level | undefined
  for (let i = 0; i < points; i += 1) {
    bits.read(12)
    const level = bits.read(5)
    const high = level > 7 && bits.read(1) === 1
    first ??= { level, high }
    if (delayBits > 0 && bits.read(1) === 1) {
      bits.read(delayBits)
      bits.read(delayBits)
      bits.read(1)
    }
    if (displayDelay && bits.read(1) === 1) bits.read(4)
  }
  return { level: 0, high: false, ...first, timed: delayBits > 0 }
}

const choiceIn = (bits: BitReader): Av1Choice => (bits.read(1) === 1 ? 'by-frame' : bits.read(1) === 1 ? 'on' : 'off')

/** Reads the coding tools between picture size and colour. */
function readTools(bits: BitReader): Omit<Av1Tools, 'sizeBits' | 'timed'> {
  const flag = (): boolean => bits.read(1) === 1
  let frameIds: Av1Tools['frameIds']
  if (flag()) {
    const deltaBits = bits.read(4) + 2
    frameIds = { deltaBits, bits: deltaBits + bits.read(3) + 1 }
  }
  const superblock = flag() ? 128 : 64
  bits.read(4)
  const warpedMotion = flag()
  bits.read(1)
  const orderHint = flag()
  if (orderHint) bits.read(1)
  const referenceMotion = orderHint && flag()
  const screenContent = choiceIn(bits)
  const wholeMotion = screenContent === 'off' ? 'by-frame' : choiceIn(bits)
  const orderHintBits = orderHint ? bits.read(3) + 1 : 0
  const superres = flag()
  bits.read(2)
  return { frameIds, superblock, warpedMotion, orderHintBits, referenceMotion, screenContent, wholeMotion, superres }
}

/** The level as codec names have it, with `M` or `H` for the tier: `08M`. @throws BitstreamError */
export function av1Level(payload: Uint8Array): string {
  const { level, high } = readStart(createBitReader(payload))
  return `${String(level).padStart(2, '0')}${high ? 'H' : 'M'}`
}

function readStart(bits: BitReader): Av1Start {
  const profile = bits.read(3)
  if (bits.read(1) === 1 || bits.read(1) === 1) throw new BitstreamError('unsupported', 'a still picture, not video')
  return { profile, ...readOperation(bits) }
}

/** RGB as it is, in full range by definition. */
const isSrgb = ({ primaries, transfer, matrix }: Omit<ColourNumbers, 'fullRange'>): boolean =>
  primaries === 1 && transfer === 13 && matrix === 0

function readColour(bits: BitReader, profile: number): ColourNumbers {
  if (profile !== 1) bits.read(1)
  const named =
    bits.read(1) === 1
      ? { primaries: bits.read(8), transfer: bits.read(8), matrix: bits.read(8) }
      : { primaries: UNSPECIFIED, transfer: UNSPECIFIED, matrix: UNSPECIFIED }
  return { ...named, fullRange: isSrgb(named) || bits.read(1) === 1 }
}

/** Reads the payload of a sequence header unit. @throws BitstreamError */
export function parseAv1Sequence(payload: Uint8Array): Av1Sequence {
  const bits = createBitReader(payload)
  const { profile, timed } = readStart(bits)
  const widthBits = bits.read(4) + 1
  const heightBits = bits.read(4) + 1
  const width = bits.read(widthBits) + 1
  const height = bits.read(heightBits) + 1
  const tools = { ...readTools(bits), sizeBits: [widthBits, heightBits] as const, timed }
  const high = bits.read(1) === 1
  const bitDepth = !high ? 8 : profile === 2 && bits.read(1) === 1 ? 12 : 10
  return { profile, width, height, bitDepth, colour: readColour(bits, profile), tools }
}
