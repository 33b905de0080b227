import { readFile, stat } from 'node:fs/promises'
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
