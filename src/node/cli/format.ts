import { basename } from 'node:path'
import { printable } from '../../common/text.ts'
import { clipToWidth, padToWidth, textWidth } from './text-width.ts'

/** `00:03:41` */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** `45s`, `2m`, `1h 05m`, `3d 4h` */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole}s`
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`
  return `${Math.floor(hours / 24)}d ${hours % 24}h`
}

export interface TableInit {
  /** The columns that are cut where a row would take more cells than `cellsMax`, the first one first. */
  readonly columns: readonly number[]
  readonly cellsMax: number
}

/** So much of a cell is left, however narrow the terminal is. */
const CELLS_MIN = 12
const GAP = '  '

/** Rows as padded columns; the first row is the header. */
export function formatTable(rows: readonly (readonly string[])[], cut?: TableInit): string {
  let fitting = rows
  for (const column of cut?.columns ?? []) fitting = narrowed(fitting, column, cut?.cellsMax ?? 0)
  return padded(fitting, widthsOf(fitting))
}

/** The rows with one column cut as far as it has to be. */
function narrowed(
  rows: readonly (readonly string[])[],
  column: number,
  cellsMax: number
): readonly (readonly string[])[] {
  const widths = widthsOf(rows)
  const all = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length)
  if (all <= cellsMax) return rows
  const room = Math.max((widths[column] ?? 0) - (all - cellsMax), CELLS_MIN)
  return rows.map((row) => row.map((cell, index) => (index === column ? clipToWidth(cell, room) : cell)))
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, textWidth(cell))
  return widths
}

function padded(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  return rows
    .map((row) =>
      row
        .map((cell, column) => padToWidth(cell, widths[column] ?? 0))
        .join(GAP)
        .trimEnd()
    )
    .join('\n')
}

/** A file's name as it stands in a sentence. */
export const shownName = (path: string): string => printable(basename(path))

/** So many cells of a title stand in a sentence. */
const TITLE_CELLS_MAX = 60

/** A title as it stands in a sentence: others chose it too. */
export const shownTitle = (title: string): string => clipToWidth(printable(title), TITLE_CELLS_MAX)
