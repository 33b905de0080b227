import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../../../src/platform/index.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

test('makes what is missing, and leaves what is there', async () => {
  const folder = await tempDir()
  const path = join(folder, 'a', 'b', 'c')
  await makeFolder(path, 0o700)
  for (const made of [join(folder, 'a'), path]) expect((await stat(made)).mode & 0o777).toBe(0o700)
  await writeFile(join(path, 'kept'), '')
  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(path, 'd')), makeFolder(join(path, 'd'))])
  expect((await stat(join(path, 'kept'))).isFile()).toBe(true)
})

test('a file in the way is an error', async () => {
  const folder = await tempDir()
  await writeFile(join(folder, 'file'), '')
  await mkdir(join(folder, 'there'))
  for (const path of [join(folder, 'file'), join(folder, 'file', 'below')])
    await expect(makeFolder(path)).rejects.toThrow(/EEXIST|ENOTDIR/)
})

test.runIf(process.platform === 'linux').for(['/proc/nope', '/proc/nope/below', '/sys/nope'])(
  '%s cannot be made, and that is said at once',
  async (path) => {
    await expect(makeFolder(path)).rejects.toThrow(/ENOENT|EACCES|EPERM|EROFS/)
  }
)
