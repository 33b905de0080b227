import { peerIdFromString } from '@libp2p/peer-id'
import type { SwarmNode } from '../swarm/index.ts'

const REDIAL_MS = 15_000

/** `refused`: the machine answers, but nothing listens there any more. */
export interface Redialled {
  readonly reached: boolean
  readonly refused: boolean
}

/** Dials a peer whose connection was lost, once. */
export function createRedial(node: SwarmNode): (peer: string) => Promise<Redialled> {
  return async (peer) => {
    if (peer === node.peerId.toString()) return { reached: true, refused: false }
    try {
      await node.dial(peerIdFromString(peer), { signal: AbortSignal.timeout(REDIAL_MS) })
      return { reached: true, refused: false }
    } catch (error) {
      return { reached: false, refused: isRefused(error) }
    }
  }
}

function isRefused(error: unknown): boolean {
  const errors = error instanceof AggregateError ? (error.errors as unknown[]) : [error]
  return (
    errors.length > 0 &&
    errors.every(
      (one) =>
        one instanceof Error && (one.message.includes('ECONNREFUSED') || (one.cause != null && isRefused(one.cause)))
    )
  )
}
