import type { SceneAttempt, SceneWhy } from './schemas/index.ts'

/** An attempt at a scene as a node remembers it. */
export interface KnownAttempt extends Readonly<Omit<SceneAttempt, 'encoderBuild' | 'encodeSeconds'>> {
  readonly projectId: string
  readonly scene: number
  readonly encodeMs: number | null
  /** Lowest luma PSNR of the result, where this node compared it. */
  readonly psnr: number | null
  readonly changedAtMs: number
}

/** The attempts at a scene, the oldest first. */
export type AttemptsOf = (scene: number) => readonly KnownAttempt[]

/** What is known of scenes beside the project's log and its beats. */
export interface ScenesModule {
  attempts: (projectId: string) => AttemptsOf
  /** Those of all projects that changed after a time or still run, in the order of their beginnings: the last `limit`. */
  attemptsSince: (afterMs: number, limit: number) => readonly KnownAttempt[]
  /** undefined: there is no such scene. */
  why: (projectId: string, scene: number) => SceneWhy | undefined
  /** Whether this node holds the encoded scene. */
  isHere: (result: { readonly sha256: string; readonly bytes: number }) => Promise<boolean>
}
