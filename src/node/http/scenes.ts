import { monotonicMs } from '../../common/clock.ts'
import { printable } from '../../common/text.ts'
import { whyNotDone, type History } from '../history/index.ts'
import { ApiRefusal } from '../../api/refusal.ts'
import { makeStill, MediaError, type StillInput } from '../../encode/index.ts'
import { openFile } from './files/open-part.ts'
import { createSceneFiles } from './files/scene-files.ts'
import { createSourceClips } from './files/source-clips.ts'
import type { NodePort, ScenesPort } from '../../api/ports.ts'
import type { BlobStore } from '../../storage/index.ts'
import type { BlobExchange } from '../../swarm/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { ClipCache } from './files/clip-cache.ts'
import type { Snapshots } from './snapshots.ts'

export interface ScenesComponents {
  readonly peerId: string
  readonly snapshots: Pick<Snapshots, 'get' | 'view'>
  readonly history: Pick<History, 'of' | 'revision' | 'since'>
  readonly owner: Pick<OwnerService, 'jobOf' | 'stateOf'>
  readonly node: Pick<NodePort, 'status' | 'peers'>
  readonly blobs: Pick<BlobStore, 'has' | 'path' | 'hold'>
  readonly exchange: Pick<BlobExchange, 'fetch' | 'read'>
  readonly clips: ClipCache
}

/** Scenes for the API: what became of them, and their bytes. */
export function createScenes(components: ScenesComponents): ScenesPort {
  const { peerId, snapshots, history, owner, node, blobs, exchange, clips } = components
  const files = createSceneFiles({ peerId, viewOf: (projectId) => snapshots.get(projectId)?.view, blobs, exchange })
  const sourceClip = createSourceClips({ peerId, owner, blobs, exchange, cache: clips })

  /** Shorter than for commands: the reader knows these nodes from the page that asks. */
  function shortNames(): (peer: string) => string {
    const nodes = [node.status(), ...node.peers()]
    const names = new Map(nodes.map(({ peerId, name }) => [peerId, name === '' ? peerId : printable(name)]))
    return (peer) => names.get(peer) ?? peer
  }

  return {
    attempts: (projectId) => (scene) => history.of(projectId, scene),
    attemptsRevision: history.revision,
    attemptsSince: (afterMs, limit) =>
      history.since(afterMs, limit).filter(({ projectId }) => snapshots.get(projectId) != null),
    isHere: async (result) => blobs.has(result),
    why: (projectId, scene) => {
      const snapshot = snapshots.get(projectId)
      if (snapshot?.view.scenes[scene] == null) return undefined
      const attempts = history.of(projectId, scene)
      const [self, peers] = [node.status(), node.peers()]
      const input = { snapshot, scene, attempts, called: shortNames(), peers, self, nowMs: monotonicMs() }
      return whyNotDone(input, owner.stateOf(projectId))
    },
    file: files.file,
    playable: files.playable,
    sourceClip: async (projectId, scene, signal) => {
      const { path, bytes, tag } = await sourceClip(snapshots.view(projectId), scene, signal)
      return { bytes, tag, read: async (first, last) => openFile(path, first, last) }
    },
    picture: async (projectId, scene, { of, frame }, signal) => {
      const still: StillInput =
        of === 'result'
          ? { file: await files.pathOf(projectId, scene, signal), form: 'ivf', frame }
          : { file: (await sourceClip(snapshots.view(projectId), scene, signal)).path, form: 'webm', frame }
      try {
        return await makeStill(still, { signal })
      } catch (cause) {
        if (!(cause instanceof MediaError)) throw cause
        throw new ApiRefusal('unplayable', 400, 'There is no picture of this frame.', { cause })
      }
    }
  }
}
