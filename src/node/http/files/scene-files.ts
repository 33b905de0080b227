import { MediaError } from '../../../encode/index.ts'
import { BitstreamError } from '../../../encode/rules/index.ts'
import { ApiRefusal } from '../../../api/refusal.ts'
import { announcedVideo } from '../../project-spec.ts'
import { createPreviews, PREVIEW_BYTES_MAX } from '../previews.ts'
import { openFile, openPart } from './open-part.ts'
import type { ScenesPort } from '../../../api/ports.ts'
import type { BlobStore } from '../../../storage/index.ts'
import type { BlobExchange } from '../../../swarm/index.ts'
import type { Accept, ProjectView, ScenePlan } from '../../../swarm/protocol/index.ts'

export interface SceneFilesComponents {
  readonly peerId: string
  readonly viewOf: (projectId: string) => ProjectView | undefined
  readonly blobs: Pick<BlobStore, 'has' | 'path'>
  readonly exchange: Pick<BlobExchange, 'fetch' | 'read'>
}

interface FinishedScene {
  readonly view: ProjectView
  readonly plan: ScenePlan
  readonly accepted: Accept
}

const NO_SCENE = 'There is no finished scene with this number.'
const NOT_HERE = 'The scene is not on this node, and no peer that can be reached still has it.'

/** Encoded scenes, here or from whoever has them. */
export function createSceneFiles(components: SceneFilesComponents): Pick<ScenesPort, 'file' | 'playable'> & {
  /** Path of the whole scene on this node, fetched if needed. @throws ApiRefusal */
  readonly pathOf: (projectId: string, scene: number, signal: AbortSignal) => Promise<string>
} {
  const { peerId, viewOf, blobs, exchange } = components
  const previews = createPreviews()

  function finished(projectId: string, scene: number): FinishedScene {
    const view = viewOf(projectId)
    const { plan, accepted } = view?.scenes[scene] ?? {}
    if (view == null || plan == null || accepted == null) throw new ApiRefusal('unknown-scene', 404, NO_SCENE)
    return { view, plan, accepted }
  }

  /** Path of the whole scene, fetched if needed. */
  async function here({ view, accepted }: FinishedScene, signal: AbortSignal): Promise<string> {
    try {
      await exchange.fetch(accepted.result, [view.owner, accepted.worker], { signal })
    } catch (cause) {
      throw new ApiRefusal('not-here', 503, NOT_HERE, { cause })
    }
    return blobs.path(accepted.result.sha256)
  }

  return {
    pathOf: async (projectId, scene, signal) => here(finished(projectId, scene), signal),
    file: async (projectId, scene, signal) => {
      const found = finished(projectId, scene)
      const { owner } = found.view
      const { result } = found.accepted
      const { bytes } = result
      // Where only the whole shows that it is the right one, it is fetched; a large one is passed on by the owner's word.
      if (bytes <= PREVIEW_BYTES_MAX || owner === peerId || (await blobs.has(result))) {
        const path = await here(found, signal)
        return { bytes, read: async (first, last) => openFile(path, first, last) }
      }
      const passOn = async (first: number, last: number) =>
        openPart((until) => exchange.read(result, owner, { first, last }, { signal: until }), bytes, signal)
      return {
        bytes,
        read: async (first, last) =>
          passOn(first, last).catch(async () => openFile(await here(found, signal), first, last))
      }
    },
    playable: async (projectId, scene, form, signal) => {
      const found = finished(projectId, scene)
      const { sha256, bytes } = found.accepted.result
      if (bytes > PREVIEW_BYTES_MAX)
        throw new ApiRefusal('too-large', 400, `The scene has ${bytes} bytes, too many for a player; request the .ivf.`)
      const file = await here(found, signal)
      const { frames } = found.plan
      try {
        return await previews.get({ file, sha256, form, frames, video: announcedVideo(found.view.announce) })
      } catch (cause) {
        // Other owners' scenes are whatever they accepted.
        if (!(cause instanceof MediaError || cause instanceof BitstreamError || cause instanceof TypeError)) throw cause
        throw new ApiRefusal('unplayable', 400, 'Players cannot play this scene; request the .ivf.', { cause })
      }
    }
  }
}
