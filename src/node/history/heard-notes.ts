import { isOver, type Attempt, type AttemptNote } from './attempt.ts'
import { LIMITS, type Beat, type LiveLease, type ProjectView, type Token } from '../../swarm/protocol/index.ts'

/** A beat may have been on its way when a lease was granted. */
const UNDER_WAY_MS = 5_000
const UNTOLD = 'its owner no longer lists it; only the owner knows why'

/** What a beat of another node's project means for the attempts that this node heard of. */
export function beatNotes(beat: Beat, view: ProjectView, open: readonly Attempt[], nowMs: number): AttemptNote[] {
  const { projectId, epoch } = beat
  const known = new Set(open.map(nameOf))
  const unheard = beat.leases
    .filter(({ scene }) => scene < view.scenes.length && view.scenes[scene]?.accepted == null)
    .filter((lease) => !known.has(nameOf(lease)))
    .map(({ scene, attempt, worker }): AttemptNote => ({
      type: 'started',
      isNew: false,
      token: { projectId, scene, epoch, attempt },
      worker
    }))
  // A beat has room for so many leases, and the others go on as well.
  if (beat.leases.length >= LIMITS.beatLeasesMax) return unheard
  const told = new Set(beat.leases.map(nameOf))
  const gone = open.filter((one) => !told.has(nameOf(one)))
  return [...unheard, ...gone.flatMap((one) => goneNote(one, beat, view, nowMs))]
}

/** Beats name no epoch of a lease. */
function nameOf({ scene, attempt, worker }: Pick<LiveLease, 'scene' | 'attempt' | 'worker'>): string {
  return `${scene}!${attempt}!${worker}`
}

function goneNote(one: Attempt, beat: Beat, view: ProjectView, nowMs: number): AttemptNote[] {
  const of = { token: one, worker: one.worker }
  const accepted = view.scenes[one.scene]?.accepted
  if (accepted != null) return acceptNotes(accepted, [one])
  if (nowMs - one.changedAtMs < UNDER_WAY_MS) return []
  const status = beat.sceneStates[one.scene]
  if (view.end == null && (status === 'verifying' || status === 'accepted')) return []
  const failure = beat.failures.find(({ scene }) => scene === one.scene)
  if (failure != null) return [{ ...of, type: 'ended', verdict: 'failed', reason: failure.reason }]
  return [{ ...of, type: 'ended', verdict: 'released', reason: view.end == null ? UNTOLD : 'the project has ended' }]
}

/** What a receipt means for them. */
export function acceptNotes(
  accepted: { readonly scene: number; readonly epoch: number; readonly attempt: number; readonly worker: string },
  open: readonly Attempt[]
): AttemptNote[] {
  return open
    .filter((one) => one.scene === accepted.scene && !isOver(one))
    .map((one): AttemptNote => {
      const isIt = one.attempt === accepted.attempt && one.worker === accepted.worker
      const ending = isIt
        ? ({ verdict: 'accepted', reason: '' } as const)
        : ({ verdict: 'superseded', reason: 'another result was accepted' } as const)
      return { type: 'ended', token: tokenOf(one), worker: one.worker, ...ending }
    })
}

function tokenOf({ projectId, scene, epoch, attempt }: Attempt): Token {
  return { projectId, scene, epoch, attempt }
}
