import { isOver, type Attempt, type AttemptNote } from './attempt.ts'
import { LIMITS, type Beat, type LiveLease, type ProjectView, type Token } from '../../swarm/protocol/index.ts'

/** About the longest time between two beats of a film with 256 leases. After a longer silence nobody can say when a lease began. */
const SILENCE_MS_MAX = 60_000
const UNTOLD = 'its owner no longer lists it; only the owner knows why'

/** A beat has room for so many leases, and the others go on as well. */
const listsAll = ({ leases }: Beat): boolean => leases.length < LIMITS.beatLeasesMax

/** A beat, and when it was heard. */
export interface HeardBeat {
  readonly beat: Beat
  readonly atMs: number
}

/**
 * What a beat of another node's project means for the attempts that this node heard of.
 * @param before the last one that was heard of the project
 */
export function beatNotes(
  { beat, atMs }: HeardBeat,
  view: ProjectView,
  open: readonly Attempt[],
  before: HeardBeat | undefined
): AttemptNote[] {
  const { projectId, epoch } = beat
  const known = new Set(open.map(nameOf))
  // What the beat before did not list has begun since. Their numbers say nothing: the owner also counts beats that only its own view gets.
  const beganSince = before?.beat.epoch === epoch && listsAll(before.beat) && atMs - before.atMs <= SILENCE_MS_MAX
  const unheard = beat.leases
    .filter(({ scene }) => scene < view.scenes.length && view.scenes[scene]?.accepted == null)
    .filter((lease) => !known.has(nameOf(lease)))
    .map(({ scene, attempt, worker }): AttemptNote => ({
      type: 'started',
      isNew: beganSince,
      token: { projectId, scene, epoch, attempt },
      worker
    }))
  if (!listsAll(beat)) return unheard
  const told = new Set(beat.leases.map(nameOf))
  const gone = open.filter((one) => !told.has(nameOf(one)))
  return [...unheard, ...gone.flatMap((one) => goneNote(one, beat, view))]
}

/** Beats name no epoch of a lease. */
function nameOf({ scene, attempt, worker }: Pick<LiveLease, 'scene' | 'attempt' | 'worker'>): string {
  return `${scene}!${attempt}!${worker}`
}

function goneNote(one: Attempt, beat: Beat, view: ProjectView): AttemptNote[] {
  const of = { token: one, worker: one.worker }
  const accepted = view.scenes[one.scene]?.accepted
  if (accepted != null) return acceptNotes(accepted, [one])
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
