import { expect, test } from 'vitest'
import { FIGURES } from '../../bench/lib/figures.ts'
import { pagesOfFigures } from '../../bench/lib/write-pages.ts'
import { read } from './doc-files.ts'

test('the pages say what the published figures say: npm run bench -- --pages', async () => {
  for (const [file, text] of await pagesOfFigures()) expect(await read(file), file).toBe(text)
})

test('each published figure has its command, and all together take at most 25 minutes', async () => {
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }
  for (const { name } of FIGURES) expect(scripts).toHaveProperty(`bench:${name}`)
  expect(FIGURES.reduce((sum, { minutes }) => sum + minutes, 0)).toBeLessThanOrEqual(25)
})
