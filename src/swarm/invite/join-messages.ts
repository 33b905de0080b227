import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import {
  checkQuestion,
  decodeJoinReply,
  decodeJoinRequest,
  encodeJoinReply,
  encodeJoinRequest,
  fromHex,
  joinProof,
  type JoinRequest,
  type JoinStatus,
  ProtocolError
} from '../protocol/index.ts'
import { createSigner, openEnvelope, type Signer, sha256Hex } from '../signer.ts'
import { newEphemeral, seal, unseal } from './sealed-key.ts'
import { ticketKey, ticketOf } from './ticket.ts'
import type { Invite } from './invite-text.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

/** A question for the swarm key, and the way to read its answer. */
export interface JoinQuestion {
  readonly envelope: Uint8Array
  /** @throws ProtocolError, or Error, for what is no answer of the inviting node to this question */
  readonly open: (reply: Uint8Array) => Promise<JoinAnswer>
}

/** The swarm key, or why there is none. */
export type JoinAnswer =
  | { readonly status: 'welcome'; readonly swarmKey: Uint8Array }
  | { readonly status: Exclude<JoinStatus, 'welcome'> }

export async function askFor(
  privateKey: Ed25519PrivateKey,
  { inviter, secret }: Pick<Invite, 'inviter' | 'secret'>,
  name: string
): Promise<JoinQuestion> {
  const signer = createSigner(privateKey)
  const own = newEphemeral()
  const request = { inviter, ticket: await ticketOf(secret), ephemeral: own.publicHex, name }
  const proof = await (await ticketKey(secret)).sign(joinProof(request, signer.peerId))
  const envelope = await signer.sign('join', encodeJoinRequest(request, proof))
  const hash = sha256Hex(envelope)
  return {
    envelope,
    open: async (bytes) => {
      const opened = await openEnvelope('join-reply', bytes)
      const reply = decodeJoinReply(opened.payload)
      if (opened.signer !== inviter || reply.request !== hash)
        throw new ProtocolError('wrong-signer', 'the answer is of another node, or to another question')
      if (reply.status !== 'welcome') return { status: reply.status }
      return { status: 'welcome', swarmKey: unseal(own, reply.ephemeral, hash, reply.sealed) }
    }
  }
}

/** A question whose signatures are right. */
export interface OpenedQuestion extends JoinRequest {
  /** Peer id of the one who asks. */
  readonly joiner: string
  /** sha-256 of the envelope, as hex. */
  readonly hash: string
}

/**
 * Reads a question, and checks both its signatures.
 * @throws ProtocolError
 */
export async function openQuestion(envelope: Uint8Array, self: string): Promise<OpenedQuestion> {
  const { payload, signer, hash } = await openEnvelope('join', envelope)
  const { request, proof } = decodeJoinRequest(payload)
  const isProved = await publicKeyFromRaw(fromHex(request.ticket)).verify(joinProof(request, signer), proof)
  // [RULE 81]
  checkQuestion({ inviter: request.inviter, self, isProved })
  return { ...request, joiner: signer, hash }
}

/** The answer to a question, with the swarm key for a welcome. @throws Error for an ephemeral key that gives no secret */
export async function answerTo(
  signer: Pick<Signer, 'sign'>,
  { hash, ephemeral }: Pick<OpenedQuestion, 'hash' | 'ephemeral'>,
  answer: JoinAnswer
): Promise<Uint8Array> {
  if (answer.status !== 'welcome') return refuse(signer, hash, answer.status)
  const own = newEphemeral()
  const sealed = seal(own, ephemeral, hash, answer.swarmKey)
  const reply = { request: hash, status: answer.status, ephemeral: own.publicHex, sealed }
  return signer.sign('join-reply', encodeJoinReply(reply))
}

/** An answer without a key, to what was perhaps not even read. */
export async function refuse(
  signer: Pick<Signer, 'sign'>,
  hash: string,
  status: Exclude<JoinStatus, 'welcome'>
): Promise<Uint8Array> {
  return signer.sign('join-reply', encodeJoinReply({ request: hash, status, ephemeral: '', sealed: new Uint8Array() }))
}
