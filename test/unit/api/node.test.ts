import { expect, test } from 'vitest'
import { ApiRefusal } from '../../../src/api/refusal.ts'
import { nodeStatus, peerStatus, type PeerStatus } from '../../../src/api/schemas/index.ts'
import { createStandingsPort } from '../../../src/node/http/standings.ts'
import { createApiBench } from '../../fixtures/api-bench.ts'
import { OWNER, WORKER } from '../../fixtures/protocol-samples.ts'
import { peer } from '../node/cli/fixtures.ts'
import { BANDWIDTH_MIN } from '../../../src/swarm/protocol/index.ts'

const other: PeerStatus = peer({ peerId: WORKER, name: 'other', path: 'relayed', latencyMs: 31, trust: 'barred' })
const body = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' }
})

test('peers, one of them, this node, and one that nobody knows', async () => {
  const bench = createApiBench([], { peers: [other] })
  expect(await (await bench.request('/api/v2/peers')).json()).toEqual([other])
  expect(await (await bench.request(`/api/v2/peers/${WORKER}`)).json()).toEqual(other)
  const self: unknown = await (await bench.request(`/api/v2/peers/${OWNER}`)).json()
  expect(peerStatus.strict().parse(self)).toMatchObject({ peerId: OWNER, trust: 'self' })
  const unknown = await bench.request('/api/v2/peers/12D3KooWNobody')
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'unknown-peer' }])
})

test('the node, paused and given other slots', async () => {
  const bench = createApiBench([], { node: { paused: true, slots: 3 } })
  expect(nodeStatus.parse(await (await bench.request('/api/v2/node')).json())).toMatchObject({ slots: 3, paused: true })
  const answer = await bench.request('/api/v2/node', { method: 'PATCH', ...body({ paused: true, slots: 3 }) })
  expect([answer.status, await answer.json()]).toMatchObject([200, { paused: true, slots: 3 }])
  expect(bench.calls).toEqual([['change', { paused: true, slots: 3 }]])
})

test.for([0, BANDWIDTH_MIN])('a limit of %d bytes per second is one', async (rate) => {
  const bench = createApiBench()
  const answer = await bench.request('/api/v2/node', { method: 'PATCH', ...body({ uploadLimit: rate }) })
  expect([answer.status, bench.calls]).toEqual([200, [['change', { uploadLimit: rate }]]])
})

test.for([
  {},
  { slots: -1 },
  { slots: 1025 },
  { slots: 1.5 },
  { slots: '2' },
  { paused: 'yes' },
  { uploadLimit: BANDWIDTH_MIN - 1 },
  { downloadLimit: -1 },
  { uploadLimit: '2MiB/s' },
  { paused: true, workers: 2 },
  [],
  null
])('a change that is none is refused: %j', async (change) => {
  const bench = createApiBench()
  const answer = await bench.request('/api/v2/node', { method: 'PATCH', ...body(change) })
  expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'bad-request' }])
  expect(bench.calls).toEqual([])
})

test('a change that could not be written down says so', async () => {
  const bench = createApiBench()
  bench.refusal = new ApiRefusal('not-kept', 503, 'It counts, but is forgotten.')
  const answer = await bench.request('/api/v2/node', { method: 'PATCH', ...body({ slots: 0 }) })
  expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'not-kept' }])
})

test('a drain', async () => {
  const bench = createApiBench()
  expect((await bench.post('/api/v2/node/drain')).status).toBe(200)
  expect(bench.calls).toEqual([['drain']])
})

test('an announced sleep, and its end', async () => {
  const bench = createApiBench()
  const sleep = async (forSeconds: unknown) => (await bench.post('/api/v2/node/sleep', { forSeconds })).status
  expect([await sleep(60), await sleep(604_800)]).toEqual([200, 200])
  expect([await sleep(59), await sleep(604_801), await sleep(90.5), await sleep('8h')]).toEqual([400, 400, 400, 400])
  expect((await bench.request('/api/v2/node/sleep', { method: 'DELETE' })).status).toBe(200)
  expect(bench.calls).toEqual([['sleep', 60_000], ['sleep', 604_800_000], ['wake']])
})

test('a scene that is encoded here is stopped; another is not here', async () => {
  const bench = createApiBench()
  const stop = async (scene: string) => bench.request(`/api/v2/node/scenes/p1/${scene}`, { method: 'DELETE' })
  expect((await stop('0')).status).toBe(204)
  expect(bench.calls).toEqual([['giveBack', 'p1', 0]])
  const refused = await stop('1')
  expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'not-here' }])
  expect((await stop('x')).status).toBe(400)
})

test('a peer is trusted, banned and forgotten', async () => {
  const bench = createApiBench()
  const path = `/api/v2/peers/${WORKER}/standing`
  for (const standing of ['trusted', 'banned'])
    expect((await bench.request(path, { method: 'PUT', ...body({ standing }) })).status).toBe(204)
  expect((await bench.request(path, { method: 'DELETE' })).status).toBe(204)
  expect(bench.calls).toEqual([
    ['setStanding', WORKER, 'trusted'],
    ['setStanding', WORKER, 'banned'],
    ['forgetPeer', WORKER]
  ])
})

test.for([{}, { standing: 'self' }, { standing: null }, { standing: 'banned', more: 1 }, []])(
  'a standing that is none is refused: %j',
  async (change) => {
    const bench = createApiBench()
    const answer = await bench.request(`/api/v2/peers/${WORKER}/standing`, { method: 'PUT', ...body(change) })
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'bad-request' }])
    expect(bench.calls).toEqual([])
  }
)

test('a peer id that is none, and the own one, are refused by name', async () => {
  const kept: unknown[] = []
  const port = createStandingsPort({
    peerId: OWNER,
    node: { peers: () => [other] },
    standings: {
      set: async (...call) => void kept.push(call),
      forget: async (...call) => void kept.push(call)
    }
  })
  await port.set(WORKER, 'banned')
  await port.forget(WORKER)
  expect(kept).toEqual([[WORKER, 'banned', 'other'], [WORKER]])
  for (const id of ['', 'x', '..', `${WORKER}x`]) {
    await expect(port.set(id, 'banned')).rejects.toMatchObject({ code: 'bad-peer-id', field: 'id' })
    await expect(port.forget(id)).rejects.toMatchObject({ code: 'bad-peer-id' })
  }
  await expect(port.set(OWNER, 'banned')).rejects.toMatchObject({ code: 'own-peer', field: 'id' })
  expect(kept).toHaveLength(2)
})
