import type { BitReader } from '../bits.ts'
import { log2Above } from './frame-facts.ts'

const TILE_WIDTH_MAX = 4096
const TILE_AREA_MAX = 4096 * 2304
const TILES_MAX = 64

interface Grid {
  /** Superblocks in a row and in a column of the frame. */
  readonly columns: number
  readonly rows: number
  readonly superblock: 64 | 128
}

/** Sides in superblocks, for a frame of this many samples. */
export function gridOf(width: number, height: number, superblock: 64 | 128): Grid {
  const count = (samples: number): number => Math.ceil((8 * Math.ceil(samples / 8)) / superblock)
  return { columns: count(width), rows: count(height), superblock }
}

/** Reads a number below `n`. */
function readBelow(bits: BitReader, n: number): number {
  const width = Math.floor(Math.log2(n)) + 1
  const short = 2 ** width - n
  const value = bits.read(width - 1)
  return value < short ? value : value * 2 - short + bits.read(1)
}

function readIncrements(bits: BitReader, min: number, max: number): number {
  let value = min
  while (value < max && bits.read(1) === 1) value += 1
  return value
}

/** Reads the sizes of tiles along one side. */
function readSizes(
  bits: BitReader,
  side: number,
  sizeMax: number
): { readonly count: number; readonly widest: number } {
  let count = 0
  let widest = 0
  for (let at = 0; at < side; count += 1) {
    const size = readBelow(bits, Math.min(side - at, sizeMax)) + 1
    widest = Math.max(widest, size)
    at += size
  }
  return { count, widest }
}

/** Reads how a frame is cut into tiles. @returns base 2 logarithms of their number @throws BitstreamError */
export function readAv1Tiles(bits: BitReader, grid: Grid): { readonly columns: number; readonly rows: number } {
  const { columns: across, rows: down, superblock } = grid
  const widthMax = TILE_WIDTH_MAX / superblock
  const areaMax = TILE_AREA_MAX / superblock ** 2
  const columnsMin = log2Above(widthMax, across)
  const tilesMin = Math.max(columnsMin, log2Above(areaMax, across * down))
  let columns: number
  let rows: number
  if (bits.read(1) === 1) {
    columns = readIncrements(bits, columnsMin, log2Above(1, Math.min(across, TILES_MAX)))
    rows = readIncrements(bits, Math.max(tilesMin - columns, 0), log2Above(1, Math.min(down, TILES_MAX)))
  } else {
    const wide = readSizes(bits, across, widthMax)
    const area = tilesMin > 0 ? Math.floor((across * down) / 2 ** (tilesMin + 1)) : across * down
    columns = log2Above(1, wide.count)
    rows = log2Above(1, readSizes(bits, down, Math.max(Math.floor(area / wide.widest), 1)).count)
  }
  if (columns + rows > 0) bits.read(columns + rows + 2)
  return { columns, rows }
}
