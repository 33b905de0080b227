import { peerIdFromString } from '@libp2p/peer-id'
import type { DialLoop, Logger, SwarmNode } from '../../swarm/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { Standings } from '../peers/standings.ts'
import type { WorkerService } from '../worker/worker-service.ts'

export interface FollowStandingsComponents {
  readonly standings: Pick<Standings, 'onChange'>
  readonly node: Pick<SwarmNode, 'hangUp'>
  readonly dialLoop: Pick<DialLoop, 'want'>
  readonly owner: Pick<OwnerService, 'heed'>
  readonly worker: Pick<WorkerService, 'refresh'>
  readonly log: Logger
}

/** Has the user's word about a peer count at once: who is banned is gone, who is trusted is asked and served. */
export function followStandings({ standings, node, dialLoop, owner, worker, log }: FollowStandingsComponents): void {
  standings.onChange(({ peer, standing }) => {
    log.info({ peer, standing: standing ?? 'forgotten' }, 'the user trusted, banned or forgot a peer')
    owner.heed(peer)
    worker.refresh()
    if (standing === 'banned')
      node
        .hangUp(peerIdFromString(peer))
        .catch((error: unknown) => log.debug({ peer, err: error }, 'could not close a connection in order'))
    else dialLoop.want(peer)
  })
}
