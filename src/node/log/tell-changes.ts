import type { LogBook, LogChange, Logger, SwarmNode } from '../../swarm/index.ts'

export interface TellChangesComponents {
  readonly node: Pick<SwarmNode, 'addEventListener'>
  readonly book: Pick<LogBook, 'onRecord'>
  readonly log: Logger
}

export interface TellChangesInit {
  /** Peer id of this node. */
  readonly self: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** What ended longer ago is history that a neighbour brought, and no news. */
const FRESH_MS = 10 * 60_000

const ENDS = { completed: 'completed', failed: 'failed', cancelled: 'cancelled', removed: 'removed' } as const

/** Puts into the log what a user wants to hear of: peers that come and go, films that begin and end, scenes that others made for this node. */
export function tellChanges({ node, book, log }: TellChangesComponents, { self, now }: TellChangesInit): void {
  const here = new Set<string>()
  node.addEventListener('peer:identify', ({ detail: { peerId } }) => {
    const peer = peerId.toString()
    if (here.has(peer)) return
    here.add(peer)
    log.info({ peer }, 'connected')
  })
  node.addEventListener('peer:disconnect', ({ detail }) => {
    const peer = detail.toString()
    if (here.delete(peer)) log.info({ peer }, 'disconnected')
  })
  book.onRecord(({ view, record, own }: LogChange) => {
    const { projectId } = view
    const { body } = record
    if (body.type === 'announce' && own) log.info({ projectId }, 'submitted')
    if (body.type === 'accept' && own && body.accept.worker !== self) {
      const { scene, worker, encodeMs, result } = body.accept
      const frames = view.scenes[scene]?.plan.frames
      log.info({ projectId, scene, worker, frames, bytes: result.bytes, ms: encodeMs }, 'scene accepted')
    }
    if (body.type === 'end' && now() - body.end.endedAtMs < FRESH_MS)
      log.info({ projectId, bytes: body.end.outputBytes }, ENDS[body.end.state])
  })
}
