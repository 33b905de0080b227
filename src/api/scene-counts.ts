import type { Beat, ProjectView, SceneView } from '../swarm/protocol/index.ts'

const workers = new WeakMap<readonly SceneView[], Readonly<Record<string, number>>>()
const builds = new WeakMap<readonly SceneView[], readonly MadeBy[]>()
const pictures = new WeakMap<readonly SceneView[], number | null>()
const proofs = new WeakMap<readonly SceneView[], number>()
const states = new WeakMap<Beat, StateCounts>()

/** Workers and builds that a project is shown with: a log may name as many as it has scenes, and each answer and event carries them. */
const SHOWN_MAX = 256

/** How many accepted scenes each worker has, of the 256 with the most. Counted once per view: a list of projects must not walk all their scenes each time. */
export function acceptedByWorker({ scenes }: ProjectView): Readonly<Record<string, number>> {
  const known = workers.get(scenes)
  if (known != null) return known
  const byWorker = new Map<string, number>()
  for (const { accepted } of scenes)
    if (accepted != null) byWorker.set(accepted.worker, (byWorker.get(accepted.worker) ?? 0) + 1)
  const counted = Object.fromEntries([...byWorker].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN_MAX))
  workers.set(scenes, counted)
  return counted
}

/** How many scenes each build has made, the 256 with the most; counted once too. */
export function acceptedByBuild({ scenes }: ProjectView): readonly MadeBy[] {
  const known = builds.get(scenes)
  if (known != null) return known
  const byBuild = new Map<string, number>()
  for (const { accepted } of scenes)
    if (accepted != null) byBuild.set(accepted.maker?.build ?? '', (byBuild.get(accepted.maker?.build ?? '') ?? 0) + 1)
  const counted = [...byBuild]
    .map(([build, count]) => ({ build, scenes: count }))
    .toSorted((a, b) => b.scenes - a.scenes || (a.build < b.build ? -1 : 1))
    .slice(0, SHOWN_MAX)
  builds.set(scenes, counted)
  return counted
}

/** The first finished scene from a third of the film on, since its beginning is often black; null before the first. Looked for once too. */
export function pictureOf({ scenes, acceptedScenes }: ProjectView): number | null {
  const known = pictures.get(scenes)
  if (known !== undefined) return known
  const third = Math.floor(scenes.length / 3)
  const isDone = ({ accepted }: SceneView): boolean => accepted != null
  const later = acceptedScenes === 0 ? -1 : scenes.findIndex((scene, index) => index >= third && isDone(scene))
  const found = later === -1 ? scenes.findIndex(isDone) : later
  const picture = found === -1 ? null : found
  pictures.set(scenes, picture)
  return picture
}

/** How many scenes were encoded once more, to the same bytes; counted once too. */
export function provedScenes({ scenes }: ProjectView): number {
  const known = proofs.get(scenes)
  if (known != null) return known
  const counted = scenes.filter(({ accepted }) => accepted?.provedBy != null).length
  proofs.set(scenes, counted)
  return counted
}

interface MadeBy {
  readonly build: string
  readonly scenes: number
}

interface StateCounts {
  readonly verifying: readonly number[]
  readonly accepted: readonly number[]
  readonly leased: number
  readonly failed: number
}

const NONE: StateCounts = { verifying: [], accepted: [], leased: 0, failed: 0 }

/** The states of the scenes according to a beat; also counted once. */
export function stateCounts(beat: Beat | undefined): StateCounts {
  if (beat == null) return NONE
  const known = states.get(beat)
  if (known != null) return known
  const verifying: number[] = []
  const accepted: number[] = []
  let leased = 0
  let failed = 0
  for (const [scene, status] of beat.sceneStates.entries()) {
    if (status === 'verifying') verifying.push(scene)
    if (status === 'accepted') accepted.push(scene)
    if (status === 'leased') leased += 1
    if (status === 'failed') failed += 1
  }
  const counted = { verifying, accepted, leased, failed }
  states.set(beat, counted)
  return counted
}
