import type { LogBook } from '../../swarm/index.ts'
import type { Accept, Announce, ProjectView, ScenePlan } from '../../swarm/protocol/index.ts'

/** What was encoded before from the same frames by the same build with the same parameters: it has the same bytes. */
export type KnownScene = Pick<Accept, 'result' | 'worker' | 'encodeMs' | 'quantiser'>

/** Finds a scene that this node accepted before, in whatever project of its own. */
export type KnownScenes = (announce: Announce, plan: ScenePlan) => KnownScene | undefined

export interface KnownScenesComponents {
  readonly book: Pick<LogBook, 'views' | 'onRecord'>
  readonly peerId: string
}

interface Place {
  readonly projectId: string
  readonly scene: number
}

/** Only this node's own projects: those of others were checked by others. */
export function createKnownScenes({ book, peerId }: KnownScenesComponents): KnownScenes {
  const places = new Map<string, Place>()

  function note({ projectId, announce, scenes }: ProjectView, scene: number): void {
    const plan = scenes[scene]?.plan
    if (plan != null) places.set(keyOf(announce, plan), { projectId, scene })
  }

  for (const view of book.views.values())
    if (view.owner === peerId)
      for (const { plan, accepted } of view.scenes) if (accepted != null) note(view, plan.index)
  book.onRecord(({ view, record }) => {
    if (view.owner === peerId && record.body.type === 'accept') note(view, record.body.accept.scene)
  })

  return (announce, plan) => {
    const key = keyOf(announce, plan)
    const place = places.get(key)
    // A removed project has no scenes any more.
    const known = place == null ? undefined : book.views.get(place.projectId)?.scenes[place.scene]?.accepted
    if (known == null) places.delete(key)
    return known
  }
}

function keyOf(announce: Announce, plan: ScenePlan): string {
  const { encoderName, encoderBuild, width, height, pixelFormat, bitDepth, fpsNum, fpsDen } = announce
  const { primaries, transfer, matrix, range } = announce
  const params = plan.encoderParams === '' ? announce.encoderParams : plan.encoderParams
  const video = [width, height, pixelFormat, bitDepth, fpsNum, fpsDen, primaries, transfer, matrix, range]
  return JSON.stringify([plan.inputHash, plan.frames, encoderName, encoderBuild, params, video])
}
