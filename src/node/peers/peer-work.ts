import { monotonicMs } from '../../common/clock.ts'
import { createWorkCounts } from './work-counts.ts'
import { createWorkRates } from './work-rates.ts'
import type { LogBook } from '../../swarm/index.ts'
import type { PeerWork } from './peer-table.ts'
import type { TrustBook } from './trust-book.ts'

export interface PeerWorkComponents {
  readonly peerId: string
  readonly book: Pick<LogBook, 'views' | 'onRecord' | 'onBeat'>
  readonly trust: Pick<TrustBook, 'standingOf' | 'refusedOf'>
}

/** What each peer does and did, as far as this node sees it. */
export interface PeerWorks {
  readonly of: (peer: string) => PeerWork
  /** Leaves out what the book has forgotten since. */
  readonly sweep: () => void
}

export function createPeerWorks({ peerId, book, trust }: PeerWorkComponents): PeerWorks {
  const counts = createWorkCounts(book)
  const rates = createWorkRates(book)
  book.onRecord((change) => {
    counts.note(change)
    rates.noteRecord(change, monotonicMs())
  })
  book.onBeat((beat) => rates.noteBeat(beat, monotonicMs()))
  return {
    of: (peer) => {
      const nowMs = monotonicMs()
      const { standing, barredUntilMs } = trust.standingOf(peer)
      return {
        trust: peer === peerId ? 'self' : barredUntilMs > nowMs ? 'barred' : standing,
        fps: Math.round(rates.perSecond(peer, nowMs) * 10) / 10,
        scenesDone: counts.doneBy(peer),
        scenesRefused: trust.refusedOf(peer)
      }
    },
    sweep: counts.sweep
  }
}
