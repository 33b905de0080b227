import { mkdir, realpath, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directory } from '../../../src/api/schemas/index.ts'
import { createApiBench } from '../../fixtures/api-bench.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

/** `media` with films, folders, links and what is not to be seen, and `outside` beside it. */
async function library() {
  const root = await realpath(await tempDir())
  const [media, outside] = [join(root, 'media'), join(root, 'outside')]
  for (const folder of ['series', '.hidden', 'empty']) await mkdir(join(media, folder), { recursive: true })
  await mkdir(join(outside, 'deep'), { recursive: true })
  for (const name of ['film 10.mkv', 'film 2.MP4', 'notes.txt', '.secret.mkv', 'series/one.webm', '.hidden/x.mkv'])
    await writeFile(join(media, name), 'film')
  await writeFile(join(outside, 'other.mkv'), 'x')
  await utimes(join(media, 'film 2.MP4'), 1000, 2000)
  await symlink(join(outside, 'other.mkv'), join(media, 'leads-out.mkv'))
  await symlink(outside, join(media, 'leads-out'))
  await symlink(join(media, 'series'), join(media, 'link'))
  await symlink(join(media, 'nowhere'), join(media, 'dangling.mkv'))
  const bench = createApiBench([], { media: [media] })
  const ask = async (path?: string): Promise<Response> =>
    bench.request(`/api/v2/directories${path == null ? '' : `?path=${encodeURIComponent(path)}`}`)
  return { media, outside, ask, list: async (path?: string) => directory.parse(await (await ask(path)).json()) }
}

test('without a path the media folders', async () => {
  const { media, list } = await library()
  expect(await list()).toEqual({
    path: null,
    parent: null,
    entries: [{ name: media, path: media, type: 'folder', bytes: null, modifiedMs: null }],
    more: false
  })
})

test('folders, then videos, in natural order; what is hidden, no video or leads outside is not there', async () => {
  const { media, list } = await library()
  const { entries, parent, more } = await list(media)
  expect(entries.map(({ name, type }) => [name, type])).toEqual([
    ['empty', 'folder'],
    ['link', 'folder'],
    ['series', 'folder'],
    ['film 2.MP4', 'file'],
    ['film 10.mkv', 'file']
  ])
  expect(entries.at(-2)).toMatchObject({ path: join(media, 'film 2.MP4'), bytes: 4, modifiedMs: 2_000_000 })
  expect([parent, more]).toEqual([null, false])
})

test('a folder below, and one through a link, by its real path', async () => {
  const { media, list } = await library()
  const series = { path: join(media, 'series'), parent: media, entries: [{ name: 'one.webm' }] }
  expect(await list(join(media, 'series'))).toMatchObject(series)
  expect(await list(join(media, 'link'))).toMatchObject(series)
})

test.for(['..', 'leads-out', 'leads-out/deep', '.hidden', 'nowhere', 'film 10.mkv', 'series/../..', 'a\0b'])(
  'not to be seen: %j',
  async (path) => {
    const { media, ask } = await library()
    const answer = await ask(`${media}/${path}`)
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not-found' }])
  }
)

test('relative paths, the outside and a root beside it are not to be seen', async () => {
  const { media, outside, ask } = await library()
  for (const path of ['series', outside, `${media}-other`, '/', '/etc'])
    expect((await ask(path)).status, path).toBe(404)
  expect((await ask('x'.repeat(5000))).status).toBe(400)
})

test('at most a thousand, and it says that there are more', async () => {
  const { media, list } = await library()
  const many = join(media, 'empty')
  await Promise.all(Array.from({ length: 1001 }, async (_, n) => writeFile(join(many, `${n}.mkv`), '')))
  const { entries, more } = await list(many)
  expect([entries.length, more, entries[2]?.name]).toEqual([1000, true, '2.mkv'])
})
