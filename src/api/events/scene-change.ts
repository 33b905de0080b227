import { SCENE_STATES, type SceneChange, type SceneState } from '../schemas/index.ts'
import type { ProjectSnapshot } from '../modules.ts'
import type { LiveLease } from '../../swarm/protocol/index.ts'

/** The lease that is furthest of each scene that has one. */
function leasesByScene({ view, beat }: Pick<ProjectSnapshot, 'view' | 'beat'>): ReadonlyMap<number, LiveLease> {
  const furthest = new Map<number, LiveLease>()
  if (view.end != null) return furthest
  for (const lease of beat?.leases ?? []) {
    const known = furthest.get(lease.scene)
    if (known == null || lease.pass > known.pass || (lease.pass === known.pass && lease.frames > known.frames))
      furthest.set(lease.scene, lease)
  }
  return furthest
}

/** How the scenes of a project stand, by number. */
export function sceneChangesOf(snapshot: ProjectSnapshot): (scene: number) => SceneChange {
  const { view, beat } = snapshot
  const leases = leasesByScene(snapshot)
  return (scene) => {
    const known = view.scenes[scene]
    if (known == null) throw new RangeError(`there is no scene ${scene}`)
    const { plan, accepted } = known
    const lease = accepted == null ? leases.get(scene) : undefined
    const state = accepted != null ? 'done' : stateOf(beat?.sceneStates[scene], lease, view.end != null)
    return {
      scene,
      frames: plan.frames,
      state: SCENE_STATES.indexOf(state),
      framesDone: state === 'done' || state === 'verifying' ? plan.frames : (lease?.frames ?? 0),
      bytes: accepted?.result.bytes ?? 0,
      encodeMs: accepted?.encodeMs ?? 0,
      attempts: accepted != null || lease != null ? 1 : 0,
      psnr: null,
      worker: accepted?.worker ?? lease?.worker ?? null
    }
  }
}

function stateOf(status: string | undefined, lease: LiveLease | undefined, hasEnded: boolean): SceneState {
  if (status === 'failed') return 'failed'
  if (hasEnded) return 'waiting'
  if (status === 'verifying') return 'verifying'
  if (lease == null) return status === 'leased' ? 'leased' : 'waiting'
  if (lease.pass === 0 || (lease.pass === 1 && lease.frames === 0)) return 'leased'
  return lease.pass === 2 ? 'pass-2' : 'pass-1'
}
