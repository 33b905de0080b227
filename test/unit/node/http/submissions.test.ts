import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSubmissions } from '../../../../src/node/http/submissions.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

test('an upload is complete, and a file of a folder may be written to', async () => {
  const folder = await tempDir()
  const file = join(folder, 'film.mkv')
  await writeFile(file, 'film')
  const uploadPath = async (input: string) => (input === 'upload:1' ? file : undefined)
  const submissions = createSubmissions({ uploadPath }, { media: [folder] })
  const [upload, found] = await submissions(
    [
      { input: 'upload:1', encoder: 'aom' },
      { input: 'film.mkv', encoder: 'aom' }
    ],
    false
  )
  expect(upload).toMatchObject({ input: file, isComplete: true })
  expect(found).toMatchObject({ input: file })
  expect(found).not.toHaveProperty('isComplete')
})
