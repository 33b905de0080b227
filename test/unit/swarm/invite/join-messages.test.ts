import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, test } from 'vitest'
import { answerTo, askFor, openQuestion, refuse } from '../../../../src/swarm/invite/join-messages.ts'
import { newEphemeral, seal, unseal } from '../../../../src/swarm/invite/sealed-key.ts'
import { newSecret, ticketOf } from '../../../../src/swarm/invite/ticket.ts'
import {
  decodeJoinReply,
  decodeJoinRequest,
  encodeJoinReply,
  encodeJoinRequest,
  joinProof,
  LIMITS
} from '../../../../src/swarm/protocol/index.ts'
import { createSigner, openEnvelope } from '../../../../src/swarm/signer.ts'

const [host, guest, other] = await Promise.all([1, 2, 3].map(async () => generateKeyPair('Ed25519')))
if (host === undefined || guest === undefined || other === undefined) throw new Error('no keys')
const inviter = createSigner(host).peerId
const secret = newSecret()
const KEY = Buffer.from('/key/swarm/psk/1.0.0/\n/base16/\n'.padEnd(95, '7'))
const welcome = { status: 'welcome', swarmKey: KEY } as const

test('who has the secret gets the key, and the node learns who that is', async () => {
  const question = await askFor(guest, { inviter, secret }, 'kitchen-nas')
  const opened = await openQuestion(question.envelope, inviter)
  expect(opened).toMatchObject({
    joiner: createSigner(guest).peerId,
    name: 'kitchen-nas',
    ticket: await ticketOf(secret)
  })
  const reply = await answerTo(createSigner(host), opened, welcome)
  expect(await question.open(reply)).toEqual({ status: 'welcome', swarmKey: KEY })
  expect(await question.open(await refuse(createSigner(host), opened.hash, 'used'))).toEqual({ status: 'used' })
  expect(question.envelope.byteLength + reply.byteLength).toBeLessThan(LIMITS.joinMessageBytesMax)
})

test('a recording of the exchange does not yield the key, not even to who learns the secret later', async () => {
  const question = await askFor(guest, { inviter, secret }, 'kitchen-nas')
  const opened = await openQuestion(question.envelope, inviter)
  const reply = await answerTo(createSigner(host), opened, welcome)
  for (const heard of [question.envelope, reply]) expect(Buffer.from(heard).includes(KEY.subarray(40))).toBe(false)
  // The same secret, and even the same peer's key: the answer is for a key that nobody kept.
  const again = await askFor(guest, { inviter, secret }, 'kitchen-nas')
  await expect(again.open(reply)).rejects.toThrow()
  const { payload } = await openEnvelope('join-reply', reply)
  const { ephemeral, sealed, request } = decodeJoinReply(payload)
  expect(() => unseal(newEphemeral(), ephemeral, request, sealed)).toThrow()
})

test('a question of another ticket, for another node, or taken over by another peer counts for nothing', async () => {
  const { envelope } = await askFor(guest, { inviter, secret }, '')
  await expect(openQuestion(envelope, createSigner(other).peerId)).rejects.toThrow('for another node')
  const { payload } = await openEnvelope('join', envelope)
  const taken = await createSigner(other).sign('join', payload)
  await expect(openQuestion(taken, inviter)).rejects.toThrow('not of the ticket')
  const { request, proof } = decodeJoinRequest(payload)
  for (const change of [{ ephemeral: '00'.repeat(32) }, { ticket: await ticketOf(newSecret()) }, { name: 'other' }]) {
    const forged = await createSigner(guest).sign('join', encodeJoinRequest({ ...request, ...change }, proof))
    await expect(openQuestion(forged, inviter), JSON.stringify(change)).rejects.toThrow()
  }
})

test('any one byte of question or answer changed makes it worthless', async () => {
  const question = await askFor(guest, { inviter, secret }, 'nas')
  const opened = await openQuestion(question.envelope, inviter)
  const reply = await answerTo(createSigner(host), opened, welcome)
  const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
    bytes.map((byte, index) => (index === at ? byte ^ 0x10 : byte))
  for (let at = 0; at < question.envelope.byteLength; at += 7)
    await expect(openQuestion(flipped(question.envelope, at), inviter), `byte ${at}`).rejects.toThrow()
  for (let at = 0; at < reply.byteLength; at += 7)
    await expect(question.open(flipped(reply, at)), `byte ${at}`).rejects.toThrow()
})

test('the answer of another node is none', async () => {
  const question = await askFor(guest, { inviter, secret }, '')
  const opened = await openQuestion(question.envelope, inviter)
  await expect(question.open(await answerTo(createSigner(other), opened, welcome))).rejects.toThrow('another node')
})

test('an ephemeral key that gives no secret seals nothing', () => {
  expect(() => seal(newEphemeral(), '00'.repeat(32), 'ab'.repeat(32), KEY)).toThrow()
})

test('limits and shapes of both messages', async () => {
  const request = { inviter, ticket: 'aa'.repeat(32), ephemeral: 'bb'.repeat(32), name: 'x' }
  const proof = new Uint8Array(64)
  const decode =
    (change: Partial<typeof request>, bytes = proof) =>
    () =>
      decodeJoinRequest(encodeJoinRequest({ ...request, ...change }, bytes))
  expect(decode({ name: 'x'.repeat(LIMITS.joinNameCharsMax) })).not.toThrow()
  expect(decode({ name: 'x'.repeat(LIMITS.joinNameCharsMax + 1) })).toThrow()
  expect(decode({ ticket: 'aa' })).toThrow()
  expect(decode({ ephemeral: '' })).toThrow()
  expect(decode({ inviter: 'nobody' })).toThrow()
  expect(decode({}, new Uint8Array(63))).toThrow()
  expect(() => decodeJoinRequest(new Uint8Array(LIMITS.joinMessageBytesMax + 1))).toThrow(/limit/)
  const reply = { request: 'aa'.repeat(32), status: 'waiting', ephemeral: '', sealed: new Uint8Array() } as const
  const decodeReply = (change: object) => () => decodeJoinReply(encodeJoinReply({ ...reply, ...change }))
  expect(decodeReply({})()).toEqual(reply)
  expect(decodeReply({ status: 'welcome' })).toThrow()
  expect(decodeReply({ sealed: KEY, ephemeral: 'aa'.repeat(32) })).toThrow()
  expect(decodeReply({ status: 'maybe' })).toThrow()
  expect(decodeReply({ status: 'welcome', ephemeral: 'aa'.repeat(32), sealed: new Uint8Array(2000) })).toThrow()
  // What the ticket signs holds no signature of its own.
  expect(joinProof(request, inviter)).not.toEqual(joinProof(request, createSigner(guest).peerId))
})
