import type { Accept, Beat, ProjectView, SceneView } from '../swarm/protocol/index.ts'

type Counts = readonly (readonly [name: string, scenes: number])[]

const workers = new WeakMap<readonly SceneView[], Readonly<Record<string, number>>>()
const builds = new WeakMap<readonly SceneView[], readonly MadeBy[]>()
const pictures = new WeakMap<readonly SceneView[], number | null>()
const proofs = new WeakMap<readonly SceneView[], number>()
const states = new WeakMap<Beat, StateCounts>()

/** Workers and builds that a project is shown with: a log may name as many as it has scenes, and each answer and event carries them. */
const SHOWN_MAX = 256

/** Counted once for the scenes of a view: a list of projects must not walk all of them each time. */
function once<Value>(
  known: WeakMap<readonly SceneView[], Value>,
  { scenes }: ProjectView,
  count: (scenes: readonly SceneView[]) => Value
): Value {
  const before = known.get(scenes)
  if (before !== undefined) return before
  const counted = count(scenes)
  known.set(scenes, counted)
  return counted
}

function countsOf(scenes: readonly SceneView[], nameOf: (accepted: Accept) => string): Counts {
  const counts = new Map<string, number>()
  for (const { accepted } of scenes)
    if (accepted != null) counts.set(nameOf(accepted), (counts.get(nameOf(accepted)) ?? 0) + 1)
  return [...counts]
}

const shownWorkers = (counts: Counts): Readonly<Record<string, number>> =>
  Object.fromEntries(counts.toSorted(([, a], [, b]) => b - a).slice(0, SHOWN_MAX))

const shownBuilds = (counts: Counts): readonly MadeBy[] =>
  counts
    .map(([build, scenes]) => ({ build, scenes }))
    .toSorted((a, b) => b.scenes - a.scenes || (a.build < b.build ? -1 : 1))
    .slice(0, SHOWN_MAX)

/** How many scenes a project has. Like all that follows, it leaves a packed view packed. */
export const sceneCountOf = (view: ProjectView): number => view.facts?.scenes ?? view.scenes.length

/** How many accepted scenes each worker has, of the 256 with the most. */
export function acceptedByWorker(view: ProjectView): Readonly<Record<string, number>> {
  if (view.facts !== undefined) return shownWorkers(view.facts.doneBy)
  return once(workers, view, (scenes) => shownWorkers(countsOf(scenes, ({ worker }) => worker)))
}

/** How many scenes each build has made, the 256 with the most. */
export function acceptedByBuild(view: ProjectView): readonly MadeBy[] {
  if (view.facts !== undefined) return shownBuilds(view.facts.madeBy)
  return once(builds, view, (scenes) => shownBuilds(countsOf(scenes, ({ maker }) => maker?.build ?? '')))
}

/** The first finished scene from a third of the film on, since its beginning is often black; null before the first. */
export function pictureOf(view: ProjectView): number | null {
  const { acceptedScenes } = view
  const count = sceneCountOf(view)
  const third = Math.floor(count / 3)
  if (acceptedScenes === 0) return null
  if (acceptedScenes === count) return third
  return once(pictures, view, (scenes) => {
    const isDone = ({ accepted }: SceneView): boolean => accepted != null
    const later = scenes.findIndex((scene, index) => index >= third && isDone(scene))
    const found = later === -1 ? scenes.findIndex(isDone) : later
    return found === -1 ? null : found
  })
}

/** How many scenes were encoded once more, to the same bytes. */
export const provedScenes = (view: ProjectView): number =>
  view.facts?.proved ??
  once(proofs, view, (scenes) => scenes.filter(({ accepted }) => accepted?.provedBy != null).length)

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
