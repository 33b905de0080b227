import { expect, test, vi } from 'vitest'
import { WASTE } from '../../../src/swarm/doors/door-limits.ts'
import { encodeBeat, LIMITS, type Beat } from '../../../src/swarm/protocol/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { hashNo, planNo, WORKER } from '../../fixtures/protocol-samples.ts'
import { connect } from '../../fixtures/swarm-node.ts'
import { swarmPeer, type SwarmPeer } from '../../fixtures/swarm-peer.ts'

async function beat(owner: SwarmPeer, projectId: string, beatNo: number): Promise<void> {
  const soft: Beat = {
    projectId,
    epoch: 1,
    beatNo,
    state: 'encoding',
    sceneStates: ['open'],
    leases: [],
    fps: beatNo,
    failures: [],
    seq: 0
  }
  owner.book.sayBeat(soft, await owner.signer.sign('beat', encodeBeat(soft)))
}

/** A project with so many accepted scenes. */
async function project(owner: SwarmPeer, scenes: number): Promise<string> {
  const { projectId } = await owner.announce()
  const plans = Array.from({ length: scenes }, (_, index) => planNo(index, index * 10, 10))
  for (let at = 0; at < scenes; at += LIMITS.scenesPerRecordMax)
    await owner.append(projectId, { type: 'scenes', scenes: plans.slice(at, at + LIMITS.scenesPerRecordMax) })
  await owner.append(projectId, { type: 'planned', scenes, frames: scenes * 10 })
  for (let scene = 0; scene < scenes; scene += 1) {
    await owner.append(projectId, {
      type: 'accept',
      accept: {
        scene,
        result: { sha256: hashNo(scene), bytes: 5 },
        worker: WORKER,
        epoch: 1,
        attempt: scene,
        encodeMs: 1
      }
    })
  }
  return projectId
}

test('a late joiner gets every log and the newest beat, also of owners that are gone', async () => {
  const [owner, other, neighbour] = await Promise.all([swarmPeer(), swarmPeer(), swarmPeer()])
  const long = await project(owner, LIMITS.syncRecordsMax + 50)
  const short = await project(other, 2)
  await beat(owner, long, 3)
  await beat(owner, long, 4)
  await connect(neighbour.node, owner.node)
  await connect(neighbour.node, other.node)
  const knowsAll = (peer: SwarmPeer): boolean =>
    // What an owner knows of its own: of the other's it may have been reading a part when it left.
    [[owner, long] as const, [other, short] as const].every(
      ([source, id]) => peer.book.views.get(id)?.head.seq === source.book.views.get(id)?.head.seq
    )
  await eventually('the neighbour knows all', () => knowsAll(neighbour))
  await eventually('and the beat', () => neighbour.book.beats.get(long)?.beatNo === 4)
  await owner.leave()
  await other.leave()

  const late = await swarmPeer()
  await connect(late.node, neighbour.node)
  await eventually('the late joiner knows all', () => knowsAll(late))
  await eventually('and the beat', () => late.book.beats.get(long)?.beatNo === 4)
  for (const [id, source] of [
    [long, owner],
    [short, other]
  ] as const)
    expect(late.book.views.get(id)).toEqual(source.book.views.get(id))
})

test('what both lack goes both ways, and a pull brings what came since', async () => {
  const [a, b] = await Promise.all([swarmPeer(), swarmPeer()])
  const ofA = await project(a, 3)
  const ofB = await project(b, 3)
  // Nothing is gossiped here but by sync.
  await connect(a.node, b.node)
  await eventually(
    'both know both',
    () => a.book.views.get(ofB)?.head.seq === 5 && b.book.views.get(ofA)?.head.seq === 5
  )
  await a.append(ofA, { type: 'update', priority: 9 })
  b.sync.pull(a.id)
  b.sync.pull(a.id)
  b.sync.pull('12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf')
  await eventually('the change is there', () => b.book.views.get(ofA)?.priority === 9)
})

test('[RULE 86] a neighbour that is told of nothing gives each record once', async () => {
  const [giver, reader] = await Promise.all([swarmPeer(), swarmPeer({ toldTo: () => () => false })])
  const id = await project(giver, 3)
  await connect(reader.node, giver.node)
  await eventually('the log is there', () => reader.book.views.get(id)?.head.seq === 5)
  const ingest = vi.spyOn(reader.book, 'ingest')
  await giver.append(id, { type: 'update', priority: 9 })
  reader.sync.pull(giver.id)
  await eventually('the change is there', () => reader.book.views.get(id)?.priority === 9)
  expect(ingest).toHaveBeenCalledTimes(1)
})

