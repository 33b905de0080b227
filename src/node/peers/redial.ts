import { peerIdFromString } from '@libp2p/peer-id'
import { waitFor } from '../../common/wait.ts'
import type { Connection } from '@libp2p/interface'
import type { SwarmNode } from '../../swarm/index.ts'

const REDIAL_MS = 15_000
/** A connection that was there already may be going as well: two nodes that dialled each other have two. */
const STAYS_MS = 2_500
const TRIES = 3

/** `refused`: the machine answers, but nothing listens there any more. */
export interface Redialled {
  readonly reached: boolean
  readonly refused: boolean
}

/** Dials a peer whose connection was lost, until a connection stays or none can be had. */
export function createRedial(node: SwarmNode): (peer: string) => Promise<Redialled> {
  return async (peer) => {
    if (peer === node.peerId.toString()) return { reached: true, refused: false }
    try {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const connection = await node.dial(peerIdFromString(peer), { signal: AbortSignal.timeout(REDIAL_MS) })
        if (await stays(connection)) return { reached: true, refused: false }
      }
      return { reached: false, refused: false }
    } catch (error) {
      return { reached: false, refused: isRefused(error) }
    }
  }
}

async function stays(connection: Connection): Promise<boolean> {
  if (connection.status !== 'open') return false
  return waitFor<boolean>((done) => {
    const onClose = (): void => done(false)
    connection.addEventListener('close', onClose)
    const timer = setTimeout(() => done(true), STAYS_MS)
    return () => {
      clearTimeout(timer)
      connection.removeEventListener('close', onClose)
    }
  })
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
