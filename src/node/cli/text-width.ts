let segmenter: Intl.Segmenter | undefined

/** Made when a text needs it: it takes ten milliseconds, and most commands print ASCII. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** Takes two cells: East Asian scripts and full-width forms, and pictures. */
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Tangut}\u3000-\u303e\u30fc\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u
/** The Katakana that take one cell all the same. */
const HALF = /^[\uff61-\uffdc\uffe8-\uffee]/u
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

function cellsOf(grapheme: string): number {
  if (NOTHING.test(grapheme)) return 0
  return WIDE.test(grapheme) && !HALF.test(grapheme) ? 2 : 1
}

/** Cells that a text takes on a terminal. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let cells = 0
  for (const { segment } of graphemesOf(text)) cells += cellsOf(segment)
  return cells
}

/** The text in so many cells at most; what is cut off leaves `…`. */
export function clipToWidth(text: string, cellsMax: number): string {
  if (textWidth(text) <= cellsMax) return text
  let kept = ''
  let cells = 1
  for (const { segment } of graphemesOf(text)) {
    cells += cellsOf(segment)
    if (cells > cellsMax) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** The text with spaces behind it up to so many cells. */
export const padToWidth = (text: string, cells: number): string =>
  text + ' '.repeat(Math.max(0, cells - textWidth(text)))
