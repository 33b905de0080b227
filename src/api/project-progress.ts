import { stateCounts } from './scene-counts.ts'
import type { ProjectSnapshot } from './ports.ts'
import type { ProjectPhase, ProjectState } from './schemas/index.ts'

/** Fewer frames say nothing of the time that is left. */
const ETA_FRAMES_MIN = 24
/** What is encoded is not done before it is checked, joined and named. */
const SHARE_MAX_UNFINISHED = 0.99

const GOES_ON: ReadonlySet<ProjectState> = new Set<ProjectState>(['analysing', 'encoding', 'joining'])

/** What goes on now. @param running scenes that workers encode */
export function phasesOf({ view, beat }: ProjectSnapshot, state: ProjectState, running: number): ProjectPhase[] {
  if (!GOES_ON.has(state)) return []
  if (state === 'joining') return ['joining']
  const phases: ProjectPhase[] = view.planned == null ? ['analysing'] : []
  if (running > 0) phases.push('encoding')
  else if (stateCounts(beat).verifying.length > 0) phases.push('checking')
  return phases
}

/** Share of the work that is done: all of it only when the file is there. */
export function shareDoneOf(state: ProjectState, frames: number, totalFrames: number): number {
  if (state === 'completed') return 1
  return totalFrames > 0 ? Math.min(SHARE_MAX_UNFINISHED, frames / totalFrames) : 0
}

interface Pace {
  /** Frames of the film a second. */
  readonly fps: number
  readonly frames: number
  readonly totalFrames: number
}

/** Seconds until the last frame is encoded; null until that can be told, and when it is. */
export function etaSecondsOf(
  { view }: Pick<ProjectSnapshot, 'view'>,
  { fps, frames, totalFrames }: Pace
): number | null {
  const isTold = view.acceptedScenes > 0 || frames >= ETA_FRAMES_MIN
  return fps > 0 && isTold && frames < totalFrames ? (totalFrames - frames) / fps : null
}

/** Bytes of the finished file at the rate of what is accepted, with its audio where that is known; null before the first scene. */
export function estimatedBytesOf({ view, soundBytes = 0 }: ProjectSnapshot, totalFrames: number): number | null {
  if (view.acceptedFrames === 0) return null
  return Math.round((view.acceptedBytes * totalFrames) / view.acceptedFrames + soundBytes)
}
