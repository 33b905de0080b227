import { createChangeLog, type ChangeLog } from './change-log.ts'
import { eventText } from './event-text.ts'
import { leasesByScene, sceneChangesOf } from './scene-change.ts'
import type { ProjectSnapshot } from '../modules.ts'
import type { LiveLease } from '../../swarm/protocol/index.ts'

/** The scenes of a project that somebody follows. */
export interface Film {
  readonly scenes: Pick<ChangeLog<number>, 'after' | 'from'>
  /** Finds what changed: parts that are the same objects as before did not. */
  update: (snapshot: ProjectSnapshot) => void
  /** An event with these scenes as they are now. */
  textOf: (scenes: readonly { readonly key: number; readonly version: number }[]) => string
}

export function createFilm(nextVersion: () => number): Film {
  const scenes = createChangeLog<number>()
  /** Everybody who follows gets the same ones. */
  const texts = new Map<string, string>()
  let before: ProjectSnapshot | undefined
  let leasesBefore: ReadonlyMap<number, LiveLease> = new Map()

  return {
    scenes,
    update: (snapshot) => {
      const { view, beat } = snapshot
      if (before?.view === view && before.beat === beat) return
      const leases = leasesByScene(snapshot)
      const isOther = before == null || (before.view.end == null) !== (view.end == null)
      for (let scene = 0; scene < view.scenes.length; scene += 1) {
        if (
          isOther ||
          view.scenes[scene] !== before?.view.scenes[scene] ||
          beat?.sceneStates[scene] !== before?.beat?.sceneStates[scene] ||
          !isSameLease(leases.get(scene), leasesBefore.get(scene))
        )
          scenes.set(scene, nextVersion())
      }
      before = snapshot
      leasesBefore = leases
      texts.clear()
    },
    textOf: (changed) => {
      const key = `${changed[0]?.version}-${changed.at(-1)?.version}-${changed.length}`
      const known = texts.get(key)
      if (known != null || before == null) return known ?? ''
      const change = sceneChangesOf(before)
      const text = eventText({
        event: 'scenes',
        data: {
          projectId: before.view.projectId,
          scenes: changed.map(({ key: scene }) => change(scene)).filter((one) => one != null)
        }
      })
      if (texts.size < TEXTS_MAX) texts.set(key, text)
      return text
    }
  }
}

/** A film of the most scenes has fewer pages. */
const TEXTS_MAX = 128

function isSameLease(a: LiveLease | undefined, b: LiveLease | undefined): boolean {
  return a?.worker === b?.worker && a?.pass === b?.pass && a?.frames === b?.frames
}
