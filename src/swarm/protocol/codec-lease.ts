import { assertNever } from '../../common/assert-never.ts'
import {
  blobRef,
  choice,
  counter,
  decoding,
  fromHex,
  integer,
  invalid,
  nonce,
  peerId,
  probe,
  projectId,
  quantiser,
  text,
  toWireBlobRef,
  withOptional,
  word
} from './codec-checks.ts'
import { ownerCode } from './idle.ts'
import { LIMITS } from './limits.ts'
import type { LeaseClaim, LeaseGrant, SessionMessage, Token } from './types.ts'
import * as wire from './wire/messages.js'

export function encodeClaim(claim: LeaseClaim): Uint8Array {
  const { probe: made, ...others } = withOptional(claim, 'slots')
  const message = { ...others, claimId: fromHex(claim.claimId) }
  if (made === undefined) return wire.LeaseClaim.encode(message)
  return wire.LeaseClaim.encode({ ...message, probe: { frames: fromHex(made.frames), header: fromHex(made.header) } })
}

export function decodeClaim(payload: Uint8Array): LeaseClaim {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) => wire.LeaseClaim.decode(bytes))
  return {
    projectId: projectId(raw.projectId),
    owner: peerId(raw.owner, 'owner'),
    claimId: nonce(raw.claimId, 'claim id'),
    encoderBuild: word(raw.encoderBuild, 'encoder build'),
    probe: probe(raw.probe),
    prefetch: raw.prefetch,
    ...(raw.slots > 0 ? { slots: integer(raw.slots, 1, LIMITS.slotsMax, 'slots') } : {})
  }
}

export function encodeGrant(grant: LeaseGrant): Uint8Array {
  return wire.LeaseGrant.encode({ ...grant, claim: new Uint8Array(grant.claim), holders: [...grant.holders] })
}

export function decodeGrant(payload: Uint8Array): LeaseGrant {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) =>
    wire.LeaseGrant.decode(bytes, { limits: { holders: LIMITS.holdersMax + 1 } })
  )
  integer(raw.holders.length, 0, LIMITS.holdersMax, 'number of holders')
  return {
    claim: raw.claim,
    scene: integer(raw.scene, 0, LIMITS.scenesMax - 1, 'scene'),
    epoch: counter(raw.epoch, 'epoch'),
    attempt: counter(raw.attempt, 'attempt'),
    ttlMs: integer(raw.ttlMs, 1, 24 * 3_600_000, 'ttl'),
    hardMs: integer(raw.hardMs, 1, LIMITS.hardMsMax, 'hard limit'),
    holders: raw.holders.map((holder) => peerId(holder, 'holder'))
  }
}

export function encodeSessionMessage(message: SessionMessage): Uint8Array {
  return wire.SessionMessage.encode(toWire(message))
}

/** @throws ProtocolError `too-large`, `malformed` or `invalid` (also for an unknown kind of message). */
export function decodeSessionMessage(bytes: Uint8Array): SessionMessage {
  const raw = decoding(bytes, LIMITS.sessionMessageBytesMax, (data) => wire.SessionMessage.decode(data))
  const kinds = Object.values(raw).filter((part: unknown) => part != null && !isEmptyBytes(part)).length
  if (kinds > 1) return invalid(`a message has one kind; this has ${kinds}`)
  if (raw.claim.byteLength > 0) return { type: 'claim', envelope: raw.claim }
  if (raw.grant.byteLength > 0) return { type: 'grant', envelope: raw.grant }
  if (raw.present.byteLength > 0) return { type: 'present', envelope: raw.present }
  if (raw.noWork != null) {
    return {
      type: 'no-work',
      claimId: nonce(raw.noWork.claimId, 'claim id'),
      // A later version may have more to say.
      code: ownerCode(raw.noWork.code) ?? 'none',
      reason: text(raw.noWork.reason, LIMITS.reasonCharsMax, 'reason')
    }
  }
  if (raw.wake != null) return { type: 'wake', projectId: projectId(raw.wake.projectId) }
  if (raw.renew != null) {
    return {
      type: 'renew',
      token: token(raw.renew.token),
      pass: integer(raw.renew.pass, 0, 2, 'pass'),
      frames: integer(raw.renew.frames, 0, LIMITS.framesMax, 'frames'),
      paused: raw.renew.paused,
      ...(raw.renew.fetched ? { fetched: true } : {})
    }
  }
  if (raw.away != null) {
    return {
      type: 'away',
      projectId: projectId(raw.away.projectId),
      forMs: integer(raw.away.forMs, 0, LIMITS.awayMsMax, 'time away')
    }
  }
  if (raw.result != null) {
    return {
      type: 'result',
      token: token(raw.result.token),
      blob: blobRef(raw.result.blob, 'result'),
      encodeMs: counter(raw.result.encodeMs, 'duration'),
      quantiser: quantiser(raw.result.quantiser)
    }
  }
  if (raw.release != null) {
    return {
      type: 'release',
      token: token(raw.release.token),
      kind: choice(raw.release.kind, ['failed', 'declined', 'left'], 'kind'),
      reason: text(raw.release.reason, LIMITS.reasonCharsMax, 'reason')
    }
  }
  if (raw.revoke != null)
    return {
      type: 'revoke',
      token: token(raw.revoke.token),
      reason: text(raw.revoke.reason, LIMITS.reasonCharsMax, 'reason')
    }
  if (raw.settled != null) {
    return {
      type: 'settled',
      token: token(raw.settled.token),
      accepted: raw.settled.accepted,
      reason: text(raw.settled.reason, LIMITS.reasonCharsMax, 'reason')
    }
  }
  return invalid('unknown kind of session message')
}

function isEmptyBytes(part: unknown): boolean {
  return part instanceof Uint8Array && part.byteLength === 0
}

function toWire(message: SessionMessage): Partial<wire.SessionMessage> {
  switch (message.type) {
    case 'claim':
      return { claim: new Uint8Array(message.envelope) }
    case 'grant':
      return { grant: new Uint8Array(message.envelope) }
    case 'present':
      return { present: new Uint8Array(message.envelope) }
    case 'no-work':
      return { noWork: { claimId: fromHex(message.claimId), code: message.code, reason: message.reason } }
    case 'wake':
      return { wake: { projectId: message.projectId } }
    case 'renew':
      return { renew: { ...message, fetched: message.fetched === true } }
    case 'away':
      return { away: message }
    case 'result':
      return { result: withOptional({ ...message, blob: toWireBlobRef(message.blob) }, 'quantiser') }
    case 'release':
      return { release: message }
    case 'revoke':
      return { revoke: message }
    case 'settled':
      return { settled: message }
    default:
      return assertNever(message)
  }
}

function token(raw: wire.Token | undefined): Token {
  if (raw == null) return invalid('token is missing')
  return {
    projectId: projectId(raw.projectId),
    scene: integer(raw.scene, 0, LIMITS.scenesMax - 1, 'scene'),
    epoch: counter(raw.epoch, 'epoch'),
    attempt: counter(raw.attempt, 'attempt')
  }
}
