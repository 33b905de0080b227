import { ParamsError } from './errors.ts'
import type { Position, Rational, SourceRange } from './types.ts'

/** People read times off rounded to the millisecond. */
const ROUNDING_MS = 0.5

const bad = (text: string): ParamsError =>
  new ParamsError(
    'bad-position',
    `${JSON.stringify(text.slice(0, 40))} is neither a frame (1200 or 1200f) nor a time (00:01:30.500).`
  )

/** Reads a frame number, with or without an `f`, or a time `[hh:]mm:ss[.mmm]`. @throws ParamsError `bad-position` */
export function parsePosition(given: string | number): Position {
  const text = String(given).trim()
  const frame = /^(\d{1,8})f?$/.exec(text)?.[1]
  if (frame !== undefined) return { type: 'frame', frame: Number(frame) }
  const time = /^(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:\.(\d{1,3}))?$/.exec(text)
  if (time === null) throw bad(text)
  const [hours, minutes, seconds] = [time[1], time[2], time[3]].map((part) => Number(part ?? 0))
  if ((minutes ?? 0) > 59 || (seconds ?? 0) > 59) throw bad(text)
  const fraction = Number((time[4] ?? '').padEnd(3, '0'))
  return { type: 'time', ms: (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + fraction }
}

/**
 * Splits a list of positions, separated by commas or white space; what follows a `#` in its line is a comment. All are checked.
 * @throws ParamsError `bad-position`, naming the line where there are several
 */
export function positionWords(text: string): string[] {
  const lines = text.trimEnd().split('\n')
  return lines.flatMap((content, index) => {
    const words = content
      .replace(/#.*$/, '')
      .split(/[\s,]+/)
      .filter((word) => word !== '')
    try {
      for (const word of words) parsePosition(word)
    } catch (error) {
      if (!(error instanceof ParamsError) || lines.length === 1) throw error
      throw new ParamsError(error.code, `Line ${index + 1}: ${error.message}`)
    }
    return words
  })
}

const two = (value: number): string => String(value).padStart(2, '0')

/** As people write it. */
export function positionText(position: Position): string {
  if (position.type === 'frame') return `frame ${position.frame}`
  const seconds = Math.floor(position.ms / 1000)
  const ms = String(Math.round(position.ms % 1000)).padStart(3, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${ms}`
}

/** Whether both are of one kind and the first is before the second. */
export const isBefore = (a: Position, b: Position): boolean =>
  a.type === 'frame' ? b.type === 'frame' && a.frame < b.frame : b.type === 'time' && a.ms < b.ms

/** Reads `<from>-<to>`; either may be left out. @throws ParamsError `bad-position` or `bad-range` */
export function parseRange(text: string): SourceRange {
  const parts = text.split('-').map((part) => part.trim())
  const [from = '', to = ''] = parts
  if (parts.length !== 2 || (from === '' && to === '')) {
    throw new ParamsError(
      'bad-range',
      'A range is <from>-<to>, such as 00:01:00-00:02:30, 1200f-2400f, 1200f- or -00:10.'
    )
  }
  const range: SourceRange = {
    from: from === '' ? undefined : parsePosition(from),
    to: to === '' ? undefined : parsePosition(to)
  }
  const start = range.from ?? { type: range.to?.type ?? 'frame', frame: 0, ms: 0 }
  if (range.to !== undefined && range.to.type === start.type && !isBefore(start, range.to))
    throw new ParamsError('bad-range', `The range ${text.trim()} ends before it begins.`)
  return range
}

/** The frame that a position means: the first that is not before it. Undefined while it is beyond the known frames. */
export function frameAt(position: Position, timesMs: readonly number[]): number | undefined {
  if (position.type === 'frame') return position.frame < timesMs.length ? position.frame : undefined
  let low = 0
  let high = timesMs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((timesMs[middle] ?? Infinity) >= position.ms - ROUNDING_MS) high = middle
    else low = middle + 1
  }
  return low < timesMs.length ? low : undefined
}

/** How many of `frames` frames a range has, as far as the frame rate tells; at least 1. */
export function estimateFrames(range: SourceRange, frames: number, fps: Rational): number {
  const at = (position: Position | undefined, otherwise: number): number => {
    if (position === undefined) return otherwise
    return position.type === 'frame' ? position.frame : Math.round((position.ms * fps.num) / fps.den / 1000)
  }
  return Math.max(Math.min(at(range.to, frames), frames) - at(range.from, 0), 1)
}
