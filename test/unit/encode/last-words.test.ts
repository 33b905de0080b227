import { expect, test } from 'vitest'
import { lastWords } from '../../../src/encode/programs/process.ts'

test.for([
  [
    'file:/data/uploads/0f/film.mkv: Invalid data found when processing input',
    'film.mkv: Invalid data found when processing input'
  ],
  ['/srv/my films/film.mkv: End of file', 'film.mkv: End of file'],
  ["Error: cannot open '/data/work/1/out.ivf'", "Error: cannot open 'out.ivf'"],
  ['Error: The file /data/work/a.mkv could not be opened', 'Error: The file a.mkv could not be opened'],
  ['one\n\n/a/b: two\nthree 1/2 and/or 3 / 4\n', 'b: two three 1/2 and/or 3 / 4']
] as const)('%j names files without their folders', ([said, told]) => {
  expect(lastWords(said)).toBe(told)
})
