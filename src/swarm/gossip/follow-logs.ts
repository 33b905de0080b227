import { mustRepeat, ProtocolError } from '../protocol/index.ts'
import type { LogBook } from '../log-book.ts'
import type { Sync } from '../sync/sync.ts'
import type { Gossip } from './gossip.ts'

export interface FollowLogsComponents {
  readonly gossip: Pick<Gossip, 'handle' | 'say'>
  readonly book: Pick<LogBook, 'ingest' | 'ingestBeat'>
  readonly sync: Pick<Sync, 'pull'>
}

/** Takes gossiped records and beats into the log book, and pulls what is missing before them from the neighbour that they came from. */
export function followLogs({ gossip, book, sync }: FollowLogsComponents): void {
  gossip.handle('log', async ({ data, via }) => {
    try {
      await book.ingest(data)
    } catch (error) {
      if (error instanceof ProtocolError && (error.code === 'gap' || error.code === 'fork')) sync.pull(via)
      throw error
    }
  })
  gossip.handle('beats', async ({ data, via, author }) => {
    try {
      const { isNewReign, lacksRecords } = await book.ingestBeat(data)
      if (lacksRecords) sync.pull(via)
      // [RULE 22]
      if (mustRepeat(isNewReign, via, author)) gossip.say('beats', data)
    } catch (error) {
      if (error instanceof ProtocolError && error.code === 'unknown-project') sync.pull(via)
      throw error
    }
  })
}
