import { expect, test } from 'vitest'
import { screenOf, textOf } from '../../../../scripts/recording/screen.ts'

const plain = { colour: undefined, bold: false, dim: false, inverse: false }
const ESC = '\u001B'

test('looks go on over the ends of lines, and blanks at the end go', () => {
  const screen = screenOf(`${ESC}[1mnas${ESC}[0m   ${ESC}[2;32m40%\nfilm  ${ESC}[39m  \n\n${ESC}[7m  all  ${ESC}[0m\n`)
  expect(screen).toEqual([
    [
      { ...plain, bold: true, text: 'nas' },
      { ...plain, text: '   ' },
      { ...plain, dim: true, colour: 2, text: '40%' }
    ],
    [{ ...plain, dim: true, colour: 2, text: 'film' }],
    [],
    [{ ...plain, inverse: true, dim: true, text: '  all  ' }]
  ])
})

test.each([
  ['bright', '[91m', { colour: 9 }],
  ['off again', `[1;2;7;36m${ESC}[22;27;39m`, {}],
  ['empty is 0', `[31m${ESC}[m`, {}],
  ['of 256: its numbers are no codes', '[1;38;5;31m', { bold: true }],
  ['of all: its numbers are no codes', '[48;2;2;7;31;1m', { bold: true }],
  ['underlined', '[4m', {}]
])('a colour: %s', (_, codes, look) => {
  expect(screenOf(`${ESC}${codes}x`)).toEqual([[{ ...plain, ...look, text: 'x' }]])
})

test.each([
  ['a link', `${ESC}]8;;http://example.org${ESC}\\film${ESC}]8;;${ESC}\\`],
  ['a title', `${ESC}]0;evil\u0007film`],
  ['a cursor', `${ESC}[2J${ESC}[1;1Hfilm`],
  ['a set of characters', `${ESC}(Bfilm`],
  ['a lone escape', `film${ESC}`]
])('no text: %s', (_, captured) => {
  expect(textOf(screenOf(captured))).toBe('film')
})

test('what a terminal would obey is replaced', () => {
  expect(textOf(screenOf('a\u0007b\u202Ec\u009Bd'))).toBe('a?b?c?d')
})
