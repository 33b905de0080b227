/** A thrown value, as an `Error`. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The message of a thrown value. */
export function errorText(thrown: unknown): string {
  return asError(thrown).message
}

/** Message and stack of a thrown value, for debugging. */
export function errorStack(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
