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

/** What makes one screen out of another: each line that differs, written over the old one. */
function changes(before: readonly string[], after: readonly string[]): string {
  const rows = Math.max(before.length, after.length)
  return Array.from({ length: rows }, (_, row) => [before[row] ?? '', after[row] ?? ''] as const)
    .map(([old, text], row) => (old === text ? '' : `${ESC}[${row + 1};1H${text}${ESC}[0m${ESC}[K`))
    .join('')
}

/** Without a cursor, which tmux does not tell. */
const BEGIN = `${ESC}[?25l${ESC}[2J`

/** An asciicast, version 2 (https://docs.asciinema.org/manual/asciicast/v2/). A frame that shows what the one before did is left out. */
export function castText(frames: readonly Frame[], { columns, rows, title }: CastInit): string {
  const header = { version: 2, width: columns, height: rows, title, env: { TERM: 'xterm-256color' } }
  let shown: readonly string[] = []
  const events = frames.flatMap(({ atMs, screen, marker }, index) => {
    const next = screen.slice(0, rows).map(lineText)
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
