import type { Job, PendingClaim, WorkerState } from './worker.ts'

/** How long a slot waits for a scene of a project that comes first. */
const SLOT_KEPT_MS = 5_000

const placeOf = ({ candidates }: Pick<WorkerState, 'candidates'>, id: string): number =>
  candidates.findIndex(({ projectId }) => projectId === id)

/** Fetched scenes in the order in which they get free slots: that of their projects. What is no candidate any more goes first. */
export function readyInOrder(state: Pick<WorkerState, 'candidates' | 'jobs'>): Job[] {
  const ready = [...state.jobs.values()].filter(({ stage }) => stage === 'ready')
  if (ready.length < 2) return ready
  const places = new Map(ready.map(({ token: { projectId } }) => [projectId, placeOf(state, projectId)]))
  return ready.toSorted((a, b) => (places.get(a.token.projectId) ?? 0) - (places.get(b.token.projectId) ?? 0))
}

type Waiting = Pick<WorkerState, 'slots' | 'candidates' | 'jobs' | 'claims' | 'nowMs'>

/** [RULE 84] A free slot waits a moment for an answer or a piece, and then no longer. */
const isLate = ({ nowMs }: Pick<WorkerState, 'nowMs'>, sinceMs: number): boolean => nowMs - sinceMs >= SLOT_KEPT_MS

/** Claims that are answered soon, if ever. A silent owner does not keep its worker from others. */
export const claimsInTime = (state: Pick<WorkerState, 'claims' | 'nowMs'>): PendingClaim[] =>
  [...state.claims.values()].filter(({ atMs }) => !isLate(state, atMs))

/** [RULE 35] No encoder starts under an expired lease: the job waits until the worker has renewed it. */
export const isLive = ({ nowMs }: Pick<WorkerState, 'nowMs'>, { liveUntilMs, hardAtMs }: Job): boolean =>
  Math.min(liveUntilMs, hardAtMs) > nowMs

/** Slots that no scene of a project gets yet, because a scene of one before it is asked for or on its way. */
export function slotsKeptFrom(state: Omit<Waiting, 'slots'>, projectId: string): number {
  const waited = [
    ...[...state.jobs.values()]
      .filter(({ stage, ahead, sinceMs }) => stage === 'fetching' && !ahead && !isLate(state, sinceMs))
      .map(({ token }) => token.projectId),
    ...claimsInTime(state).map((claim) => claim.projectId)
  ]
  if (waited.length === 0) return 0
  const place = placeOf(state, projectId)
  return waited.map((id) => placeOf(state, id)).filter((other) => other >= 0 && other < place).length
}

/** Slots that are free for the projects that were passed so far, in their order. */
export interface FreeSlots {
  count: number
  /** Counts what waits here for a slot of one more project. */
  pass: (projectId: string) => void
}

/** @param waiting scenes that are held here and not begun */
export function createFreeSlots(state: Waiting, waiting: readonly Job[]): FreeSlots {
  const isInTime = (job: Job): boolean => (job.stage === 'fetching' ? !isLate(state, job.sinceMs) : isLive(state, job))
  const waits = countById([...waiting.map(({ token }) => token), ...state.claims.values()])
  const inTime = countById([...waiting.filter(isInTime).map(({ token }) => token), ...claimsInTime(state)])
  const encoding = [...state.jobs.values()].filter(({ stage }) => stage === 'encoding').length
  let late = 0
  const free: FreeSlots = {
    count: state.slots - encoding,
    pass: (projectId) => {
      const all = waits.get(projectId) ?? 0
      // [RULE 84] What is late takes slots from its own project only.
      free.count += late - all
      late = all - (inTime.get(projectId) ?? 0)
    }
  }
  // [RULE 84] What waits here takes no slot from a project before its own.
  for (const projectId of waits.keys()) if (placeOf(state, projectId) === -1) free.pass(projectId)
  return free
}

function countById(all: readonly { readonly projectId: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { projectId } of all) counts.set(projectId, (counts.get(projectId) ?? 0) + 1)
  return counts
}
