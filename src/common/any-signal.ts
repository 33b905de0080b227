/** By the signal that depends on them. */
const sources = new WeakMap<AbortSignal, readonly AbortSignal[]>()

/**
 * A signal that is aborted with the first of these.
 * Unlike that of `AbortSignal.any` it keeps them in memory: there a deadline of `AbortSignal.timeout` is lost, and never comes, when memory is tidied up while nobody
 * listens (https://github.com/nodejs/node/issues/57736).
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const any = AbortSignal.any([...signals])
  sources.set(any, signals)
  return any
}
