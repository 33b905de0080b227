import { describe, expect, onTestFinished, test } from 'vitest'
import { createSessions } from '../../src/swarm/index.ts'
import { eventually } from '../fixtures/eventually.ts'
import { listen, renew, type Heard } from '../fixtures/heard-session.ts'
import { nodePair, silent, testNode } from '../fixtures/swarm-node.ts'
import { simulatedSessions } from '../fixtures/simulated-sessions.ts'

async function overStream(): Promise<{ near: Heard; far: Heard }> {
  const [a, b] = await nodePair()
  const [mine, theirs] = [createSessions({ node: a, log: silent }), createSessions({ node: b, log: silent })]
  const incoming = Promise.withResolvers<Heard>()
  await theirs.start((session) => incoming.resolve(listen(session)))
  onTestFinished(async () => theirs.stop())
  const near = listen(await mine.open(b.peerId.toString()))
  near.session.send(renew(0))
  const far = await incoming.promise
  await eventually('the first message', () => far.messages.length === 1)
  far.messages.length = 0
  expect([near.session.peer, far.session.peer]).toEqual([b.peerId.toString(), a.peerId.toString()])
  return { near, far }
}

async function withSelf(): Promise<{ near: Heard; far: Heard }> {
  const node = await testNode()
  const sessions = createSessions({ node, log: silent })
  const incoming = Promise.withResolvers<Heard>()
  await sessions.start((session) => incoming.resolve(listen(session)))
  onTestFinished(async () => sessions.stop())
  const self = node.peerId.toString()
  const near = listen(await sessions.open(self))
  const far = await incoming.promise
  expect([near.session.peer, far.session.peer]).toEqual([self, self])
  return { near, far }
}

async function simulated(): Promise<{ near: Heard; far: Heard }> {
  const { near, far } = await simulatedSessions({ withSelf: false })
  return { near: listen(near), far: listen(far) }
}

async function simulatedWithSelf(): Promise<{ near: Heard; far: Heard }> {
  const { near, far } = await simulatedSessions({ withSelf: true })
  return { near: listen(near), far: listen(far) }
}

describe.for([
  { name: 'over a stream', open: overStream },
  { name: 'with oneself', open: withSelf },
  { name: 'of the simulation', open: simulated },
  { name: 'of the simulation, with oneself', open: simulatedWithSelf }
])('$name', ({ open }) => {
  test('order is kept both ways', async () => {
    const { near, far } = await open()
    const sent = Array.from({ length: 500 }, (_, index) => renew(index))
    for (const message of sent) {
      near.session.send(message)
      far.session.send(message)
    }
    await eventually('all came', () => near.messages.length === 500 && far.messages.length === 500)
    expect(far.messages).toEqual(sent)
    expect(near.messages).toEqual(sent)
  })

  test('nothing is delivered inside the call that sends it', async () => {
    const { near, far } = await open()
    near.session.send(renew(1))
    expect(far.messages).toEqual([])
    await eventually('it came', () => far.messages.length === 1)
  })

  test('what was sent before closing still comes, then both sides are closed, once', async () => {
    const { near, far } = await open()
    const sent = Array.from({ length: 200 }, (_, index) => renew(index))
    for (const message of sent) near.session.send(message)
    near.session.close()
    near.session.close()
    near.session.send(renew(999))
    await eventually('both are closed', () => near.closed > 0 && far.closed > 0)
    expect(far.messages).toEqual(sent)
    far.session.close()
    far.session.send(renew(1))
    expect([near.closed, far.closed]).toEqual([1, 1])
  })

  test('the answering side may close as well', async () => {
    const { near, far } = await open()
    far.session.send(renew(7))
    far.session.close()
    await eventually('both are closed', () => near.closed === 1 && far.closed === 1)
    expect(near.messages).toEqual([renew(7)])
  })
})
