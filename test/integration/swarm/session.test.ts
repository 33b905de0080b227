import { expect, onTestFinished, test } from 'vitest'
import { createSessions } from '../../../src/swarm/index.ts'
import { SESSION_PROTOCOL } from '../../../src/swarm/session/session.ts'
import { createStreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { listen, renew, type Heard } from '../../fixtures/heard-session.ts'
import { nodePair, silent } from '../../fixtures/swarm-node.ts'

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
