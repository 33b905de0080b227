import { printable } from '../../src/common/text.ts'

/** How a run of text looks. */
export interface Look {
  /** Of the 16 colours of a terminal: 0 to 7, and 8 to 15 for the bright ones; undefined is that of plain text. */
  readonly colour: number | undefined
  readonly bold: boolean
  readonly dim: boolean
  readonly inverse: boolean
}

/** Text of one look, without control characters. */
export interface Run extends Look {
  readonly text: string
}

/** The lines of a terminal, each without the blanks at its end. */
export type Screen = readonly (readonly Run[])[]

const PLAIN: Look = { colour: undefined, bold: false, dim: false, inverse: false }

/** One number of an SGR sequence; those that are none of ours change nothing. */
function afterCode(look: Look, code: number): Look {
  if (code >= 30 && code <= 37) return { ...look, colour: code - 30 }
  if (code >= 90 && code <= 97) return { ...look, colour: code - 90 + 8 }
  switch (code) {
    case 0:
      return PLAIN
    case 1:
      return { ...look, bold: true }
    case 2:
      return { ...look, dim: true }
    case 7:
      return { ...look, inverse: true }
    case 22:
      return { ...look, bold: false, dim: false }
    case 27:
      return { ...look, inverse: false }
    case 39:
      return { ...look, colour: undefined }
    default:
      return look
  }
}

/** Colours of 256 and more have numbers of their own, which are no codes: plain text instead. */
const withoutLongColours = (codes: string): string => codes.replaceAll(/([34])8;(?:5;\d+|2(?:;\d+){3})/g, '$19')

const afterSequence = (look: Look, codes: string): Look =>
  withoutLongColours(codes)
    .split(';')
    .reduce((now, code) => afterCode(now, Number(code)), look)

/** What follows an escape character: an SGR sequence, another control sequence, a command for the terminal (OSC) and its end, or a set of characters. */
const SEQUENCE = /^(?:\[([\d;:]*)m|\[[\d;:?<=>]*[ -/]*[@-~]|\]\P{Cc}*\p{Cc}?|\\|[()][0-9A-Z])/u

function withoutEnd(runs: readonly Run[]): readonly Run[] {
  const last = runs.at(-1)
  if (last === undefined || last.inverse) return runs
  const text = last.text.trimEnd()
  return text === '' ? withoutEnd(runs.slice(0, -1)) : [...runs.slice(0, -1), { ...last, text }]
}

/** Reads what `tmux capture-pane -e -p` prints. A look goes on over the ends of lines. */
export function screenOf(captured: string): Screen {
  let look = PLAIN
  const lineOf = (text: string): readonly Run[] => {
    const runs: Run[] = []
    for (const [index, part] of text.split('\u001B').entries()) {
      const [sequence = '', codes] = index === 0 ? [] : (SEQUENCE.exec(part) ?? [])
      if (codes !== undefined) look = afterSequence(look, codes)
      const rest = part.slice(sequence.length)
      if (rest !== '') runs.push({ ...look, text: printable(rest) })
    }
    return withoutEnd(runs)
  }
  return captured.replace(/\n$/, '').split('\n').map(lineOf)
}

/** Its text alone. */
export const textOf = (screen: Screen): string => screen.map((runs) => runs.map(({ text }) => text).join('')).join('\n')
