import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { beatOf, bearer, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

test('get_info: what this node is', async () => {
  const api = createApiBench()
  const info = { encoders: { aomenc: '3.6.0' }, actions: [], protocols: ['libp2p'], password: false }
  expect(await (await api.request('/api/get_info')).json()).toMatchObject(info)
  expect(await (await api.request('/api/get_info', { headers: bearer() })).json()).toMatchObject({ password: true })
})

test('get_home: what goes on, in frames an hour at the present speed', async () => {
  const before = Math.floor(Date.now() / 1000)
  const api = createApiBench([
    { beat: beatOf({ fps: 5.5 }) },
    { beat: beatOf({ fps: 2 }), view: viewOf({ scenes: [[50], [50], [50, 10]] }) },
    // Ended: its last beat says nothing any more.
    { beat: beatOf({ fps: 9 }), view: viewOf({ end: { state: 'cancelled' } }) }
  ])
  const home = (await (await api.request('/api/get_home')).json()) as { 'frames per hour': { since: number } }
  expect(home).toMatchObject({
    versions: { libaom: '3.6.0' },
    projects: 3,
    jobs: 3,
    'frames per hour': { frames: 27_000 }
  })
  expect(home['frames per hour'].since).toBeGreaterThanOrEqual(before)
})

/** Two media folders, and an API that serves them. */
async function house() {
  const root = await realpath(await tempDir())
  for (const folder of ['films/new', 'shows', 'secret']) await mkdir(join(root, folder), { recursive: true })
  for (const file of ['films/b.mkv', 'films/a.mkv', 'films/.h.mkv', 'films/new/c.mkv', 'shows/a.mkv', 'secret/s.mkv'])
    await writeFile(join(root, file), '')
  await symlink(join(root, 'secret', 's.mkv'), join(root, 'films', 'link.mkv'))
  const api = createApiBench([], { media: [join(root, 'films'), join(root, 'shows')] })
  const list = async (path?: string): Promise<unknown> => {
    const answer = await api.request(`/api/list_directory${path == null ? '' : `?path=${encodeURIComponent(path)}`}`)
    expect(answer.status).toBe(200)
    return answer.json()
  }
  return { root, list }
}

test('list_directory: names that input may have, in all media folders or in one below them', async () => {
  const { root, list } = await house()
  expect(await list()).toEqual(['a.mkv', 'b.mkv', 'new/'])
  for (const path of ['new', 'new/', join(root, 'films', 'new')]) expect(await list(path)).toEqual(['c.mkv'])
})

test.for(['..', '../secret', 'new/../../secret', 'nowhere', 'link.mkv', '/', '/etc', 'new\0'])(
  'list_directory?path=%j is refused in the shape of the documented calls',
  async (path) => {
    const { list } = await house()
    expect(await list(path)).toEqual({ success: false, reason: 'There is no such folder below the media folders.' })
  }
)
