import { expect, test } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import { connect } from '../../fixtures/swarm-node.ts'
import { member } from '../../fixtures/swarm-member.ts'
import type { PeerStatus } from '../../../src/api/schemas/index.ts'

const FORBIDDEN = 'You are not allowed to do this!'
const ENDED = 'The project has already ended.'

/** B, and A which trusts whom `trusted` says; they are connected and B knows A's project. */
async function swarmOfTwo(trusted: 'b' | 'nobody', known: readonly Partial<PeerStatus>[] = []) {
  const b = await member({ known })
  const a = await member({ trust: trusted === 'b' ? [b.peer.id] : [] })
  const { projectId } = await a.peer.announce()
  await connect(b.peer.node, a.peer.node)
  await eventually('b knows the project', () => b.peer.book.views.has(projectId))
  return { a, b, projectId }
}

test('at B, for a project of A, who trusts B: as at A', async () => {
  const { a, b, projectId } = await swarmOfTwo('b')
  expect(await b.post(`/api/modify_project/${projectId}`, { priority: -2.5 })).toEqual([200, { success: true }])
  expect([a, b].map(({ peer }) => peer.book.views.get(projectId)?.priority)).toEqual([-2.5, -2.5])
  expect(await b.post(`/api/v2/projects/${projectId}/cancel`)).toEqual([200, { cancelled: true }])
  expect([a, b].map(({ peer }) => peer.book.views.get(projectId)?.end?.state)).toEqual(['cancelled', 'cancelled'])
  expect(await b.post(`/api/v2/projects/${projectId}/cancel`)).toMatchObject([
    409,
    { code: 'already-ended', detail: ENDED }
  ])
  // Nothing has to be done for the priority that it has.
  expect(await b.post(`/api/modify_project/${projectId}`, { priority: '-2.5' })).toEqual([200, { success: true }])
  const refused = 'The project has ended (cancelled), so its priority cannot change any more.'
  for (const at of [a, b])
    expect(await at.post(`/api/modify_project/${projectId}`, { priority: 1 })).toEqual([
      200,
      { success: false, reason: refused }
    ])
  expect(await b.post(`/api/delete_project/${projectId}`)).toEqual([200, { success: true }])
  expect([await a.ids(), await b.ids()]).toEqual([[], []])
  const missing = { success: false, reason: 'Project does not exist.' }
  expect(await b.post(`/api/delete_project/${projectId}`)).toEqual([200, missing])
})

test('A does not trust B, though it is near: refused, and nothing changes', async () => {
  const { a, b, projectId } = await swarmOfTwo('nobody')
  const reason = { success: false, reason: FORBIDDEN }
  expect(await b.post(`/api/modify_project/${projectId}`, { priority: 3 })).toEqual([200, reason])
  expect(await b.post(`/api/delete_project/${projectId}`)).toEqual([200, reason])
  expect(await b.post(`/api/v2/projects/${projectId}/cancel`)).toMatchObject([
    403,
    { code: 'not-allowed', detail: FORBIDDEN }
  ])
  expect(a.peer.book.views.get(projectId)?.head.seq).toBe(0)
  // Its own node may.
  expect(await a.post(`/api/v2/projects/${projectId}/cancel`)).toEqual([200, { cancelled: true }])
})

test('A has removed it, which B has not heard yet', async () => {
  const { a, b, projectId } = await swarmOfTwo('b')
  b.peer.gossip.stop()
  await a.post(`/api/delete_project/${projectId}`)
  expect(await b.post(`/api/v2/projects/${projectId}/cancel`)).toMatchObject([404, { code: 'unknown-project' }])
})

test('A is away: B says who is missing, and that nothing was changed', async () => {
  const known: Partial<PeerStatus>[] = []
  const { a, b, projectId } = await swarmOfTwo('b', known)
  known.push({ peerId: a.peer.id, name: 'attic\u001b[2J' })
  await a.peer.leave()
  const [status, body] = await b.post(`/api/v2/projects/${projectId}/cancel`)
  const { code, detail } = body as { code: string; detail: string }
  expect([status, code]).toEqual([503, 'owner-unreachable'])
  expect(detail).toBe(
    `The project belongs to attic?[2J (${a.peer.id}), which cannot be reached now. Nothing was changed. Try again when it is back.`
  )
  expect(await b.post(`/api/delete_project/${projectId}`)).toEqual([200, { success: false, reason: detail }])
  expect(b.peer.book.views.get(projectId)?.end).toBeUndefined()
})
