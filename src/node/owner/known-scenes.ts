import type { LogBook } from '../../swarm/index.ts'
import type { Accept, Announce, Maker, ProjectView, ScenePlan } from '../../swarm/protocol/index.ts'

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
  /** By what was encoded, then by its maker. */
  const places = new Map<string, Map<string, Place>>()

  /** Workers that were caught in any project of this node. */
  const caught = new Set<string>()
  const isDoubtful = ({ worker, provedBy }: Accept): boolean => caught.has(provedBy ?? worker)

  function note({ projectId, announce, scenes }: ProjectView, scene: number): void {
    const { plan, accepted } = scenes[scene] ?? {}
    if (plan == null || accepted?.maker == null) return
    const key = keyOf(announce, plan)
    const makers = places.get(key) ?? new Map<string, Place>()
    places.set(key, makers.set(makerKey(accepted.maker), { projectId, scene }))
  }

  function takeUp(view: ProjectView): void {
    for (const { plan } of view.scenes) note(view, plan.index)
    for (const { worker } of view.withdrawn) caught.add(worker)
  }

  for (const view of book.views.values()) if (view.owner === peerId) takeUp(view)
  book.onRecord(({ view, record }) => {
    if (view.owner !== peerId) return
    if (record.body.type === 'accept') note(view, record.body.accept.scene)
    if (record.body.type === 'withdraw') caught.add(record.body.withdraw.worker)
  })

  return (announce, plan) => {
    const key = keyOf(announce, plan)
    const makers = places.get(key) ?? new Map<string, Place>()
    const known: KnownScene[] = []
    for (const [of, { projectId, scene }] of makers) {
      // A removed project has no scenes any more.
      const accepted = book.views.get(projectId)?.scenes[scene]?.accepted
      if (accepted?.maker == null || isDoubtful(accepted)) makers.delete(of)
      else known.push({ ...accepted, maker: accepted.maker })
    }
    if (makers.size === 0) places.delete(key)
    return known
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
