import { expect, onTestFinished, test } from 'vitest'
import { createSessions, type Session } from '../../../src/swarm/index.ts'
import { SESSION_PROTOCOL } from '../../../src/swarm/session/session.ts'
import { createStreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { PROJECT } from '../../fixtures/protocol-samples.ts'
import { nodePair, silent } from '../../fixtures/swarm-node.ts'
import type { SessionMessage } from '../../../src/swarm/protocol/index.ts'

const renew = (frames: number): SessionMessage => ({
  type: 'renew',
  token: { projectId: PROJECT, scene: 1, epoch: 1, attempt: 1 },
  pass: 1,
  frames
})

/** A session with what came through it. */
interface Heard {
  readonly session: Session
  readonly messages: SessionMessage[]
  closed: number
}

function listen(session: Session): Heard {
  const heard: Heard = { session, messages: [], closed: 0 }
  session.onMessage = (message) => heard.messages.push(message)
  session.onClose = () => (heard.closed += 1)
  return heard
}

test('garbage ends a session, and nothing of it is delivered', async () => {
  const [a, b] = await nodePair()
  const sessions = createSessions({ node: b, log: silent })
  const incoming = Promise.withResolvers<Heard>()
  await sessions.start((session) => incoming.resolve(listen(session)))
  onTestFinished(async () => sessions.stop())
  const io = createStreamIO(await a.dialProtocol(b.peerId, SESSION_PROTOCOL))
  await io.writeFrame(Uint8Array.of(255, 255, 255))
  const heard = await incoming.promise
  await eventually('the session is closed', () => heard.closed === 1)
  expect(heard.messages).toEqual([])
})

test('a connection that is cut closes both sides', async () => {
  const [a, b] = await nodePair()
  const [mine, theirs] = [createSessions({ node: a, log: silent }), createSessions({ node: b, log: silent })]
  const incoming = Promise.withResolvers<Heard>()
  await theirs.start((session) => incoming.resolve(listen(session)))
  const near = listen(await mine.open(b.peerId.toString()))
  near.session.send(renew(1))
  const far = await incoming.promise
  for (const connection of a.getConnections()) connection.abort(new Error('the cable'))
  await eventually('both are closed', () => near.closed === 1 && far.closed === 1)
})

test('an owner that is not there cannot be opened', async () => {
  const [a, b] = await nodePair()
  await b.stop()
  const sessions = createSessions({ node: a, log: silent })
  await expect(sessions.open(b.peerId.toString())).rejects.toThrow()
})
