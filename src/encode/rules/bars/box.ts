import type { PictureBox } from '../picture/types.ts'
import { type Light, PARTS, partsOf } from './light.ts'

/** First and one past the last. */
type Run = readonly [from: number, to: number]

/** A line belongs to the picture where so many of its parts are lit: a logo in a bar lights fewer. */
const LIT_SHARE = 0.5
/** While it is not known how far the picture reaches in the other direction. */
const FIRST_SHARE = 0.25

const ROUNDS = 3

export function bitsOf(value: number): number {
  let bits = 0
  for (let rest = value; rest !== 0; rest = (rest & (rest - 1)) >>> 0) bits += 1
  return bits
}

/** The parts of a side that lie in a run, as bits. */
function partsIn([from, to]: Run, side: number): number {
  const edges = partsOf(side)
  let bits = 0
  for (let part = 0; part < PARTS; part += 1)
    if ((edges[part] ?? 0) >= from && (edges[part + 1] ?? 0) <= to) bits |= 1 << part
  return bits >>> 0
}

/** The run of lines from the first to the last that is lit enough within these parts; undefined where none is. */
function litRun(lines: Uint32Array, parts: number, share: number): Run | undefined {
  const least = Math.max(1, Math.ceil(bitsOf(parts) * share))
  const isLit = (line: number): boolean => bitsOf((line & parts) >>> 0) >= least
  const first = lines.findIndex(isLit)
  return first === -1 ? undefined : [first, lines.findLastIndex(isLit) + 1]
}

/** The picture of a frame, or of several; undefined where there is none. Each direction is looked at within the other, so bars at all four sides are found. */
export function boxOf({ rows, columns }: Light): PictureBox | undefined {
  const [height, width] = [rows.length, columns.length]
  let down: Run | undefined = litRun(rows, partsIn([0, width], width), FIRST_SHARE)
  let across: Run | undefined
  for (let round = 0; round < ROUNDS; round += 1) {
    if (down === undefined) return undefined
    across = litRun(columns, partsIn(down, height), LIT_SHARE)
    if (across === undefined) return undefined
    down = litRun(rows, partsIn(across, width), LIT_SHARE)
  }
  if (down === undefined || across === undefined) return undefined
  return { x: across[0], y: down[0], width: across[1] - across[0], height: down[1] - down[0] }
}
