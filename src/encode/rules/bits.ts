import { BitstreamError } from './errors.ts'

/** Reads unsigned numbers, most significant bit first. */
export interface BitReader {
  /** The next `count` (0..32) bits. @throws BitstreamError `truncated` */
  readonly read: (count: number) => number
}

export function createBitReader(bytes: Uint8Array): BitReader {
  let at = 0
  const read = (count: number): number => {
    if (at + count > bytes.length * 8) throw new BitstreamError('truncated', 'a frame header is cut short')
    let value = 0
    for (let i = 0; i < count; i += 1, at += 1) value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    return value
  }
  return { read }
}
