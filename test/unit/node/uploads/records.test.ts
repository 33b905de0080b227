import { access, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openUploadRecords } from '../../../../src/node/uploads/records.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

test('an upload takes its room until its file is gone', async () => {
  const records = await openUploadRecords(await tempDir())
  const upload = { id: 'a'.repeat(32), name: 'film.mkv', bytes: 4, createdAtMs: 0, metadata: {} }
  await records.put(upload)
  await writeFile(records.fileOf(upload), 'film')
  const removal = records.remove(upload.id)
  expect(records.all.has(upload.id)).toBe(true)
  await removal
  expect(records.all.has(upload.id)).toBe(false)
  await expect(access(records.fileOf(upload))).rejects.toThrow('ENOENT')
})
