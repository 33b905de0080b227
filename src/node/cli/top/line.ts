import { clipToWidth, textWidth } from '../text-width.ts'

/** What a part of a line means; the terminal gives it a colour, or none. */
export type Tone = 'plain' | 'dim' | 'strong' | 'good' | 'busy' | 'bad' | 'key' | 'chosen'

export interface Span {
  readonly text: string
  readonly tone: Tone
}

/** One line of the screen. Its texts have no control characters. */
export type Line = readonly Span[]

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone })

export const line = (text: string, tone: Tone = 'plain'): Line => [span(text, tone)]

export const lineWidth = (spans: Line): number => spans.reduce((sum, { text }) => sum + textWidth(text), 0)

/** The line in so many cells at most. */
export function clipLine(spans: Line, cellsMax: number): Line {
  const kept: Span[] = []
  let room = cellsMax
  for (const { text, tone } of spans) {
    if (room <= 0) break
    const part = clipToWidth(text, room)
    kept.push({ text: part, tone })
    room -= textWidth(part)
  }
  return kept
}

/** Left and right at the two ends of a line; where both have no room the right one goes. */
export function spread(left: Line, right: Line, cells: number): Line {
  const room = cells - lineWidth(left) - lineWidth(right)
  return room < 1 ? clipLine(left, cells) : [...left, span(' '.repeat(room)), ...right]
}

/** Parts beside each other, as many of the first ones as there is room for. */
export function packed(parts: readonly Line[], cells: number, gap = '  '): Line {
  let packedSpans: Span[] = []
  for (const part of parts) {
    if (lineWidth(part) === 0) continue
    const next = packedSpans.length === 0 ? [...part] : [...packedSpans, span(gap), ...part]
    if (lineWidth(next) > cells) break
    packedSpans = next
  }
  return packedSpans
}
