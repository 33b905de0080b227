import type { WaitingSubmission } from './intake.ts'
import type { Beat, ProjectView } from '../../swarm/protocol/index.ts'

/** Nothing is known of a picture that nobody looked at yet. */
const NO_PICTURE = {
  width: 0,
  height: 0,
  pixelFormat: '',
  bitDepth: 0,
  fpsNum: 0,
  fpsDen: 1,
  primaries: '',
  transfer: '',
  matrix: '',
  range: '',
  framesEstimated: 0,
  sourceBytes: 0
} as const

/** A submission that waits, as the project that it becomes; only this node sees it. */
export function waitingView({ projectId, nonce, wish, end }: WaitingSubmission, owner: string): ProjectView {
  return {
    projectId,
    owner,
    announce: { ...NO_PICTURE, ...wish, nonce, threads: 'any', share: 'all' },
    priority: wish.priority,
    scenes: [],
    planned: undefined,
    acceptedScenes: 0,
    acceptedFrames: 0,
    acceptedBytes: 0,
    withdrawn: [],
    end,
    fork: undefined,
    head: { epoch: 0, seq: 0, hash: '' }
  }
}

export const waitingBeat = (projectId: string): Beat => ({
  projectId,
  epoch: 0,
  beatNo: 0,
  state: 'waiting',
  sceneStates: [],
  leases: [],
  fps: 0,
  failures: [],
  seq: 0
})
