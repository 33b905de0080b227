import { monotonicMs } from '../../common/clock.ts'
import { whyNotDone } from './why.ts'
import type { ProjectSnapshot } from '../../api/modules.ts'
import type { ScenesModule } from '../../api/scenes-module.ts'
import type { PeerStatus } from '../../api/schemas/index.ts'
import type { BlobStore } from '../../storage/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import { printable } from '../../common/text.ts'
import type { History } from './history.ts'

export interface ScenesModuleComponents {
  readonly history: Pick<History, 'of' | 'since'>
  readonly blobs: Pick<BlobStore, 'has'>
  readonly owner: Pick<OwnerService, 'stateOf'>
  readonly snapshotOf: (projectId: string) => ProjectSnapshot | undefined
  readonly node: { readonly status: () => PeerStatus; readonly peers: () => readonly PeerStatus[] }
}

/** Scenes and their history, for the API. */
export function createScenesModule({ history, blobs, owner, snapshotOf, node }: ScenesModuleComponents): ScenesModule {
  return {
    attempts: (projectId) => (scene) => history.of(projectId, scene),
    attemptsSince: (afterMs, limit) =>
      history.since(afterMs, limit).filter(({ projectId }) => snapshotOf(projectId) != null),
    isHere: async (result) => blobs.has(result),
    why: (projectId, scene) => {
      const snapshot = snapshotOf(projectId)
      if (snapshot?.view.scenes[scene] == null) return undefined
      const self = node.status()
      const peers = node.peers()
      const names = new Map(
        [self, ...peers].map(({ peerId, name }) => [peerId, name === '' ? peerId : printable(name)])
      )
      const attempts = history.of(projectId, scene)
      const called = (peer: string): string => names.get(peer) ?? peer
      const input = { snapshot, scene, attempts, called, peers, self, nowMs: monotonicMs() }
      return whyNotDone(input, owner.stateOf(projectId))
    }
  }
}
