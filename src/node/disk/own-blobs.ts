import { setImmediate as turn } from 'node:timers/promises'
import { keptTooLong } from './kept-results.ts'
import type { BlobHold, BlobStore } from '../../storage/index.ts'
import type { LogBook } from '../../swarm/index.ts'
import type { LogBody, ProjectView } from '../../swarm/protocol/index.ts'

export interface OwnBlobsComponents {
  readonly book: Pick<LogBook, 'views' | 'onRecord'>
  readonly blobs: Pick<BlobStore, 'hold'>
  readonly peerId: string
}

/** What the logs of this node's projects name is held as long as they need it: pieces until their scene is done, results until the project is removed, or for a while after it failed. */
export interface OwnBlobs {
  /** Takes up the projects that had ended before, one after the other while others have their turn. Until it is done every blob has to be held. */
  takeUpEnded: () => Promise<void>
  /** Gives back the results of projects that failed or were cancelled too long ago. @param nowMs time of day */
  sweep: (nowMs: number) => void
}

interface ProjectHolds {
  /** By scene. */
  readonly pieces: Map<number, BlobHold>
  readonly results: Map<number, BlobHold>
}

/** Takes up what the book has loaded and has not ended; from then on it follows the log. */
export function createOwnBlobs({ book, blobs, peerId }: OwnBlobsComponents): OwnBlobs {
  const projects = new Map<string, ProjectHolds>()

  function holdsOf(projectId: string): ProjectHolds {
    const known = projects.get(projectId) ?? { pieces: new Map(), results: new Map() }
    projects.set(projectId, known)
    return known
  }

  function takeUp({ projectId, scenes, end }: ProjectView): void {
    const { pieces, results } = holdsOf(projectId)
    for (const { plan, accepted } of scenes) {
      if (accepted != null) results.set(plan.index, blobs.hold(accepted.result.sha256))
      else if (end == null) pieces.set(plan.index, blobs.hold(plan.piece.sha256))
    }
  }

  function follow({ projectId, scenes, withdrawn }: ProjectView, body: LogBody): void {
    const { pieces, results } = holdsOf(projectId)
    if (body.type === 'scenes')
      for (const { index, piece } of body.scenes) if (!pieces.has(index)) pieces.set(index, blobs.hold(piece.sha256))
    if (body.type === 'accept') {
      const { scene, result } = body.accept
      // The result before the piece: they may be the same bytes.
      if (!results.has(scene)) results.set(scene, blobs.hold(result.sha256))
      dropOne(pieces, scene)
    }
    if (body.type === 'withdraw')
      for (const scene of withdrawn.at(-1)?.scenes ?? []) {
        // The piece before the result: they may be the same bytes.
        const piece = scenes[scene]?.plan.piece
        if (piece != null) pieces.set(scene, blobs.hold(piece.sha256))
        dropOne(results, scene)
      }
    if (body.type !== 'end') return
    dropEach(pieces)
    if (body.end.state !== 'removed') return
    dropEach(results)
    projects.delete(projectId)
  }

  book.onRecord(({ view, record, proof }) => {
    // Of two histories only the first counts.
    if (view.owner === peerId && proof == null) follow(view, record.body)
  })

  const own = (): ProjectView[] => [...book.views.values()].filter((view) => view.owner === peerId)
  for (const view of own()) if (view.end == null) takeUp(view)

  return {
    takeUpEnded: async () => {
      for (const { projectId } of own()) {
        const view = book.views.get(projectId)
        if (view?.end == null || projects.has(projectId)) continue
        takeUp(view)
        await turn()
      }
    },
    sweep: (nowMs) => {
      for (const projectId of keptTooLong(own(), nowMs))
        dropEach(projects.get(projectId)?.results ?? new Map<number, BlobHold>())
    }
  }
}

function dropOne(holds: Map<number, BlobHold>, scene: number): void {
  const hold = holds.get(scene)
  holds.delete(scene)
  // What cannot be deleted now is found by the next collection.
  hold?.drop().catch(() => {})
}

function dropEach(holds: Map<number, BlobHold>): void {
  for (const scene of holds.keys()) dropOne(holds, scene)
}
