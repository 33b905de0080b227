/** Which number stands for the scores of several frames: their mean, their harmonic mean, or the one that so many percent of them do not exceed. */
export type Statistic = 'mean' | 'harmonic' | { readonly percent: number }

/** A percentile as users write it: `p5`. The middle is `p50`. */
const PERCENT = /^p(\d{1,2})$/

/** What `over=` takes, in words. */
export const STATISTIC_WORDS = 'mean, harmonic or p1 to p50'

/** Reads `mean`, `harmonic` or `p5`; undefined for anything else. */
export function parseStatistic(text: string): Statistic | undefined {
  if (text === 'mean' || text === 'harmonic') return text
  const percent = Number(PERCENT.exec(text)?.[1])
  return percent >= 1 && percent <= 50 ? { percent } : undefined
}

/** Of the scores of frames, in dB. A percentile is the score of a frame: the lowest that at least so many percent of the frames do not exceed. */
export function statisticOf(scores: readonly number[], how: Exclude<Statistic, 'mean'>): number {
  if (scores.length === 0) return 0
  if (how === 'harmonic') return scores.length / scores.reduce((sum, score) => sum + 1 / Math.max(score, 1), 0)
  const rank = Math.ceil((how.percent * scores.length) / 100)
  return scores.toSorted((a, b) => a - b)[rank - 1] ?? 0
}
