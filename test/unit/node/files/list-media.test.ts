import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ApiRefusal } from '../../../../src/api/modules.ts'
import { listMedia } from '../../../../src/node/files/list-media.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

async function house() {
  const root = await realpath(await tempDir())
  const [films, shows] = [join(root, 'films'), join(root, 'shows')]
  for (const folder of [films, shows, join(root, 'secret'), join(films, 'new'), join(films, '.git')])
    await mkdir(folder)
  for (const file of ['films/b.mkv', 'films/a.mkv', 'films/.hidden', 'films/new/c.mkv', 'shows/a.mkv', 'secret/key'])
    await writeFile(join(root, file), file)
  await symlink(join(root, 'secret', 'key'), join(films, 'link'))
  await symlink(join(root, 'secret'), join(films, 'door'))
  await symlink(join(shows, 'a.mkv'), join(films, 'inside'))
  await symlink(join(root, 'nowhere'), join(films, 'dangling'))
  return { root, films, media: [films, shows] }
}

test('what lies in the media folders, without what is hidden or leads out of them', async () => {
  const { media } = await house()
  expect(await listMedia(media, '')).toEqual(['a.mkv', 'b.mkv', 'inside', 'new/'])
  // One that is not mounted hides none of the others.
  expect(await listMedia(['/nowhere', ...media], '')).toHaveLength(4)
})

test('folders in them, and they themselves', async () => {
  const { films, media } = await house()
  for (const folder of ['new', 'new/', join(films, 'new')]) expect(await listMedia(media, folder)).toEqual(['c.mkv'])
  for (const folder of [films, `${films}/`])
    expect(await listMedia(media, folder)).toEqual(['a.mkv', 'b.mkv', 'inside', 'new/'])
})

test.for(['..', '../secret', 'new/../../secret', 'door', '.git', 'a.mkv', 'nowhere', '/', '/etc', 'new\0'])(
  '%j is refused',
  async (folder) => {
    const { media } = await house()
    await expect(listMedia(media, folder)).rejects.toBeInstanceOf(ApiRefusal)
  }
)

test('a folder of thousands is cut', async () => {
  const root = await realpath(await tempDir())
  await Promise.all(Array.from({ length: 5_100 }, async (_, n) => writeFile(join(root, `f${n}`), '')))
  expect(await listMedia([root], '')).toHaveLength(5_000)
})
