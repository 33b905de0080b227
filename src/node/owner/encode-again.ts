import { encodeScene } from '../../encode/index.ts'
import { IDLE_NICE } from '../../platform/index.ts'
import { freshFolder, removeFolder } from '../disk/folders.ts'
import { createLimit } from '../../common/limit.ts'
import { sceneInput, type ProjectSpec } from '../project-spec.ts'
import type { ScenePlan } from '../../swarm/protocol/index.ts'
import type { BlobStore } from '../../storage/index.ts'

export interface AgainInput {
  readonly spec: ProjectSpec
  readonly plan: ScenePlan
  /** Made again and removed afterwards. */
  readonly workDir: string
}

/** Encodes a scene here, regardless of who did it before. @returns the sha-256 (hex) that it has to have. @throws MediaError when this node cannot */
export type EncodeAgain = (input: AgainInput, signal: AbortSignal) => Promise<string>

/** One at a time for all projects of the node. */
export function createEncodeAgain(blobs: Pick<BlobStore, 'path' | 'hold'>): EncodeAgain {
  const limit = createLimit(1)
  return async ({ spec, plan, workDir }, signal) =>
    limit(async () => {
      signal.throwIfAborted()
      const hold = blobs.hold(plan.piece.sha256)
      try {
        await freshFolder(workDir)
        const { sha256 } = await encodeScene(
          {
            ...sceneInput(spec, plan),
            pieceFile: blobs.path(plan.piece.sha256),
            threads: 1,
            nice: IDLE_NICE,
            workDir,
            onProgress: () => {}
          },
          { signal }
        )
        return sha256
      } finally {
        hold.release()
        await removeFolder(workDir)
      }
    })
}
