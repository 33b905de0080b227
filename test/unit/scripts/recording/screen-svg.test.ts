import { expect, test } from 'vitest'
import { screenOf } from '../../../../scripts/recording/screen.ts'
import { screenSvg } from '../../../../scripts/recording/screen-svg.ts'

const ESC = '\u001B'
const size = { columns: 20, rows: 3, title: 'grav1 top' }
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '')

test('a picture has a size, a title, colours, bold and a ground behind the chosen row', () => {
  const svg = screenSvg(screenOf(`${ESC}[1mnas${ESC}[0m ${ESC}[32mgood${ESC}[39m\n${ESC}[7mrow`), size)
  expect(svg).toContain('width="192" height="78" viewBox="0 0 192 78"')
  expect(svg).toContain('<title>grav1 top</title>')
  expect(textsOf(svg)).toEqual(['nas', 'good', 'row'])
  expect(svg).toContain(
    '<text x="12" y="25.5" textLength="25.2" lengthAdjust="spacingAndGlyphs" fill="#d6d9e0" font-weight="bold">nas'
  )
  expect(svg).toContain('<text x="45.6" y="25.5" textLength="33.6" lengthAdjust="spacingAndGlyphs" fill="#8fc970">good')
  expect(svg).toContain('<rect x="12" y="30" width="25.2" height="18" fill="#d6d9e0"/>')
})

test('wide characters take two cells; lines below the terminal are left out', () => {
  const svg = screenSvg(screenOf(`映画${ESC}[1mx\n\n\nbelow`), size)
  expect(svg).toMatch(/textLength="33.6"[^>]*>映画</)
  expect(svg).toMatch(/x="45.6"[^>]*>x</)
  expect(svg).not.toContain('below')
})

test('every space is drawn, and blanks alone are not', () => {
  expect(textsOf(screenSvg(screenOf(`  a  b${ESC}[1m   ${ESC}[0mc`), size))).toEqual([
    '\u00A0\u00A0a\u00A0\u00A0b',
    'c'
  ])
})

test.each([
  ['markup', '<script>alert("1")</script>&amp;', '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;'],
  ['half a character', 'a\uD800b', 'a\uFFFDb'],
  ['a character that XML does not allow', 'a\uFFFEb', 'a b'],
  ['the end of a section', ']]>', ']]&gt;']
])('hostile text: %s', (_, text, shown) => {
  expect(textsOf(screenSvg(screenOf(text), size))).toEqual([shown.replaceAll(' ', '\u00A0')])
  expect(screenSvg([], { ...size, title: text })).toContain(`<title>${shown}</title>`)
})
