import { createChangeLog, type ChangeLog } from './change-log.ts'
import { eventText } from './event-text.ts'
import type { ProjectSnapshot } from '../ports.ts'
import type { SceneChange } from '../schemas/index.ts'

/** Reads the scenes of a project as they are now. */
export type SceneChangesOf = (snapshot: ProjectSnapshot) => (scene: number) => SceneChange

/** The scenes of a project that somebody follows. */
export interface Film {
  readonly scenes: Pick<ChangeLog<number>, 'after' | 'from'>
  /** Looks at those whose parts were replaced, by log or beat. */
  update: (snapshot: ProjectSnapshot) => void
  /** Looks at the next scenes in turn, whether or not log or beat changed: other facts about a scene change without a notice. */
  lookOver: (snapshot: ProjectSnapshot) => void
  /** An event with these scenes as they were last seen. */
  textOf: (scenes: readonly { readonly key: number; readonly version: number }[]) => string
}

/** A film of the most scenes has fewer pages. */
const TEXTS_MAX = 128
/** Scenes that are looked over at once: some 5 ms. */
const LOOK_OVER = 5000

export function createFilm(
  projectId: string,
  { nextVersion, changesOf }: { readonly nextVersion: () => number; readonly changesOf: SceneChangesOf }
): Film {
  const scenes = createChangeLog<number>()
  const seen: SceneChange[] = []
  /** Everybody who follows gets the same ones. */
  const texts = new Map<string, string>()
  let before: ProjectSnapshot | undefined
  let next = 0

  function look(scene: number, change: (scene: number) => SceneChange): void {
    const now = change(scene)
    const last = seen[scene]
    if (last != null && isSame(last, now)) return
    seen[scene] = now
    scenes.set(scene, nextVersion())
    texts.clear()
  }

  return {
    scenes,
    update: (snapshot) => {
      if (before?.view === snapshot.view && before.beat === snapshot.beat) return
      const change = changesOf(snapshot)
      for (const scene of replacedScenes(before, snapshot)) look(scene, change)
      before = snapshot
    },
    lookOver: (snapshot) => {
      const { length } = snapshot.view.scenes
      const change = changesOf(snapshot)
      for (let at = 0; at < Math.min(LOOK_OVER, length); at += 1, next += 1) look(next % length, change)
      next %= Math.max(1, length)
    },
    textOf: (changed) => {
      const key = `${changed[0]?.version}-${changed.at(-1)?.version}-${changed.length}`
      const known = texts.get(key)
      if (known != null) return known
      const list = changed.map(({ key: scene }) => seen[scene]).filter((one) => one != null)
      const text = eventText({ event: 'scenes', data: { projectId, scenes: list } })
      if (texts.size < TEXTS_MAX) texts.set(key, text)
      return text
    }
  }
}

/** Parts are never changed, only replaced: where they are the same objects nothing happened. */
function replacedScenes(before: ProjectSnapshot | undefined, { view, beat }: ProjectSnapshot): Iterable<number> {
  const { scenes } = view
  if (before == null || (before.view.end == null) !== (view.end == null)) return scenes.keys()
  const replaced = new Set<number>()
  for (let scene = 0; scene < scenes.length; scene += 1)
    if (scenes[scene] !== before.view.scenes[scene] || beat?.sceneStates[scene] !== before.beat?.sceneStates[scene])
      replaced.add(scene)
  for (const leases of beat === before.beat ? [] : [before.beat?.leases, beat?.leases])
    for (const { scene } of leases ?? []) if (scene < scenes.length) replaced.add(scene)
  return replaced
}

function isSame(a: SceneChange, b: SceneChange): boolean {
  return (Object.keys(a) as (keyof SceneChange)[]).every((key) => a[key] === b[key])
}
