import { checkLease, type Gossip, type LogBook } from '../../swarm/index.ts'
import type { History } from './history.ts'

export interface HearLeasesComponents {
  /** Peer id of this node. */
  readonly self: string
  readonly gossip: Pick<Gossip, 'handle'>
  readonly book: Pick<LogBook, 'views'>
  readonly history: Pick<History, 'heardLease'>
  /** Told the epoch of a grant that has this node's key. */
  readonly noteGrant: (epoch: number) => void
}

/** Takes gossiped leases: others' into the history, own ones for the epochs that this node had. */
export function hearLeases({ self, gossip, book, history, noteGrant }: HearLeasesComponents): void {
  gossip.handle('leases', async ({ data }) => {
    const lease = await checkLease(data, (projectId) => book.views.get(projectId)?.owner)
    if (lease.owner === self) noteGrant(lease.token.epoch)
    history.heardLease(lease.token, lease.worker)
  })
}
