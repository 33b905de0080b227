import type { SessionMessage } from '../../swarm/protocol/index.ts'

/** Waiting messages; a peer that sends more than can be handled is cut off. */
const WAITING_MAX = 10_000

export interface InboxInit {
  /** Comes to an end for each message before the next is begun. */
  readonly handle: (message: SessionMessage) => Promise<void>
  readonly onError: (error: unknown) => void
  readonly onFull: () => void
  /** Nothing is handled before this. */
  readonly ready: Promise<void>
}

/** The messages of one session, handled one after the other in the order they came: a grant that is shown counts before the renewal behind it. */
export function createInbox({ handle, onError, onFull, ready }: InboxInit): (message: SessionMessage) => void {
  let tail = ready
  let waiting = 0
  return (message) => {
    if (waiting >= WAITING_MAX) {
      onFull()
      return
    }
    waiting += 1
    tail = tail
      .then(async () => handle(message))
      .catch(onError)
      .finally(() => (waiting -= 1))
  }
}
