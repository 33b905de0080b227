/** How many regular introductions a node hears in a second, at most, from all nodes together: each repeats what was said before. */
const REGULAR_PER_SECOND = 0.5
/** The same for introductions to newcomers, who know nothing yet. */
const GREETINGS_PER_SECOND = 5
const REGULAR_MS = 10_000
/** Peers that are not heard of for ten minutes are forgotten. */
const REGULAR_MS_MAX = 120_000
/** From the connection to the introduction: both sides have to know by then which topics the other hears. */
const GREETING_MS = 500

/** Time between two introductions of a node that sees so many others. */
export function introductionMs(others: number): number {
  return Math.min(REGULAR_MS_MAX, Math.max(REGULAR_MS, (others * 1000) / REGULAR_PER_SECOND))
}

/**
 * When a node introduces itself to a newcomer; whoever comes before that hears the same introduction.
 * @param sinceMs since its last introduction
 * @returns milliseconds from now
 */
export function greetingMs(others: number, sinceMs: number): number {
  const betweenMs = Math.min(introductionMs(others), (others * 1000) / GREETINGS_PER_SECOND)
  return Math.max(GREETING_MS, betweenMs - sinceMs)
}