test('records that do not fit are passed over and the rest is taken', async () => {
  const [liar, reader] = await Promise.all([swarmPeer(), swarmPeer()])
  const good = await project(liar, 2)
  const { createStreamIO } = await import('../../../src/swarm/stream-io.ts')
  const { SYNC_PROTOCOL } = await import('../../../src/swarm/sync/sync.ts')
  const { encodeSyncReply } = await import('../../../src/swarm/protocol/index.ts')
  await liar.node.unhandle(SYNC_PROTOCOL)
  await liar.node.handle(SYNC_PROTOCOL, async (stream) => {
    const io = createStreamIO(stream)
    await io.readFrame(1 << 20)
    for await (const reply of liar.book.answer([])) {
      const garbage = Array.from({ length: 3 }, (_, index) => new Uint8Array(50).fill(index))
      await io.writeFrame(encodeSyncReply({ ...reply, records: [...garbage, ...reply.records], beats: garbage }))
    }
    await io.end()
  })
  await connect(reader.node, liar.node)
  await eventually('the good ones are in', () => reader.book.views.get(good)?.head.seq === 4)
})

test('a neighbour that has more all the time is asked once a second', async () => {
  const [teaser, reader] = await Promise.all([swarmPeer(), swarmPeer()])
  const { createStreamIO } = await import('../../../src/swarm/stream-io.ts')
  const { SYNC_PROTOCOL } = await import('../../../src/swarm/sync/sync.ts')
  const { encodeSyncReply } = await import('../../../src/swarm/protocol/index.ts')
  let asked = 0
  await teaser.node.unhandle(SYNC_PROTOCOL)
  await teaser.node.handle(SYNC_PROTOCOL, async (stream) => {
    const io = createStreamIO(stream)
    await io.readFrame(1 << 20)
    asked += 1
    await io.writeFrame(encodeSyncReply({ records: [], beats: [], titles: [], more: false }))
    await io.end()
  })
  await connect(reader.node, teaser.node)
  await eventually('it was asked at the beginning', () => asked > 0)
  const before = asked
  const began = performance.now()
  const tease = setInterval(() => reader.sync.pull(teaser.id), 1)
  try {
    await eventually('it was asked again and again', () => asked >= before + 3)
  } finally {
    clearInterval(tease)
  }
  // A second each, however often it was wanted; one of before may come late, and the first waits for none.
  expect(asked - before).toBeLessThanOrEqual((performance.now() - began) / 1000 + 2)
})

test('a neighbour that gives without end what nobody can take is cut off, and asked again later', async () => {
  const [liar, reader] = await Promise.all([swarmPeer(), swarmPeer()])
  const { createStreamIO } = await import('../../../src/swarm/stream-io.ts')
  const { SYNC_PROTOCOL } = await import('../../../src/swarm/sync/sync.ts')
  const { encodeSyncReply } = await import('../../../src/swarm/protocol/index.ts')
  const good = await project(liar, 2)
  const garbage = Array.from({ length: 16 }, () => new Uint8Array(LIMITS.envelopeBytesMax))
  const reply = encodeSyncReply({ records: garbage, beats: [], titles: [], more: true })
  const given: number[] = []
  let isHonest = false
  await liar.node.unhandle(SYNC_PROTOCOL)
  await liar.node.handle(SYNC_PROTOCOL, async (stream) => {
    const io = createStreamIO(stream)
    await io.readFrame(1 << 20)
    if (isHonest) {
      for await (const answer of liar.book.answer([])) await io.writeFrame(encodeSyncReply(answer))
      return io.end()
    }
    let bytes = 0
    try {
      for (;;) {
        await io.writeFrame(reply)
        bytes += reply.byteLength
      }
    } catch {
      given.push(bytes)
    }
    return undefined
  })
  await connect(reader.node, liar.node)
  await eventually('the reader has enough', () => given.length > 0)
  // Its allowance, and what was under way.
  expect(given[0]).toBeLessThan(2 * WASTE.refusedBurst + 16 * (1 << 20))
  isHonest = true
  reader.sync.pull(liar.id)
  await eventually('the good ones are in', () => reader.book.views.get(good)?.head.seq === 4)
})
