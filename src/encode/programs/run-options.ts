/** Options that every long call takes. */
export interface RunOptions {
  readonly signal: AbortSignal
}
