import type { Job, WorkerState } from '../../../src/swarm/protocol/index.ts'

/** How long a slot waits for a scene of a film that comes first. */
const KEPT_MS = 5_000

/** One step of a worker. */
export interface WorkerChange {
  readonly before: WorkerState
  readonly state: WorkerState
}

/**
 * [S20] A free slot goes to the film that comes first, as far as its worker knows.
 * @param job was begun in this step
 * @returns what is wrong, in words; undefined when nothing is
 */
export function outOfTurn({ token }: Job, { before: earlier, state }: WorkerChange): string | undefined {
  const place = state.candidates.findIndex(({ projectId }) => projectId === token.projectId)
  const before = state.candidates.slice(0, Math.max(0, place))
  const jobs = [...state.jobs.values()]
  const claims = [...state.claims.values()]
  const encoding = jobs.filter(({ stage }) => stage === 'encoding')
  // What is promised to others already stays theirs.
  const waiting = jobs.filter(({ stage, ahead }) => (stage === 'fetching' || stage === 'ready') && !ahead)
  const isOver = (id: string): boolean => state.candidates.every(({ projectId }) => projectId !== id)
  const isLate = (sinceMs: number): boolean => state.nowMs - sinceMs >= KEPT_MS
  const promised = [...state.claims].flatMap(([no, claim]) =>
    earlier.claims.has(no) || isOver(claim.projectId) ? [claim] : []
  )
  let kept = 0
  // Who waits for the first does not ask the second, for a moment.
  let isWaiting = false
  for (const { projectId, owner, probed, slotsMax } of before) {
    const mine = jobs.filter((job) => job.token.projectId === projectId && job.stage !== 'delivering')
    const asked = claims.filter((claim) => claim.projectId === projectId)
    const isFull = encoding.filter((job) => job.token.projectId === projectId).length >= slotsMax
    const isReady = mine.some(
      ({ stage, liveUntilMs, hardAtMs }) => stage === 'ready' && Math.min(liveUntilMs, hardAtMs) > state.nowMs
    )
    if (isReady && !isFull) return `begins scene ${token.scene} of a film, and one that comes first waits`
    const waits = mine.filter(({ stage, ahead }) => stage !== 'encoding' && !ahead)
    const inTime = [
      ...mine.filter(({ stage, ahead, sinceMs }) => stage === 'fetching' && !ahead && !isLate(sinceMs)),
      ...asked.filter(({ atMs }) => !isLate(atMs))
    ]
    kept += inTime.length
    isWaiting ||= inTime.length > 0
    const mayAsk = probed && state.sessions.has(owner) && !state.held && !state.draining
    // What is late takes room from its own film only.
    const takesRoom = promised.filter((claim) => claim.projectId === projectId || !isLate(claim.atMs))
    const hasRoom = encoding.length + waiting.length + takesRoom.length < state.slots + state.queue
    const isAsked = state.nothing.get(projectId) === 'all' || isWaiting || asked.length + waits.length > 0
    if (mayAsk && hasRoom && !isAsked && mine.length < slotsMax)
      return `begins scene ${token.scene} of a film, and did not ask for one that comes first`
  }
  return encoding.length + kept > state.slots
    ? `begins scene ${token.scene} of a film, and its slot was for one that comes first`
    : undefined
}
