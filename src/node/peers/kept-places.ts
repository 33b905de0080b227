import type { LogBook } from '../../swarm/index.ts'
import type { Config } from '../config/types.ts'
import { introducedPeers } from './policy.ts'
import type { Standings } from './standings.ts'

/** Remembered workers; the ones whose scene was accepted longest ago go first. */
const WORKERS_MAX = 1000

/** Peers that get a connection although strangers have taken all places: named ones, and workers whose scene this node accepted. */
export interface KeptPlaces {
  readonly has: (peer: string) => boolean
  /** Learns from the receipts of this node's projects. */
  readonly follow: (book: Pick<LogBook, 'onRecord'>, owner: string) => void
}

export function createKeptPlaces(
  standings: Pick<Standings, 'of'>,
  config: Pick<Config, 'bootstrap' | 'trust'>
): KeptPlaces {
  const named = new Set([...config.trust, ...introducedPeers(config)])
  const workers = new Set<string>()
  return {
    has: (peer) => standings.of(peer) === 'trusted' || named.has(peer) || workers.has(peer),
    follow: (book, owner) => {
      book.onRecord(({ view, record: { body } }) => {
        if (view.owner !== owner || body.type !== 'accept') return
        workers.delete(body.accept.worker)
        workers.add(body.accept.worker)
        for (const worker of workers) if (workers.size > WORKERS_MAX) workers.delete(worker)
      })
    }
  }
}
