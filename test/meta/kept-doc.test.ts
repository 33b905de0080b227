import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CARRIED } from '../../src/encode/rules/index.ts'

const root = resolve(import.meta.dirname, '../..')
const lines = readFileSync(join(root, 'docs/kept.md'), 'utf8').split('\n')
const rows = lines.filter((line) => /^\| [^-]/.test(line)).map((line) => line.split('|').map((cell) => cell.trim()))

test('every property that is carried over stands in docs/kept.md as kept, and no other', () => {
  const named = rows.flatMap((cells) => {
    const property = /^`(\w+)`$/.exec(cells[2] ?? '')?.[1]
    return property === undefined ? [] : [{ property, fate: cells[3] ?? '' }]
  })
  expect(named.map(({ property }) => property).toSorted()).toEqual(CARRIED.toSorted())
  for (const { property, fate } of named) expect(fate, property).toMatch(/^kept/)
})

test('what is said stands in the code in these words', () => {
  const code = readdirSync(join(root, 'src/encode'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, 'src/encode', name))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
  const sentences = rows.flatMap((cells) =>
    cells.flatMap((cell) => {
      const quoted = /(?:said|refused)[^`]*`([^`]+)`/.exec(cell)?.[1]
      return quoted === undefined ? [] : [quoted]
    })
  )
  expect(sentences.length).toBeGreaterThan(8)
  for (const sentence of sentences) expect(code).toContain(sentence)
})

test('every row says what becomes of it', () => {
  for (const cells of rows.slice(1)) {
    const fates = cells.slice(2, -1).filter((cell) => cell !== '' && !/^`\w+`$/.test(cell))
    if (/what becomes/.test(cells.join(' '))) continue
    expect(fates.length, cells.join('|')).toBeGreaterThan(0)
    for (const fate of fates) expect(fate, cells.join('|')).toMatch(/^(?:kept|changed|said|refused|the same)/)
  }
})
