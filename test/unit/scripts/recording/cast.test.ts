import { expect, test } from 'vitest'
import { castText } from '../../../../scripts/recording/cast.ts'
import { foundWords } from '../../../../scripts/recording/private-words.ts'
import { screenOf } from '../../../../scripts/recording/screen.ts'

const ESC = '\u001B'
const init = { columns: 100, rows: 30, title: 'grav1 top' }
const parsed = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

test('a cast begins with an empty screen, then has what changed, and leaves out equal frames', () => {
  const frames = [
    { atMs: 0, screen: screenOf(`nas\n${ESC}[1;93m40%`), marker: 'begins' },
    { atMs: 200.4, screen: screenOf(`nas\n${ESC}[1;93m40%`) },
    { atMs: 400, screen: screenOf(`nas\n${ESC}[1;93m41%\nmore`) },
    { atMs: 600, screen: screenOf('nas'), marker: 'a key' }
  ]
  const [header, ...events] = parsed(castText(frames, init))
  expect(header).toEqual({ version: 2, width: 100, height: 30, title: 'grav1 top', env: { TERM: 'xterm-256color' } })
  const end = `${ESC}[0m${ESC}[K`
  expect(events).toEqual([
    [0, 'm', 'begins'],
    [0, 'o', `${ESC}[?25l${ESC}[2J${ESC}[1;1H${ESC}[0mnas${end}${ESC}[2;1H${ESC}[0;1;93m40%${end}`],
    [0.4, 'o', `${ESC}[2;1H${ESC}[0;1;93m41%${end}${ESC}[3;1H${ESC}[0;1;93mmore${end}`],
    [0.6, 'm', 'a key'],
    [0.6, 'o', `${ESC}[2;1H${end}${ESC}[3;1H${end}`]
  ])
})

test('of a line only what differs is written, after the cells before it', () => {
  const frames = [`映画 ${ESC}[32m40%`, `映画 ${ESC}[32m41%`, '映画 '].map((text, atMs) => ({
    atMs,
    screen: screenOf(text)
  }))
  const events = parsed(castText(frames, init)).slice(-2)
  expect(events).toEqual([
    [0.001, 'o', `${ESC}[1;6H${ESC}[0;32m41%${ESC}[0m${ESC}[K`],
    [0.002, 'o', `${ESC}[1;1H${ESC}[0m映画${ESC}[0m${ESC}[K`]
  ])
})

test('every look that is read is written', () => {
  const line = `${ESC}[0;2;7;35mx`
  expect(castText([{ atMs: 0, screen: screenOf(line) }], init)).toContain(JSON.stringify(line).slice(1, -1))
})

test('words of a machine are found whatever their case; short ones are in any text', () => {
  expect(foundWords('up at /home/Ann/films on ATTIC', ['/home/ann', 'attic', 'up', '10.1.2.3'])).toEqual([
    '/home/ann',
    'attic'
  ])
})
