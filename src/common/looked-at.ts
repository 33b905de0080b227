import { monotonicMs } from './clock.ts'

/** What a look gives, with at most one look in `everyMs`: for what changes all the time and costs something to ask. */
export function lookedAt<Value>(
  look: () => Value,
  { everyMs, nowMs = monotonicMs }: { readonly everyMs: number; readonly nowMs?: () => number }
): () => Value {
  let seen: { readonly value: Value; readonly atMs: number } | undefined
  return () => {
    const atMs = nowMs()
    if (seen == null || atMs - seen.atMs >= everyMs) seen = { value: look(), atMs }
    return seen.value
  }
}
