import { encodeGrant, LIMITS, type OwnerEffect, type Token } from '../../swarm/protocol/index.ts'
import type { OwnedProjectComponents } from './project-context.ts'

/** Signs grants for claims that wait, and notes what was granted, for a restart. */
export interface ProjectLeases {
  /** A claim with its envelope, which its grant has to contain. */
  claimed: (claimId: string, envelope: Uint8Array) => void
  /** It gets nothing. */
  refused: (claimId: string) => void
  grant: (effect: Extract<OwnerEffect, { type: 'grant' }>) => Promise<void>
  forget: (token: Token) => Promise<void>
}

export function createProjectLeases(projectId: string, components: OwnedProjectComponents): ProjectLeases {
  const { signer, leases, send, log } = components
  const claims = new Map<string, Uint8Array>()

  async function grant(effect: Extract<OwnerEffect, { type: 'grant' }>): Promise<void> {
    const { token, worker, claimId, ttlMs, hardMs, maker } = effect
    const { scene, epoch, attempt } = token
    const holders = effect.holders.slice(0, LIMITS.holdersMax)
    const claim = claims.get(claimId)
    claims.delete(claimId)
    if (claim == null) return
    const payload = encodeGrant({ claim, scene, epoch, attempt, ttlMs, hardMs, holders })
    const envelope = await signer.sign('grant', payload)
    // Only a help after a restart: the worker shows the grant itself.
    await leases
      .put({ ...token, worker, maker })
      .catch((error: unknown) => log.warn({ projectId, err: error }, 'could not note a lease'))
    send(worker, { type: 'grant', envelope })
  }

  return {
    grant,
    claimed: (claimId, envelope) => void claims.set(claimId, envelope),
    refused: (claimId) => void claims.delete(claimId),
    forget: async (token) => {
      await leases
        .delete(token)
        .catch((error: unknown) => log.warn({ projectId, err: error }, 'could not forget a lease'))
    }
  }
}
