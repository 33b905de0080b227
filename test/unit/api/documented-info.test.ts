import { expect, test } from 'vitest'
import { ApiRefusal } from '../../../src/api/modules.ts'
import { beatOf, bearer, createApiBench, viewOf } from '../../fixtures/api-bench.ts'

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

test('list_directory: names, or the reason in the shape of the documented calls', async () => {
  const api = createApiBench()
  expect(await (await api.request('/api/list_directory')).json()).toEqual(['1.mkv', 'more/'])
  await api.request('/api/list_directory?path=more%2F')
  expect(api.calls).toEqual([
    ['list', ''],
    ['list', 'more/']
  ])
  api.refusal = new ApiRefusal('not-found', 404, 'There is no such folder.')
  const refused = await api.request('/api/list_directory?path=x')
  expect([refused.status, await refused.json()]).toEqual([200, { success: false, reason: 'There is no such folder.' }])
})
