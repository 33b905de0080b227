import { mkdir, realpath, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkMounted, mountOf } from '../../../../src/node/owner/output-mount.ts'
import { smallDisk, whyNoSmallDisk } from '../../../fixtures/small-disk.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

test('on the disk of the root nothing is mounted, and nothing is checked', async () => {
  expect(await mountOf('/film.mkv')).toBeUndefined()
  expect(await mountOf('/no/such/folder/film.mkv')).toBeUndefined()
  await expect(checkMounted(undefined)).resolves.toBeUndefined()
})

test('a mounted disk is known by its folder, also from deep in it and through a link', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const disk = await smallDisk(2 ** 20)
  const folder = await realpath(disk.folder)
  await mkdir(join(folder, 'a/b'), { recursive: true })
  const link = join(await tempDir(), 'link')
  await symlink(join(folder, 'a'), link)
  for (const file of [join(folder, 'film.mkv'), join(folder, 'a/b/film.mkv'), join(link, 'film.mkv')])
    expect(await mountOf(file)).toBe(folder)
  await checkMounted(folder)
  await disk.unmount()
  await expect(checkMounted(folder)).rejects.toThrow(
    `the disk that was mounted at ${folder} when the film was submitted is not mounted`
  )
  await disk.mount()
  await checkMounted(folder)
})

test('a folder that is gone altogether is for those who open the file', async () => {
  await expect(checkMounted(join(await tempDir(), 'gone'))).resolves.toBeUndefined()
})
