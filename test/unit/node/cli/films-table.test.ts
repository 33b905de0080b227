import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createFilmsDisplay, filmsTable } from '../../../../src/node/cli/films-table.ts'
import { goesOnLine } from '../../../../src/node/cli/submit-post.ts'
import { unfinishedFilms, unfinishedLine } from '../../../../src/node/cli/unfinished-films.ts'
import { textWidth } from '../../../../src/node/cli/text-width.ts'
import { project } from './fixtures.ts'

const filmOf = (name: string, state: 'completed' | 'encoding' | 'queued') =>
  project({ projectId: name, title: `${name} 映画.mkv`, state })
const e2 = filmOf('e2', 'encoding')
const all = [filmOf('e1', 'completed'), e2, filmOf('e3', 'queued'), filmOf('e4', 'queued')]

test('a row for each film that goes on, and a line for all', () => {
  const lines = filmsTable(all, { columns: 100, lines: 20, total: 5, elapsedMs: 61_000 })
  expect(lines[0]).toMatch(/^e2 映画\.mkv +encoding +42% +12\/68 scenes +39\.2 fps +eta 2m$/)
  expect(lines.slice(1, 3).map((line) => line.slice(0, 2))).toEqual(['e3', 'e4'])
  expect(lines.at(-1)).toBe('00:01:01  1 of 5 films are done')
})

test.for([40, 60, 200])('it fits into %i columns and as many lines as there are', (columns) => {
  const lines = filmsTable(all, { columns, lines: 3, total: 4, elapsedMs: 0 })
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(textWidth(line)).toBeLessThan(columns)
  expect(filmsTable(all, { columns: 100, lines: 3, total: 4, elapsedMs: 0 }).at(-1)).toContain('1 more waiting')
})

test('what is written above the table leaves no row of it behind', async () => {
  const stream = new PassThrough()
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const display = createFilmsDisplay(Object.assign(stream, { columns: 80, rows: 24 }), ['e2'])
  display.update(e2, 1000)
  await display.above(async () => void stream.write('/out/e1.mkv\n'))
  display.stop()
  expect(text).toContain('/out/e1.mkv\n')
})

test.for([
  [
    { planned: true, scenes: { total: 10, done: 8, running: 0, failed: 0 } },
    'continuing film.mkv: 8 of 10 scenes are done'
  ],
  [
    { planned: false, scenes: { total: 3, done: 2, running: 0, failed: 0 } },
    'continuing film.mkv: 2 scenes are done so far'
  ],
  [
    { planned: false, scenes: { total: 0, done: 0, running: 0, failed: 0 } },
    'continuing film.mkv: its source is being analysed'
  ],
  [{ state: 'completed' }, 'film.mkv is already finished']
] as const)('%j: %s', ([change, line]) => {
  expect(goesOnLine(project(change))).toBe(line)
})

test('unfinished films that nobody asked for are named, of others none', () => {
  const mine = project({ projectId: 'a', title: 'a.mkv', planned: false })
  const others = [
    project({ projectId: 'b', own: false }),
    project({ projectId: 'c', state: 'completed' }),
    project({ projectId: 'd', title: 'asked.mkv' })
  ]
  const left = unfinishedFilms([mine, ...others], new Set(['d']))
  expect(unfinishedLine(left)).toBe('unfinished, and left alone for now: a.mkv; "grav1 node" resumes it')
  expect(unfinishedFilms(others, new Set(['d']))).toEqual([])
  const many = Array.from({ length: 7 }, (_, at) =>
    project({ projectId: `p${at}`, title: `${at}.mkv`, planned: false })
  )
  expect(unfinishedLine(many)).toContain('4.mkv, 2 more; "grav1 node" resumes them')
})
