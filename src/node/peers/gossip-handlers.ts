import {
  checkLease,
  type GossipHandler,
  type LogBook,
  type Signer,
  type Sync,
  type TopicName
} from '../../swarm/index.ts'
import { decodeNodeInfo, ProtocolError } from '../../swarm/protocol/index.ts'
import type { History } from '../history/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { PeerTable } from './peer-table.ts'

export interface GossipHandlersComponents {
  readonly book: Pick<LogBook, 'ingest' | 'ingestBeat' | 'views'>
  readonly sync: Pick<Sync, 'pull'>
  readonly history: Pick<History, 'heardLease'>
  readonly peers: Pick<PeerTable, 'set'>
  readonly signer: Pick<Signer, 'peerId'>
  readonly owner: () => Pick<OwnerService, 'noteGrant'>
  readonly publish: (topic: TopicName, data: Uint8Array) => void
}

/** What becomes of each message of the swarm; who lacks something asks the neighbour that it came from. */
export function createGossipHandlers(components: GossipHandlersComponents): Readonly<Record<TopicName, GossipHandler>> {
  const { book, sync, history, peers, signer, owner, publish } = components
  return {
    log: async ({ data, via }) => {
      try {
        await book.ingest(data)
      } catch (error) {
        if (error instanceof ProtocolError && (error.code === 'gap' || error.code === 'fork')) sync.pull(via)
        throw error
      }
    },
    beats: async ({ data, via, author }) => {
      try {
        const { isNewReign, lacksRecords } = await book.ingestBeat(data)
        if (lacksRecords) sync.pull(via)
        // [RULE 22] See isNewReign.
        if (isNewReign && via === author) publish('beats', data)
      } catch (error) {
        if (error instanceof ProtocolError && error.code === 'unknown-project') sync.pull(via)
        throw error
      }
    },
    leases: async ({ data }) => {
      const lease = await checkLease(data, (projectId) => book.views.get(projectId)?.owner)
      if (lease.owner === signer.peerId) owner().noteGrant(lease.token.epoch)
      history.heardLease(lease.token, lease.worker)
    },
    nodes: async ({ data, author }) => peers.set(author, decodeNodeInfo(data))
  }
}
