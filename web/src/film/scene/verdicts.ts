import type { SceneAttempt } from '../../../../src/api/schemas/index.ts'

/** What became of an attempt, in words. */
export const VERDICTS: Readonly<Record<SceneAttempt['verdict'], string>> = {
  running: 'is working on it',
  verifying: 'is being checked',
  accepted: 'accepted',
  refused: 'refused',
  failed: 'failed',
  released: 'handed back',
  expired: 'lost contact',
  superseded: 'another was faster',
  withdrawn: 'withdrawn: its worker delivered a wrong result'
}
