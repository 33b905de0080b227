import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryPlace } from '../../../src/encode/index.ts'
import { tempFolder } from '../../fixtures/encode-clips.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let output: string

beforeEach(async () => {
  folder = await tempFolder()
  output = join(folder.path, 'film.mkv')
})
afterEach(async () => folder.remove())

test('several submissions may try one place at once, and nothing is left there', async () => {
  await Promise.all(Array.from({ length: 40 }, async () => tryPlace(output)))
  expect(await readdir(folder.path)).toEqual([])
})

test('a trial leaves a file alone that has the name of the output', async () => {
  await writeFile(output, 'a film')
  await tryPlace(output)
  expect(await readdir(folder.path)).toEqual(['film.mkv'])
  expect(await readFile(output, 'utf8')).toBe('a film')
})
