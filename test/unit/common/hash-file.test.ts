import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hashFile, measureFile } from '../../../src/common/hash-file.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

test.each([0, 1, 256 * 1024, 256 * 1024 + 1])('a file of %i bytes has the hash of its bytes', async (bytes) => {
  const path = join(await tempDir(), 'file')
  const data = randomBytes(bytes)
  await writeFile(path, data)
  const sha256 = createHash('sha256').update(data).digest('hex')
  expect(await measureFile(path)).toEqual({ bytes, sha256 })
  expect(await hashFile(path)).toBe(sha256)
})

test('it stops with the reason of its signal', async () => {
  const path = join(await tempDir(), 'file')
  await writeFile(path, 'x')
  const reason = new Error('stopping')
  await expect(hashFile(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})
