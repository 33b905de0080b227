import { randomBytes } from 'node:crypto'
import { monotonicMs } from '../../common/clock.ts'
import { openLease, type Signer } from '../../swarm/index.ts'
import { encodeClaim, isGrantedBy, jobKey, type LeaseClaim, type WorkerEvent } from '../../swarm/protocol/index.ts'

/** What a worker holds of a scene that it was granted. */
export interface HeldGrant {
  /** Shown to an owner that may have forgotten it. */
  readonly envelope: Uint8Array
  /** Peer ids that hold the source piece besides the owner. */
  readonly holders: readonly string[]
}

/** The claims that this run of the node made, and the grants that answered them. */
export interface Claims {
  /** Signs a claim with a new id. @returns its envelope */
  sign: (claimNo: number, claim: Omit<LeaseClaim, 'claimId'>) => Promise<Uint8Array>
  /**
   * Opens a grant that came from an owner, and keeps it.
   * @returns what it is to the worker's rules; undefined where it answers no claim. @throws ProtocolError
   */
  granted: (owner: string, envelope: Uint8Array) => Promise<Extract<WorkerEvent, { type: 'granted' }> | undefined>
  /** Ends a claim that got no scene. @returns its number; undefined where it is none of this run. */
  refused: (claimId: string) => number | undefined
  /** By the key of the job. */
  grantOf: (key: string) => HeldGrant | undefined
  /** A grant that an earlier run of the node kept. */
  restore: (key: string, grant: HeldGrant) => void
  forget: (key: string) => void
}

export function createClaims(signer: Signer): Claims {
  const numbers = new Map<string, number>()
  const grants = new Map<string, HeldGrant>()

  function end(claimId: string): number | undefined {
    const claimNo = numbers.get(claimId)
    numbers.delete(claimId)
    return claimNo
  }

  return {
    sign: async (claimNo, claim) => {
      const claimId = randomBytes(16).toString('hex')
      numbers.set(claimId, claimNo)
      return signer.sign('claim', encodeClaim({ ...claim, claimId }))
    },
    granted: async (owner, envelope) => {
      const lease = await openLease(envelope)
      if (!isGrantedBy(lease, { owner, worker: signer.peerId })) return undefined
      const { grant, claim, token } = lease
      const claimNo = end(claim.claimId)
      if (claimNo == null) return undefined
      grants.set(jobKey(token), { envelope, holders: grant.holders })
      const { ttlMs, hardMs } = grant
      return { type: 'granted', owner, claimNo, token, ttlMs, hardMs, nowMs: monotonicMs() }
    },
    refused: end,
    grantOf: (key) => grants.get(key),
    restore: (key, grant) => void grants.set(key, grant),
    forget: (key) => void grants.delete(key)
  }
}
