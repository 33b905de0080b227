import type { DryRun, SubmitRequest } from './schemas/index.ts'

export interface DryRunOptions {
  /** The caller holds the token and may name any path. */
  readonly trusted: boolean
  /** How long the source is analysed for its scenes; undefined: it is not. */
  readonly analyseMs: number | undefined
  readonly signal: AbortSignal
}

/** Tells what a submission would become, and leaves nothing behind. @throws ApiRefusal */
export type DryRunModule = (request: SubmitRequest, options: DryRunOptions) => Promise<DryRun>
