import { textWidth } from '../../src/node/cli/text-width.ts'
import type { Run, Screen } from './screen.ts'

/** What a terminal showed from then on. */
export interface Frame {
  /** Since the recording began. */
  readonly atMs: number
  readonly screen: Screen
  /** Names what happens from here on; players show it. */
  readonly marker?: string | undefined
}

export interface CastInit {
  readonly columns: number
  readonly rows: number
  readonly title: string
}

const ESC = '\u001B'

const sgr = ({ colour, bold, dim, inverse }: Run): string => {
  const codes = [0]
  if (bold) codes.push(1)
  if (dim) codes.push(2)
  if (inverse) codes.push(7)
  if (colour !== undefined) codes.push(colour < 8 ? 30 + colour : 82 + colour)
  return `${ESC}[${codes.join(';')}m`
}

const lineText = (runs: readonly Run[]): string => runs.map((run) => `${sgr(run)}${run.text}`).join('')

/** What makes one line out of another: the runs from the first that differs, written over the old ones. */
function lineChanges(before: readonly Run[], after: readonly Run[], row: number): string {
  const written = before.map((run) => lineText([run]))
  const differs = after.findIndex((run, index) => lineText([run]) !== written[index])
  const first = differs < 0 ? after.length : differs
  if (first === after.length && after.length === before.length) return ''
  const column = textWidth(
    after
      .slice(0, first)
      .map(({ text }) => text)
      .join('')
  )
  return `${ESC}[${row + 1};${column + 1}H${lineText(after.slice(first))}${ESC}[0m${ESC}[K`
}

function changes(before: Screen, after: Screen): string {
  const rows = Math.max(before.length, after.length)
  return Array.from({ length: rows }, (_, row) => lineChanges(before[row] ?? [], after[row] ?? [], row)).join('')
}

/** Without a cursor, which tmux does not tell. */
const BEGIN = `${ESC}[?25l${ESC}[2J`

/** An asciicast, version 2 (https://docs.asciinema.org/manual/asciicast/v2/). A frame that shows what the one before did is left out. */
export function castText(frames: readonly Frame[], { columns, rows, title }: CastInit): string {
  const header = { version: 2, width: columns, height: rows, title, env: { TERM: 'xterm-256color' } }
  let shown: Screen = []
  const events = frames.flatMap(({ atMs, screen, marker }, index) => {
    const next = screen.slice(0, rows)
    const output = (index === 0 ? BEGIN : '') + changes(shown, next)
    shown = next
    const seconds = Math.round(atMs) / 1000
    return [
      ...(marker === undefined ? [] : [[seconds, 'm', marker]]),
      ...(output === '' ? [] : [[seconds, 'o', output]])
    ]
  })
  return [header, ...events].map((event) => `${JSON.stringify(event)}\n`).join('')
}
