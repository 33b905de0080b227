/** What was thrown, as an `Error`. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The message of what was thrown. */
export function errorText(thrown: unknown): string {
  return asError(thrown).message
}

/** Message and stack of what was thrown, for whoever looks for a bug. */
export function errorStack(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
