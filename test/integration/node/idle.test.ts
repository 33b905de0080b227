import { createClockGap } from '../../../src/common/clock-gap.ts'
import { SESSION_PROTOCOL } from '../../../src/swarm/session/session.ts'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createPeerIdle } from '../../../src/node/idle/peer-idle.ts'
import { createPeerTable } from '../../../src/node/peers/peer-table.ts'
import {
  createWorkerService,
  type WorkerService,
  type WorkerServiceComponents
} from '../../../src/node/worker/worker-service.ts'
import { createSessions } from '../../../src/swarm/index.ts'
import { decodeNodeInfo, DEFAULT_TIMING, encodeNodeInfo, type NodeInfo } from '../../../src/swarm/protocol/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { PROBE } from '../../fixtures/owner-bench.ts'
import { announceSample } from '../../fixtures/protocol-samples.ts'
import { connect, silent } from '../../fixtures/swarm-node.ts'
import { swarmPeer, type SwarmPeer } from '../../fixtures/swarm-peer.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const { encoderBuild } = announceSample

/** The worker role of a real node that trusts whom it is told to. */
async function workerOf(
  peer: SwarmPeer,
  given: Pick<WorkerServiceComponents, 'isTrusted' | 'isBanned' | 'reach'>
): Promise<WorkerService> {
  const { node, book, signer } = peer
  const sessions = createSessions({ node, log: silent })
  const components = {
    book,
    signer,
    sessions,
    log: silent,
    probes: { make: async () => ({ build: encoderBuild, probe: PROBE }) },
    isFilmless: () => false,
    isConnected: (id: string) => node.getConnections().some(({ remotePeer }) => remotePeer.toString() === id),
    isDraining: () => false,
    noSandboxFor: () => undefined,
    restWords: () => '',
    maxPicture: () => undefined,
    seek: () => {},
    gap: createClockGap(),
    ...given
  } as unknown as WorkerServiceComponents
  const worker = createWorkerService(components, {
    slots: 1,
    queue: 0,
    threads: 1,
    nice: 0,
    timing: DEFAULT_TIMING,
    workDir: join(await tempDir(), 'work'),
    aheadDir: join(await tempDir(), 'ahead'),
    encoders: async () => [{ name: 'aom', program: 'aomenc', version: '3.6.0', build: encoderBuild }]
  })
  await worker.start()
  onTestFinished(async () => {
    await worker.stop()
    await sessions.stop()
  })
  return worker
}

/** What the owner shows of the worker after it heard this of it. */
function seenBy(owner: SwarmPeer, worker: string, info: NodeInfo) {
  const table = createPeerTable({
    node: owner.node,
    classOf: () => 'stranger',
    standings: { list: () => [] },
    workOf: () => ({ trust: 'trusted', fps: 0, scenesDone: 0, scenesRefused: 0 }),
    latencyOf: () => undefined,
    idleOf: createPeerIdle({
      peerId: owner.id,
      book: owner.book,
      stateOf: () => undefined,
      claimRefusal: () => undefined
    })
  })
  table.set(worker, decodeNodeInfo(encodeNodeInfo(info)))
  return table.list().find(({ peerId }) => peerId === worker)?.idle
}

const isSession = ({ protocol }: { readonly protocol: string }): boolean => protocol === SESSION_PROTOCOL

test('a worker that does not trust the owner says so at both ends, and asks as soon as it does', async () => {
  const [owner, other] = await Promise.all([swarmPeer(), swarmPeer()])
  const claims: string[] = []
  const sessions = createSessions({ node: owner.node, log: silent })
  await sessions.start((session) => {
    session.onMessage = ({ type }) => void claims.push(type)
  })
  onTestFinished(async () => sessions.stop())

  const reached: string[] = []
  let isTrusted = false
  let isBanned = false
  const worker = await workerOf(other, {
    isTrusted: () => isTrusted,
    isBanned: () => isBanned,
    reach: (peer) => void reached.push(peer)
  })
  const { projectId, envelope } = await owner.announce()
  await other.book.ingest(envelope)
  worker.refresh()
  await eventually('a reason', () => worker.idle.of(projectId)?.code === 'owner-away')
  // Where it is may be a reason to trust it: that takes a connection.
  expect(reached).toContain(owner.id)

  await connect(other.node, owner.node)
  worker.refresh()
  await eventually('the reason to be another', () => worker.idle.of(projectId)?.code === 'untrusted-owner')
  expect(worker.idle.of(projectId)?.reason).toBe(`its owner is not trusted (\`grav1 peers trust ${owner.id}\`)`)
  const told = { projectId, code: 'untrusted-owner', detail: '' }
  expect(worker.idle.told()).toEqual([told])
  const info: NodeInfo = {
    name: 'w',
    version: '1',
    slots: 1,
    busy: 0,
    encoders: [encoderBuild],
    health: 'ok',
    paused: false,
    idle: worker.idle.told()
  }
  expect(seenBy(owner, other.id, info)).toEqual([
    { projectId, code: 'untrusted-owner', reason: `does not trust its owner (\`grav1 peers trust ${owner.id}\` there)` }
  ])
  expect(claims).toEqual([])

  isTrusted = true
  worker.refresh()
  await eventually('a claim', () => claims.includes('claim'))
  await eventually('no reason', () => worker.idle.of(projectId) == null)
  expect(seenBy(owner, other.id, { ...info, idle: worker.idle.told() })).toEqual([])

  // Nothing is said of what a banned owner has, and nobody looks for it.
  isBanned = true
  isTrusted = false
  reached.length = 0
  worker.refresh()
  const next = await owner.announce()
  await other.book.ingest(next.envelope)
  worker.refresh()
  await eventually('the session ends', () =>
    other.node.getConnections().every(({ streams }) => !streams.some(isSession))
  )
  expect([worker.idle.list(), reached]).toEqual([[], []])
})
