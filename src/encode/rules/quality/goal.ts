import type { Likeness } from '../likeness.ts'
import type { Quantiser } from './search.ts'
import { type QualityTarget, scoreOf } from './target.ts'

/** The quality that a scene is to have, and the quantisers that its worker may choose for it. */
export interface QualityGoal extends Pick<Quantiser, 'min' | 'max'> {
  readonly target: QualityTarget
}

/** How far an honest scene lies below its target, in dB, at most: only some of its frames were measured, and the quantisers may lie far apart (measured: 0.3 dB). */
const MISSED_DB_MAX = 1.5

/**
 * [RULE 83] Why a worker did not seem to look for the quantiser that its scene needs, as a sentence without its full stop; undefined where it did.
 * The finest quantiser may miss any target.
 * @param quantiser that the worker names
 */
export function missedGoal(
  { target, min, max }: QualityGoal,
  quantiser: number | undefined,
  likeness: Likeness | undefined
): string | undefined {
  if (quantiser === undefined || quantiser < min || quantiser > max)
    return 'it does not name the quantiser that was chosen for it'
  const reached = likeness && reachedOf(target, likeness)
  if (quantiser === min || reached === undefined) return undefined
  if (scoreOf(reached) >= scoreOf(target) - MISSED_DB_MAX) return undefined
  return `its ${target.metric} is ${inWords(reached)}, and ${inWords(target)} was asked for`
}

/** The mean: what other statistics aim at lies below it. */
function reachedOf({ metric }: QualityTarget, { lumaDb, ssim, xpsnr }: Likeness): QualityTarget | undefined {
  const value = { psnr: lumaDb, ssim, xpsnr }[metric]
  return value === undefined ? undefined : { metric, value }
}

function inWords({ metric, value }: QualityTarget): string {
  return metric === 'ssim' ? value.toFixed(4) : `${value.toFixed(1)} dB`
}
