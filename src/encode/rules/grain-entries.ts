import { ParamsError } from './errors.ts'
import { type GrainTable, grainValue, readGrainTable, SILENT_GRAIN } from './grain-table.ts'
import type { ZoneRequest } from './zones.ts'

/** Longest text that is read: an entry has about 1,000 characters. */
const ENTRIES_CHARS_MAX = 256 * 1024

/** Entries of a film at the most: each is tried before the film begins. */
const ENTRIES_MAX = 100

/** Times of a table are in ten-millionths of a second. */
const TICKS_A_MS = 10_000

/** Later is the end of the film. */
const END_MS = 999 * 3_600_000

/** Grain of a stretch of a film. */
export interface GrainEntry {
  readonly fromMs: number
  /** Undefined: to the end of the film. */
  readonly toMs: number | undefined
  readonly table: GrainTable
}

/** The grain of a film, as a submission has it. */
export interface FilmGrain {
  /** Value of the film's `--grain-table`. */
  readonly value: string
  /** Zones with another one. */
  readonly zones: readonly ZoneRequest[]
}

const refuse = (what: string): never => {
  throw new ParamsError('bad-value', `The grain table ${what}.`, { flag: '--grain-table' })
}

function msOf(ticks: string | undefined): number {
  if (ticks === undefined || !/^\d{1,19}$/.test(ticks)) return refuse('has an entry without its two times')
  return Math.round(Number(ticks) / TICKS_A_MS)
}

function entryOf(block: readonly string[]): GrainEntry {
  const [, from, to] = (block[0] ?? '').trim().split(/\s+/)
  const [fromMs, toMs] = [msOf(from), msOf(to)]
  if (toMs <= fromMs) refuse(`has an entry that ends before it begins, or that is shorter than a millisecond`)
  return { fromMs, toMs: toMs < END_MS ? toMs : undefined, table: readGrainTable(['filmgrn1', ...block].join('\n')) }
}

/**
 * Reads a table in the form that libaom writes (`filmgrn1`), with one entry or more, in order.
 * @throws ParamsError `bad-value` with a sentence
 */
export function readGrainEntries(text: string): readonly GrainEntry[] {
  if (text.length > ENTRIES_CHARS_MAX) refuse('is too long')
  const lines = text.split(/\r?\n/)
  const starts = lines.flatMap((line, at) => (/^\s*E(?:\s|$)/.test(line) ? [at] : []))
  if (starts.length > ENTRIES_MAX) refuse(`has ${starts.length} entries; grav1 takes ${ENTRIES_MAX} at the most`)
  const head = lines.slice(0, starts[0]).filter((line) => line.trim() !== '')
  if (starts.length === 0 || head.length !== 1 || head[0]?.trim() !== 'filmgrn1')
    refuse('does not begin with filmgrn1 and an entry')
  const entries = starts.map((start, at) => entryOf(lines.slice(start, starts[at + 1])))
  for (const [at, { fromMs }] of entries.entries())
    if (at > 0 && (entries[at - 1]?.toMs ?? Infinity) > fromMs) refuse('has entries that overlap, or are not in order')
  return entries
}

function timeText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return `${hours}:${minutes}:${seconds % 60}.${String(ms % 1000).padStart(3, '0')}`
}

/** One entry is for the whole film, whatever its times. Of several, each is a zone, and between them there is no grain. */
export function filmGrain(entries: readonly GrainEntry[]): FilmGrain {
  const [first] = entries
  if (first !== undefined && entries.length === 1) return { value: grainValue(first.table), zones: [] }
  const zones = entries.map(({ fromMs, toMs, table }) => ({
    start: timeText(fromMs),
    end: toMs === undefined ? '-1' : timeText(toMs),
    params: `--grain-table=${grainValue(table)}`
  }))
  return { value: grainValue(SILENT_GRAIN), zones }
}
