import type { LogBook } from '../swarm/index.ts'
import type { ProjectView } from '../swarm/protocol/index.ts'

/** Whether a project of this node still needs a blob, whoever else names the same one: content-addressed files are shared, and strangers may name ours. */
export type BlobUse = (sha256: string) => boolean

export function createBlobUse({
  book,
  peerId
}: {
  readonly book: Pick<LogBook, 'views' | 'onRecord'>
  readonly peerId: string
}): BlobUse {
  const own = (): ProjectView[] => [...book.views.values()].filter((view) => view.owner === peerId)
  /** Made anew when it is asked for after a change: many questions come between two records. */
  let used: ReadonlySet<string> | undefined
  book.onRecord(({ view }) => {
    if (view.owner === peerId) used = undefined
  })
  return (sha256) => (used ??= new Set(own().flatMap(blobsOf))).has(sha256)
}

function blobsOf({ end, scenes }: ProjectView): string[] {
  if (end == null) return scenes.map(({ plan, accepted }) => (accepted?.result ?? plan.piece).sha256)
  // Finished scenes stay for viewing until the project is removed.
  return end.state === 'completed' ? scenes.flatMap(({ accepted }) => accepted?.result.sha256 ?? []) : []
}
