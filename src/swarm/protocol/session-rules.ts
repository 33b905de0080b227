import { assertNever } from '../../common/assert-never.ts'
import { ownerCode, type ClaimRefusal } from './idle.ts'
import { renewEveryMs } from './limits.ts'
import type { OwnerState } from './owner-types.ts'
import type { SessionMessage, Token } from './types.ts'
import { jobKey, type Job, type WorkerEvent } from './worker.ts'

/** What a worker says about a scene that it holds. */
export type TokenMessage = Extract<SessionMessage, { type: 'renew' | 'release' | 'result' }>

export const isTokenMessage = (message: SessionMessage): message is TokenMessage =>
  message.type === 'renew' || message.type === 'release' || message.type === 'result'

const GONE = 'no such project'

/** The owner's answer to a worker's message about a project that it is not running, so that the worker stops; undefined if there is nothing to stop. */
export function answerWithoutProject(message: TokenMessage): SessionMessage | undefined {
  const { token } = message
  if (message.type === 'renew') return { type: 'revoke', token, reason: GONE }
  return message.type === 'result' ? { type: 'settled', token, accepted: false, reason: GONE } : undefined
}

/** The owner's answer to a claim for a project that it is not running. */
export const noSuchProject = (claimId: string): SessionMessage => ({
  type: 'no-work',
  claimId,
  code: 'none',
  reason: GONE
})

const REFUSALS: Readonly<Record<ClaimRefusal, string>> = {
  'not-shared': 'only for peers that this node trusts',
  'owner-no-sandbox': 'only for peers that this node trusts by name, because it has no sandbox'
}

/** The owner's answer to a claim of a worker that gets no scenes of this node. */
export const refusedClaim = (claimId: string, code: ClaimRefusal): SessionMessage => ({
  type: 'no-work',
  claimId,
  code,
  reason: REFUSALS[code]
})

/**
 * What an owner does about a scene whose worker may no longer deliver it: it was granted while programs ran in a sandbox, or while the owner trusted the worker by name.
 * Undefined if it may: a worker that has only become a stranger delivers what it has.
 */
export function takenBack(token: Token, refusal: ClaimRefusal | undefined): TakenBack | undefined {
  if (refusal !== 'owner-no-sandbox') return undefined
  const reason = REFUSALS[refusal]
  return { release: { type: 'release', token, kind: 'left', reason }, revoke: { type: 'revoke', token, reason } }
}

export interface TakenBack {
  /** As if the worker had said so. */
  readonly release: Extract<SessionMessage, { type: 'release' }>
  /** The worker stops. */
  readonly revoke: SessionMessage
}

/** [RULE 56] Whether a scene that is given back would count against its worker or the scene. Before it does, the owner reads its own piece: a fault that comes from a damaged piece is nobody else's. */
export function isHeldAgainst(
  { scenes }: Pick<OwnerState, 'scenes'>,
  worker: string,
  { token, kind }: Extract<SessionMessage, { type: 'release' }>
): boolean {
  const isHeld = scenes[token.scene]?.leases.some(
    (lease) => lease.worker === worker && lease.epoch === token.epoch && lease.attempt === token.attempt
  )
  return kind !== 'left' && isHeld === true
}

/** An owner's message other than a grant. */
export type OwnerWord = Exclude<SessionMessage, { type: 'grant' }>

/**
 * A message from an owner as an event of the worker's rules; undefined for what only workers send, and for a `no-work` that answers no claim of this run.
 * @param endClaim ends a claim by its id and gives its number
 */
export function workerEventOf(
  owner: string,
  message: OwnerWord,
  endClaim: (claimId: string) => number | undefined
): WorkerEvent | undefined {
  switch (message.type) {
    case 'no-work': {
      const claimNo = endClaim(message.claimId)
      return claimNo == null ? undefined : { type: 'no-work', claimNo, says: ownerCode(message.code) }
    }
    case 'wake':
      return { type: 'wake', projectId: message.projectId }
    case 'away':
      return { type: 'away', owner, projectId: message.projectId, forMs: message.forMs }
    case 'revoke':
    case 'settled':
      return { type: 'settled', owner, key: jobKey(message.token) }
    case 'claim':
    case 'present':
    case 'renew':
    case 'result':
    case 'release':
      return undefined
    default:
      return assertNever(message)
  }
}

/** What a worker last told the owner of a job. */
export interface ToldJob extends Pick<Job, 'pass' | 'frames' | 'paused'> {
  readonly fetched: boolean
  readonly atMs: number
}

/** Whether the piece of a job is here. */
export const isFetched = ({ stage }: Job): boolean => stage !== 'fetching'

/** Whether a job has to be renewed: it has frames to report, or was silent for a third of its ttl. @param luck 0 to 1, so that renewals do not come together */
export function isRenewalDue(job: Job, told: ToldJob | undefined, nowMs: number, luck: number): boolean {
  if (job.stage === 'delivering') return false
  if (told == null || told.pass !== job.pass || told.frames !== job.frames || told.paused !== job.paused) return true
  // [RULE 91] Before it goes away, an owner waits until the pieces are fetched.
  if (job.ahead && isFetched(job) && !told.fetched) return true
  return nowMs - told.atMs >= renewEveryMs(job.ttlMs) * (0.8 + 0.2 * luck)
}
