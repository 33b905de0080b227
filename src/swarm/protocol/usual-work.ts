import type { PendingResult } from './owner-types.ts'

/** Results of a worker before its others are compared with them. */
const RESULTS_MIN = 3

/** Below this part of the lowest value so far a result is unusual. */
const UNUSUAL = 0.5

/** Of the results of a worker, one and this share may be encoded again for being unusual. Some parameters make every scene unusual. */
const SHARE_MAX = 0.05

/** How fast a worker has been at best, how small its results were, for one frame, and what their frames said of tools. */
interface Usual {
  readonly results: number
  readonly msPerFrame: number
  readonly bytesPerFrame: number
  readonly tools: ReadonlySet<string>
  /** Results that were called unusual. */
  readonly unusual: number
}

/** What the results of each worker took so far, by peer id. */
export type UsualWork = ReadonlyMap<string, Usual>

export interface NotedWork {
  readonly usual: UsualWork
  /** Why the result is unusual; undefined for a usual one, and when enough of its worker were unusual. */
  readonly odd: string | undefined
}

const NOTHING: Usual = { results: 0, msPerFrame: Infinity, bytesPerFrame: Infinity, tools: new Set(), unusual: 0 }

/**
 * Compares a result with the earlier ones of its worker, where there are a few, and notes it.
 * @param seen what is unusual about it by itself, and what its frames say of tools
 */
export function noteWork(
  usual: UsualWork,
  { worker, blob, encodeMs }: Pick<PendingResult, 'worker' | 'blob' | 'encodeMs'>,
  frames: number,
  seen: { readonly odd: string | undefined; readonly tools: readonly string[] }
): NotedWork {
  const before = usual.get(worker) ?? NOTHING
  const msPerFrame = encodeMs / frames
  const bytesPerFrame = blob.bytes / frames
  const isKnown = before.results >= RESULTS_MIN
  const otherTools = before.results > 0 ? seen.tools.find((tools) => !before.tools.has(tools)) : undefined
  const words =
    seen.odd ??
    (otherTools === undefined ? undefined : `it has frames with ${otherTools}, which its worker's results never had`) ??
    (isKnown ? wordsFor(before, msPerFrame, bytesPerFrame) : undefined)
  const odd = before.unusual <= SHARE_MAX * before.results ? words : undefined
  const after = {
    results: before.results + 1,
    msPerFrame: Math.min(before.msPerFrame, msPerFrame),
    bytesPerFrame: Math.min(before.bytesPerFrame, bytesPerFrame),
    tools: new Set([...before.tools, ...seen.tools]),
    unusual: before.unusual + Number(odd !== undefined)
  }
  return { usual: new Map(usual).set(worker, after), odd }
}

function wordsFor(usual: Usual, msPerFrame: number, bytesPerFrame: number): string | undefined {
  if (msPerFrame < UNUSUAL * usual.msPerFrame)
    return `it took ${msPerFrame.toFixed(0)} ms for a frame, and its worker was never faster than ${usual.msPerFrame.toFixed(0)} ms`
  if (bytesPerFrame < UNUSUAL * usual.bytesPerFrame)
    return `it has ${bytesPerFrame.toFixed(0)} bytes for a frame, and its worker's smallest had ${usual.bytesPerFrame.toFixed(0)}`
  return undefined
}
