import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { shellLines } from '../../../scripts/walk/lines.ts'
import { wayOf } from '../../../scripts/walk/plan.ts'

test('takes the shell commands of a page, without their comments', () => {
  const page = [
    '# One',
    '```sh',
    'grav1 a    # first',
    '# only a comment',
    "curl -d '{}' \\",
    '  http://x/#y',
    '```',
    '## Two',
    '```toml',
    'no = 1',
    '```',
    '```sh',
    'grav1 b',
    '```'
  ]
  expect(shellLines(page.join('\n'))).toEqual([
    { heading: 'One', text: 'grav1 a' },
    { heading: 'One', text: "curl -d '{}' http://x/#y" },
    { heading: 'Two', text: 'grav1 b' }
  ])
})

test('the README has the commands that the walk knows how to carry out, and few are left out', async () => {
  const lines = shellLines(await readFile('README.md', 'utf8'))
  const left = lines.filter((line) => wayOf(line).type === 'leave').map(({ text }) => text)
  expect(left.length).toBeLessThan(lines.length / 3)
  for (const text of ['npm run demo', 'grav1 submit film.mkv', 'grav1 node'])
    expect(lines.map(({ text: one }) => one)).toContain(text)
  expect(left).not.toContain('grav1 submit film.mkv')
})
