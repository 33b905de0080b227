import { expect, onTestFinished, test } from 'vitest'
import { createApp } from '../../../src/api/app.ts'
import { createApiPorts } from '../../../src/node/http/ports.ts'
import { createCarryOut, createForward } from '../../../src/node/http/commands.ts'
import { createHeard } from '../../../src/node/peers/heard.ts'
import { createDirectories } from '../../../src/node/http/directories.ts'
import { createEncoders } from '../../../src/node/http/encoders.ts'
import { foundEncoders } from '../../fixtures/found-encoders.ts'
import { createLogRing } from '../../../src/node/log/log-ring.ts'
import { createTrust } from '../../../src/node/peers/trust.ts'
import { createCommandExchange } from '../../../src/swarm/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, silent } from '../../fixtures/swarm-node.ts'
import { swarmPeer, type SwarmPeer } from '../../fixtures/swarm-peer.ts'
import type { AnalysisCache } from '../../../src/encode/index.ts'
import type { PeerStatus } from '../../../src/api/schemas/index.ts'
import type { OwnerService } from '../../../src/node/owner/owner-service.ts'
import type { BlobExchange } from '../../../src/swarm/index.ts'
import type { BlobStore } from '../../../src/storage/index.ts'
import type { EndState, LogBody } from '../../../src/swarm/protocol/index.ts'

const FORBIDDEN = 'You are not allowed to do this!'
const ENDED = 'The project has already ended.'

/** What an owner does to its log, with nothing to encode. */
function ownerOf(peer: SwarmPeer): Pick<OwnerService, 'cancel' | 'remove' | 'setPriority'> {
  async function write(projectId: string, body: LogBody): Promise<boolean> {
    if (peer.book.views.get(projectId)?.end != null && !(body.type === 'end' && body.end.state === 'removed'))
      return false
    await peer.gossip.publish('log', await peer.append(projectId, body))
    return true
  }
  const end = (state: EndState): LogBody => ({
    type: 'end',
    end: { state, reason: state, outputSha256: '', outputBytes: 0, endedAtMs: 1 }
  })
  return {
    cancel: async (projectId) => write(projectId, end('cancelled')),
    remove: async (projectId) => void (await write(projectId, end('removed'))),
    setPriority: async (projectId, priority) => write(projectId, { type: 'update', priority })
  }
}

interface Member {
  readonly peer: SwarmPeer
  /** A POST to this node's API: status and body. */
  readonly post: (path: string, body?: object) => Promise<[number, unknown]>
  readonly ids: () => Promise<string[]>
}

/** A node with everything that a command passes, from HTTP to the owner's log. */
async function member(trust: readonly string[] = [], known: readonly Partial<PeerStatus>[] = []): Promise<Member> {
  const peer = await swarmPeer()
  const { node, signer, book, sync } = peer
  const carryOut = createCarryOut({ peerId: peer.id, book, owner: ownerOf(peer) })
  const { obeys } = createTrust(node, { bootstrap: [], trust })
  const commands = createCommandExchange({ node, signer, log: silent, obeys }, carryOut)
  await commands.start()
  onTestFinished(async () => commands.stop())
  const unused = undefined as unknown
  const ports = createApiPorts(
    {
      peerId: peer.id,
      book,
      blobs: unused as BlobStore,
      exchange: unused as BlobExchange,
      owner: {
        submit: async () => [],
        jobOf: () => undefined,
        stateOf: () => undefined,
        checkOutputs: () => {},
        retry: async () => false,
        setOutput: async () => false
      },
      analyses: unused as AnalysisCache,
      found: foundEncoders().found,
      outputs: { of: async () => undefined, find: async () => undefined },
      clips: { get: async () => Promise.reject(new Error('not asked for')) },
      heard: createHeard(book),
      idleOf: () => undefined,
      history: { of: () => [], since: () => [] },
      carryOut,
      forward: createForward({ commands, book, sync }),
      directories: createDirectories([]),
      logs: createLogRing(),
      uploads: { list: async () => [], handle: async () => new Response() },
      uploadPath: async () => undefined,
      encoders: createEncoders(foundEncoders()),
      node: {
        peers: () => known as PeerStatus[],
        status: () => Promise.reject(new Error('not asked for')) as never,
        change: async () => {},
        drain: () => {}
      }
    },
    { media: [] }
  )
  const app = createApp(
    { ...ports, health: { missing: () => [], metrics: async () => '' } },
    { token: 't', host: '127.0.0.1', remoteAddress: () => '127.0.0.1', log: silent }
  )
  const headers = { host: 'localhost', 'content-type': 'application/json' }
  return {
    peer,
    post: async (path, body = {}) => {
      const answer = await app.request(path, { method: 'POST', headers, body: JSON.stringify(body) })
      return [answer.status, await answer.json()]
    },
    ids: async () => {
      const answer = await app.request('/api/v2/projects', { headers })
      return ((await answer.json()) as { items: { projectId: string }[] }).items.map(({ projectId }) => projectId)
    }
  }
}

/** B, and A which trusts whom `trusted` says; they are connected and B knows A's project. */
async function swarmOfTwo(trusted: 'b' | 'nobody', known: readonly Partial<PeerStatus>[] = []) {
  const b = await member([], known)
  const a = await member(trusted === 'b' ? [b.peer.id] : [])
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
  const refused = { success: false, reason: ENDED }
  expect(await b.post(`/api/modify_project/${projectId}`, { priority: 1 })).toEqual([200, refused])
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
