import { createBitReader } from './bits.ts'
import { BitstreamError } from './errors.ts'

/** One open bitstream unit. */
export interface Obu {
  readonly type: number
  readonly payload: Uint8Array
  /** With its header and size. */
  readonly whole: Uint8Array
}

export const SEQUENCE_HEADER = 1
const TEMPORAL_DELIMITER = 2
export const FRAME_HEADER = 3
export const FRAME = 6

/** A temporal unit holds about 10 units per frame and tile group; this stops only nonsense. */
const OBUS_MAX = 4096

function leb128(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0
  for (let i = 0; i < 8; i += 1) {
    const byte = bytes[start + i]
    if (byte === undefined) throw new BitstreamError('truncated', 'a unit size is cut short')
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, end: start + i + 1 }
  }
  throw new BitstreamError('bad-header', 'a unit size is too long')
}

/** The units of a temporal unit in the low-overhead form that IVF holds. @throws BitstreamError */
export function parseObus(bytes: Uint8Array): Obu[] {
  const obus: Obu[] = []
  let at = 0
  while (at < bytes.length) {
    const header = bytes[at] ?? 0
    if ((header & 0x80) !== 0) throw new BitstreamError('bad-header', 'a unit has its forbidden bit set')
    const type = (header >> 3) & 15
    if (type === 0) throw new BitstreamError('bad-header', 'a unit is of reserved type 0')
    if ((header & 2) === 0) throw new BitstreamError('unsupported', 'a unit has no size')
    const size = leb128(bytes, at + ((header & 4) === 0 ? 1 : 2))
    if (size.value > bytes.length - size.end) throw new BitstreamError('truncated', 'a unit is cut short')
    const end = size.end + size.value
    obus.push({ type, payload: bytes.subarray(size.end, end), whole: bytes.subarray(at, end) })
    if (obus.length > OBUS_MAX) throw new BitstreamError('too-large', 'too many units')
    at = end
  }
  return obus
}

function frameShown(obu: Obu): { shown: boolean; key: boolean } {
  const bits = createBitReader(obu.payload)
  if (bits.read(1) === 1) return { shown: true, key: false }
  const key = bits.read(2) === 0
  return { shown: bits.read(1) === 1, key }
}

/** Shown frames of a temporal unit; a well-formed one has exactly 1. @throws BitstreamError */
export const av1ShownFrames = (bytes: Uint8Array): number =>
  parseObus(bytes).filter((obu) => (obu.type === FRAME || obu.type === FRAME_HEADER) && frameShown(obu).shown).length

/** The sequence header's bytes of a temporal unit that starts a scene. @throws BitstreamError unless it has one and its first frame is a key frame */
export function av1SceneStart(bytes: Uint8Array): Uint8Array {
  const obus = parseObus(bytes)
  const sequenceHeader = obus.find((obu) => obu.type === SEQUENCE_HEADER)
  const frame = obus.find((obu) => obu.type === FRAME || obu.type === FRAME_HEADER)
  if (sequenceHeader === undefined || sequenceHeader.payload.length === 0)
    throw new BitstreamError('no-sequence-header', 'the first frame has no sequence header')
  if (((sequenceHeader.payload[0] ?? 0) & 8) !== 0)
    throw new BitstreamError('unsupported', 'a still picture, not video')
  if (frame === undefined || !frameShown(frame).key)
    throw new BitstreamError('not-a-key-frame', 'the first frame is not a key frame')
  return sequenceHeader.payload
}

/** A temporal unit as Matroska and MP4 hold it, in parts: without its delimiter. @throws BitstreamError */
export const av1Packet = (bytes: Uint8Array): readonly Uint8Array[] =>
  parseObus(bytes).flatMap(({ type, whole }) => (type === TEMPORAL_DELIMITER ? [] : [whole]))
