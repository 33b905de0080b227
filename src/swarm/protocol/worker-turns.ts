import type { Job, WorkerState } from './worker.ts'

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

/** Slots that no scene of a project gets yet, because a scene of one before it is asked for or on its way. */
export function slotsKeptFrom(
  state: Pick<WorkerState, 'candidates' | 'jobs' | 'claims' | 'nowMs'>,
  projectId: string
): number {
  const isNew = (sinceMs: number): boolean => state.nowMs - sinceMs < SLOT_KEPT_MS
  const waited = [
    ...[...state.jobs.values()]
      .filter(({ stage, ahead, sinceMs }) => stage === 'fetching' && !ahead && isNew(sinceMs))
      .map(({ token }) => token.projectId),
    ...[...state.claims.values()].filter(({ atMs }) => isNew(atMs)).map((claim) => claim.projectId)
  ]
  if (waited.length === 0) return 0
  const place = placeOf(state, projectId)
  // [RULE 84] A free slot waits a moment for a scene of a project that comes first.
  return waited.map((id) => placeOf(state, id)).filter((other) => other >= 0 && other < place).length
}

/** Slots that are free for the projects that were passed so far, in their order. */
export interface FreeSlots {
  count: number
  /** Counts what waits here for a slot of one more project. */
  pass: (projectId: string) => void
}

/** @param waiting scenes that are held here and not begun */
export function createFreeSlots(
  state: Pick<WorkerState, 'slots' | 'candidates' | 'jobs' | 'claims'>,
  waiting: readonly Job[]
): FreeSlots {
  const waits = new Map<string, number>()
  for (const { projectId } of [...waiting.map(({ token }) => token), ...state.claims.values()])
    waits.set(projectId, (waits.get(projectId) ?? 0) + 1)
  const encoding = [...state.jobs.values()].filter(({ stage }) => stage === 'encoding').length
  const free: FreeSlots = {
    count: state.slots - encoding,
    pass: (projectId) => {
      free.count -= waits.get(projectId) ?? 0
    }
  }
  // [RULE 84] What waits here takes no slot from a project before its own.
  for (const projectId of waits.keys()) if (placeOf(state, projectId) === -1) free.pass(projectId)
  return free
}
