import type { LogBook } from '../../swarm/index.ts'
import type { Accept, Announce, Maker, ProjectView, ScenePlan, SceneView } from '../../swarm/protocol/index.ts'

/** What was encoded before from the same frames with the same parameters, for the same announced build. */
export type KnownScene = Pick<Accept, 'result' | 'worker' | 'encodeMs' | 'quantiser' | 'provedBy'> & {
  readonly maker: Maker
}

/** What of a scene decides what is encoded. */
export type EncodedPart = Pick<ScenePlan, 'inputHash' | 'frames' | 'encoderParams'>

/** Finds what this node accepted before of a scene, in whatever project of its own: one for each maker. */
export type KnownScenes = (announce: Announce, plan: EncodedPart) => readonly KnownScene[]

export interface KnownScenesComponents {
  readonly book: Pick<LogBook, 'views' | 'onRecord'>
  readonly peerId: string
}

interface Place {
  readonly projectId: string
  readonly scene: number
}

/** Only this node's own projects: those of others were checked by others. Receipts that name no maker come from before makers were compared, and prove nothing. */
export function createKnownScenes({ book, peerId }: KnownScenesComponents): KnownScenes {
  /** Before somebody looks for a scene, nothing is taken up. */
  let isTakenUp = false
  /** By the hash of the frames: there may be a million, so what else decides is compared when one is looked for. */
  const places = new Map<string, Place[]>()

  /** Workers that were caught in any project of this node. */
  const caught = new Set<string>()
  const isDoubtful = ({ worker, provedBy }: Accept): boolean => caught.has(provedBy ?? worker)

  function note(projectId: string, { plan, accepted }: SceneView): void {
    if (accepted?.maker == null) return
    const known = places.get(plan.inputHash)
    const place = { projectId, scene: plan.index }
    if (known == null) places.set(plan.inputHash, [place])
    else known.push(place)
  }

  function takeUp({ projectId, scenes, withdrawn }: ProjectView): void {
    for (const scene of scenes) note(projectId, scene)
    for (const { worker } of withdrawn) caught.add(worker)
  }

  book.onRecord(({ view, record }) => {
    if (view.owner !== peerId || !isTakenUp) return
    const scene = record.body.type === 'accept' ? view.scenes[record.body.accept.scene] : undefined
    if (scene != null) note(view.projectId, scene)
    if (record.body.type === 'withdraw') caught.add(record.body.withdraw.worker)
  })

  return (announce, plan) => {
    if (!isTakenUp) for (const view of book.views.values()) if (view.owner === peerId) takeUp(view)
    isTakenUp = true
    const key = keyOf(announce, plan)
    const left: Place[] = []
    const byMaker = new Map<string, KnownScene>()
    for (const place of places.get(plan.inputHash) ?? []) {
      // A removed project has no scenes any more.
      const view = book.views.get(place.projectId)
      const scene = view?.scenes[place.scene]
      const accepted = scene?.accepted
      if (view == null || scene == null || accepted?.maker == null || isDoubtful(accepted)) continue
      left.push(place)
      if (keyOf(view.announce, scene.plan) === key)
        byMaker.set(makerKey(accepted.maker), { ...accepted, maker: accepted.maker })
    }
    if (left.length === 0) places.delete(plan.inputHash)
    else places.set(plan.inputHash, left)
    return [...byMaker.values()]
  }
}

function makerKey({ build, probe }: Maker): string {
  return JSON.stringify([build, probe])
}

function keyOf(announce: Announce, plan: EncodedPart): string {
  const { encoderName, encoderBuild, threads, width, height, pixelFormat, bitDepth, fpsNum, fpsDen } = announce
  const { primaries, transfer, matrix, range } = announce
  const params = plan.encoderParams === '' ? announce.encoderParams : plan.encoderParams
  const video = [width, height, pixelFormat, bitDepth, fpsNum, fpsDen, primaries, transfer, matrix, range]
  return JSON.stringify([plan.inputHash, plan.frames, encoderName, encoderBuild, threads, params, video])
}
