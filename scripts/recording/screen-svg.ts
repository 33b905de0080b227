import { textWidth } from '../../src/node/cli/text-width.ts'
import { escapedMarkup } from '../../src/common/markup.ts'
import type { Run, Screen } from './screen.ts'

export interface SvgInit {
  readonly columns: number
  readonly rows: number
  /** Read out instead of the picture. */
  readonly title: string
}

/** Of a cell, in pixels; and the edge around them all. */
const CELL = { width: 8.4, height: 18, baseline: 13.5 }
const FONT_SIZE = 14
const EDGE = 12

const BACKGROUND = '#16181d'
const FOREGROUND = '#d6d9e0'
const DIM = '#8b919e'
const COLOURS = [
  ['#5b616e', '#ef6b73', '#8fc970', '#e6c068', '#6fb0f2', '#c98be0', '#5cc3cf', '#d6d9e0'],
  ['#8b919e', '#ff8a91', '#a9e08b', '#f5d48a', '#8fc4ff', '#dba6ee', '#7bdce6', '#ffffff']
].flat()

const round = (value: number): string => String(Math.round(value * 100) / 100)

function colourOf({ colour, dim }: Run): string {
  return (colour === undefined ? undefined : COLOURS[colour]) ?? (dim ? DIM : FOREGROUND)
}

/** Other spaces are drawn as one, and at the beginning as none. */
const withFirmSpaces = (text: string): string => text.replaceAll(' ', '\u00A0')

/** A run that begins at a cell. Its width is said, so that columns stay in line in every font. */
function runSvg(run: Run, column: number, row: number): string {
  const cells = textWidth(run.text)
  const x = EDGE + column * CELL.width
  const y = EDGE + row * CELL.height
  const width = round(cells * CELL.width)
  const fill = run.inverse ? BACKGROUND : colourOf(run)
  const ground = `<rect x="${round(x)}" y="${round(y)}" width="${width}" height="${CELL.height}" fill="${colourOf(run)}"/>`
  const bold = run.bold ? ' font-weight="bold"' : ''
  const place = `x="${round(x)}" y="${round(y + CELL.baseline)}" textLength="${width}" lengthAdjust="spacingAndGlyphs"`
  const text =
    run.text.trim() === ''
      ? ''
      : `<text ${place} fill="${fill}"${bold}>${withFirmSpaces(escapedMarkup(run.text))}</text>`
  return run.inverse ? `${ground}${text}` : text
}

function lineSvg(runs: readonly Run[], row: number): string[] {
  let column = 0
  return runs.map((run) => {
    const svg = runSvg(run, column, row)
    column += textWidth(run.text)
    return svg
  })
}

/** A picture of a terminal, with its text as text. */
export function screenSvg(screen: Screen, { columns, rows, title }: SvgInit): string {
  const width = round(columns * CELL.width + 2 * EDGE)
  const height = round(rows * CELL.height + 2 * EDGE)
  const font = `font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_SIZE}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapedMarkup(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g ${font}>`,
    ...screen
      .slice(0, rows)
      .flatMap(lineSvg)
      .filter((svg) => svg !== ''),
    '</g>',
    '</svg>',
    ''
  ].join('\n')
}
