import { spawnSync } from 'node:child_process'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeFileAtomic } from '../../../src/storage/index.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

test('a small file is replaced whole, for its user only', async () => {
  const path = join(await tempDir(), 'file')
  await writeFileAtomic(path, 'one')
  await writeFileAtomic(path, 'two')
  expect(await readFile(path, 'utf8')).toBe('two')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('of several writes at once each is whole, and the last one stays', async () => {
  const folder = await tempDir()
  const path = join(folder, 'file')
  const texts = Array.from({ length: 30 }, (_, n) => String(n).repeat(1000))
  const writes = texts.map(async (text) => {
    await writeFileAtomic(path, text)
    return readFile(path, 'utf8')
  })
  for (const text of await Promise.all(writes)) expect(texts).toContain(text)
  expect(await readFile(path, 'utf8')).toBe(texts.at(-1))
  expect(await readdir(folder)).toEqual(['file'])
})

test('what another process writes is left to it, and what one left that has ended is removed', async () => {
  const folder = await tempDir()
  const path = join(folder, 'file')
  const { pid: ended } = spawnSync(process.execPath, ['--version'])
  await writeFile(`${path}.${ended}.new`, 'half')
  await writeFile(`${path}.${process.ppid}.new`, 'half')
  await writeFileAtomic(path, 'one')
  expect((await readdir(folder)).toSorted()).toEqual(['file', `file.${process.ppid}.new`])
})
