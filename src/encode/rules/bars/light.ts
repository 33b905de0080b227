import type { VideoFormat } from '../types.ts'

/** Parts into which a row or a column is divided; one bit of a number each. */
export const PARTS = 32

/** A frame of which every row and column is looked at. */
export interface LumaFormat {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  /** Whether samples go from 0, and not from 16 of 256, on. */
  readonly isFullRange: boolean
}

/** Where a frame is brighter than black: of each row and each column, the parts that are, as bits. */
export interface Light {
  readonly rows: Uint32Array
  readonly columns: Uint32Array
}

/** So much brighter than black is picture, of 256: more than noise and compression leave in a bar, as the mean of a part. */
const MARGIN = 8

export const lumaFormat = ({ width, height, bitDepth, colour }: VideoFormat): LumaFormat => ({
  width,
  height,
  bitDepth,
  isFullRange: colour.range === 'pc'
})

/** Bytes of a frame's luma. */
export const lumaBytes = ({ width, height, bitDepth }: LumaFormat): number => width * height * (bitDepth > 8 ? 2 : 1)

/** The largest mean of a part that still is black. */
const darkest = ({ bitDepth, isFullRange }: LumaFormat): number =>
  ((isFullRange ? 0 : 16) + MARGIN) * 2 ** (bitDepth - 8)

/** First sample of each part of a side, and its end. */
export const partsOf = (side: number): readonly number[] =>
  Array.from({ length: PARTS + 1 }, (_, part) => Math.floor((part * side) / PARTS))

/** Measures a frame; its samples come row by row. Integer sums only, so the result is the same everywhere. */
export function lightOf(luma: Uint8Array | Uint16Array, format: LumaFormat): Light {
  const { width, height } = format
  const dark = darkest(format)
  const across = partsOf(width)
  const down = partsOf(height)
  const rows = new Uint32Array(height)
  const columns = new Uint32Array(width)
  const sums = new Float64Array(width)
  for (let band = 0; band < PARTS; band += 1) {
    const [from = 0, to = 0] = [down[band], down[band + 1]]
    sums.fill(0)
    for (let y = from; y < to; y += 1) rows[y] = rowLight(luma, y * width, across, dark, sums)
    const most = dark * (to - from)
    for (let x = 0; x < width; x += 1) if ((sums[x] ?? 0) > most) columns[x] = ((columns[x] ?? 0) | (1 << band)) >>> 0
  }
  return { rows, columns }
}

function rowLight(
  luma: Uint8Array | Uint16Array,
  at: number,
  across: readonly number[],
  dark: number,
  sums: Float64Array
): number {
  let bits = 0
  for (let part = 0; part < PARTS; part += 1) {
    const [from = 0, to = 0] = [across[part], across[part + 1]]
    let sum = 0
    for (let x = from; x < to; x += 1) {
      const sample = luma[at + x] ?? 0
      sum += sample
      sums[x] = (sums[x] ?? 0) + sample
    }
    if (sum > dark * (to - from)) bits |= 1 << part
  }
  return bits >>> 0
}
