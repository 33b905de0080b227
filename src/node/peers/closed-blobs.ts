import type { LogBook, LogChange } from '../../swarm/index.ts'
import type { ProjectView, Share } from '../../swarm/protocol/index.ts'

/** Which blobs are pieces or scenes of projects that only trusted peers get. */
export interface ClosedBlobs {
  readonly shareOf: (sha256: string) => Share
  /** Leaves out what the book has forgotten since: it tells nobody. */
  readonly sweep: () => void
}

/** Looks through all logs once, then follows them. */
export function createClosedBlobs(book: Pick<LogBook, 'views' | 'onRecord'>): ClosedBlobs {
  const closed = new Set<string>()

  function take(view: ProjectView): void {
    if (view.announce.share === 'all') return
    for (const { plan, accepted } of view.scenes) {
      closed.add(plan.piece.sha256)
      if (accepted != null) closed.add(accepted.result.sha256)
    }
  }

  function note({ view, record: { body } }: Pick<LogChange, 'view' | 'record'>): void {
    if (view.announce.share === 'all') return
    if (body.type === 'accept') closed.add(body.accept.result.sha256)
    if (body.type === 'scenes') for (const { piece } of body.scenes) closed.add(piece.sha256)
  }

  for (const view of book.views.values()) take(view)
  book.onRecord(note)
  return {
    shareOf: (sha256) => (closed.has(sha256) ? 'trusted' : 'all'),
    sweep: () => {
      closed.clear()
      for (const view of book.views.values()) take(view)
    }
  }
}
