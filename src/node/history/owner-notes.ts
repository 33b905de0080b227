import type { AttemptNote, Ending } from './attempt.ts'
import { type OwnerEffect, type OwnerEvent, type OwnerState, type Token } from '../../swarm/protocol/index.ts'
import { assertNever } from '../../common/assert-never.ts'

const SILENT = 'contact with its worker was lost'

/** What a step of an owner's rules means for its attempts; the accepted result is noted when its receipt is in the log. */
export function ownerNotes(
  before: OwnerState,
  after: OwnerState,
  event: OwnerEvent,
  effects: readonly OwnerEffect[]
): AttemptNote[] {
  if (before.phase === 'ended') return []
  const notes: AttemptNote[] = []
  for (const effect of effects)
    if (effect.type === 'grant')
      notes.push({ type: 'started', isNew: true, token: effect.token, worker: effect.worker })
  switch (event.type) {
    case 'renew':
    case 'restored': {
      const { token, worker } = event
      if (!hasLease(before, token, worker) && hasLease(after, token, worker))
        notes.push({ type: 'started', isNew: false, token, worker })
      return notes
    }
    case 'result': {
      const { token, worker, blob, encodeMs } = event
      if (!hasResult(before, token, worker) && hasResult(after, token, worker))
        notes.push({ type: 'delivered', token, worker, bytes: blob.bytes, encodeMs })
      // Too late: another one was first.
      else if (before.scenes[token.scene]?.accepted === true) return [...notes, ...told(effects, 'superseded')]
      return notes
    }
    case 'release': {
      const { token, worker, kind, reason } = event
      if (hasLease(before, token, worker))
        notes.push({ type: 'ended', verdict: kind === 'failed' ? 'failed' : 'released', token, worker, reason })
      return notes
    }
    case 'verified': {
      const [first] = before.scenes[event.scene]?.results ?? []
      const ended = told(effects, 'superseded')
      // One that exposes an earlier result is checked again.
      const isOver = first != null && !event.ok && !hasResult(after, first.token, first.worker)
      if (!isOver) return [...notes, ...ended]
      const verdict = event.blamed ? 'refused' : 'failed'
      return [
        ...notes,
        { type: 'ended', verdict, token: first.token, worker: first.worker, reason: event.reason },
        ...ended.filter(({ token }) => !sameToken(token, first.token))
      ]
    }
    case 'claim':
      return [...notes, ...told(effects, 'superseded')]
    case 'tick':
      return [...notes, ...ranOut(before, after, told(effects, 'expired'))]
    case 'scene':
    case 'ready':
    case 'planned':
    case 'probed':
    case 'connected':
    case 'disconnected':
    case 'redial-failed':
    case 'hold':
    case 'aside':
    case 'proof-wanted':
    case 'lost':
    case 'trouble':
    case 'retry':
    case 'turn':
    case 'away':
    case 'back':
    case 'ended':
      return [...notes, ...told(effects, 'released')]
    default:
      return assertNever(event)
  }
}

type Ended = Extract<AttemptNote, { type: 'ended' }>

/** The ends that workers are told of. */
function told(effects: readonly OwnerEffect[], verdict: Ending): Ended[] {
  return effects.flatMap((effect) =>
    effect.type === 'revoke' || (effect.type === 'settled' && !effect.accepted)
      ? [{ type: 'ended', verdict, token: effect.token, worker: effect.worker, reason: effect.reason }]
      : []
  )
}

/** A lease that ran out for silence ends without a word to its worker. */
function ranOut(before: OwnerState, after: OwnerState, revoked: readonly Ended[]): Ended[] {
  const { projectId } = before
  return [...before.leased].flatMap((scene) =>
    (before.scenes[scene]?.leases ?? []).flatMap(({ epoch, attempt, worker }): Ended[] => {
      const token = { projectId, scene, epoch, attempt }
      if (hasLease(after, token, worker)) return []
      const reason = revoked.find((one) => sameToken(one.token, token))?.reason ?? SILENT
      return [{ type: 'ended', verdict: 'expired', token, worker, reason }]
    })
  )
}

/** Whether an attempt still goes on by an owner's own books. */
export function isUnderWay(state: OwnerState, token: Token, worker: string): boolean {
  return hasLease(state, token, worker) || hasResult(state, token, worker)
}

function hasLease(state: OwnerState, token: Token, worker: string): boolean {
  const leases = state.scenes[token.scene]?.leases ?? []
  return leases.some((one) => one.worker === worker && one.epoch === token.epoch && one.attempt === token.attempt)
}

function hasResult(state: OwnerState, token: Token, worker: string): boolean {
  const results = state.scenes[token.scene]?.results ?? []
  return results.some((one) => one.worker === worker && sameToken(one.token, token))
}

function sameToken(a: Token, b: Token): boolean {
  return a.scene === b.scene && a.epoch === b.epoch && a.attempt === b.attempt
}
