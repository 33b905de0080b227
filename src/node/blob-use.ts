import type { LogBook } from '../swarm/index.ts'
import type { ProjectView, SceneView } from '../swarm/protocol/index.ts'

/** Whether a project of this node still needs a blob, whoever else names the same one: content-addressed files are shared, and strangers may name ours. */
export type BlobUse = (sha256: string) => boolean

export function createBlobUse({ book, peerId }: { readonly book: LogBook; readonly peerId: string }): BlobUse {
  const usesOf = (view: ProjectView): ((scene: SceneView, sha256: string) => boolean) => {
    if (view.end == null) return ({ plan, accepted }, sha256) => (accepted?.result ?? plan.piece).sha256 === sha256
    // Finished scenes stay for viewing until the project is removed.
    return ({ accepted }, sha256) => view.end?.state === 'completed' && accepted?.result.sha256 === sha256
  }
  return (sha256) =>
    [...book.views.values()].some(
      (view) => view.owner === peerId && view.scenes.some((scene) => usesOf(view)(scene, sha256))
    )
}
