import { roundingDb } from './headers/quantisers.ts'
import type { FramesSeen } from './headers/frame-check.ts'
import { missedGoal, type QualityGoal } from './quality/goal.ts'

/** How far an encoded scene is from its source, in the samples of the deeper of the two. */
export interface Likeness {
  /** The lowest PSNR of a frame's luma or chroma, in dB; 100 where they are equal. */
  readonly worstFrameDb: number
  /** The same of luma alone. */
  readonly worstLumaDb: number
  /** Mean luma PSNR of a frame, in dB. */
  readonly meanDb: number
  /** PSNR of the luma of all frames together, in dB. */
  readonly lumaDb: number
  /** Mean SSIM of luma, 0 to 1, where it was asked for. */
  readonly ssim?: number | undefined
  /** XPSNR of luma and chroma, in dB, where it was asked for. */
  readonly xpsnr?: number | undefined
  /** How much better, in dB, the scene's frames fit the source's one earlier or one later than their own; negative where their own fit best. */
  readonly shiftGainDb: number
  /** The largest mean difference of a 16x16 block of luma, 0 to 1 of the full scale. */
  readonly worstBlock: number
}

/** How good an encoded scene is, for people; each null where it was not measured. */
export interface SceneQuality {
  /** The lowest luma PSNR of a frame, in dB. */
  readonly psnr: number | null
  /** PSNR of the luma of all frames together, in dB. */
  readonly psnrMean: number | null
  /** XPSNR of luma and chroma, in dB. */
  readonly xpsnr: number | null
}

export const UNMEASURED: SceneQuality = { psnr: null, psnrMean: null, xpsnr: null }

/** What a look at a scene brought; each undefined where it could not be had. */
export interface SceneLook {
  readonly likeness: Likeness | undefined
  /** The quality that was asked for, and the quantiser that the worker chose for it; undefined without a target. */
  readonly chosen?: { readonly goal: QualityGoal; readonly quantiser: number | undefined } | undefined
  readonly frames?: FramesSeen | undefined
}

/**
 * What honest encodes stay well within, at the worst quality that the encoders have (measured: 26 dB, 0.3 dB, 0.14). Pictures that are hard to encode may not, so whatever goes beyond is
 * not refused, but encoded again.
 */
const WORST_FRAME_DB_MIN = 22
const SHIFT_GAIN_DB_MAX = 1
const WORST_BLOCK_MAX = 0.25

/** Why a result looks as if it were not of this scene; undefined when it looks right. */
export function suspicion(likeness: Likeness | undefined): string | undefined {
  if (likeness == null) return 'it could not be compared with the source'
  const { worstFrameDb, shiftGainDb, worstBlock } = likeness
  if (worstFrameDb < WORST_FRAME_DB_MIN)
    return `the PSNR of a frame is ${worstFrameDb.toFixed(1)} dB against the source`
  if (shiftGainDb > SHIFT_GAIN_DB_MAX)
    return `its frames match the source better one frame later or earlier (${shiftGainDb.toFixed(1)} dB)`
  if (worstBlock > WORST_BLOCK_MAX) return `a block differs by ${Math.round(worstBlock * 100)} %`
  return undefined
}

/** How far an honest frame lies below the PSNR that rounding to its quantiser's step gives, at most (measured: 2 dB, and more with fine quantisers and with tools that change the picture). */
const BELOW_ROUNDING_DB_MAX = 3

/** Below it encoders lose more by their transforms than by rounding. */
const QUANTISER_MIN = 32

/** What is unusual about a result that may well be right: a reason to encode it again where that is possible, and no more. */
export function oddity({ frames, likeness, chosen }: SceneLook): string | undefined {
  if (frames?.oddity !== undefined) return frames.oddity
  const missed = chosen && missedGoal(chosen.goal, chosen.quantiser, likeness)
  if (missed !== undefined) return missed
  const quantiser = frames?.quantiserMax
  if (quantiser === undefined || quantiser < QUANTISER_MIN || likeness === undefined) return undefined
  const expectedDb = roundingDb(quantiser) - BELOW_ROUNDING_DB_MAX
  if (likeness.worstLumaDb >= expectedDb) return undefined
  return `the PSNR of a frame is ${likeness.worstLumaDb.toFixed(1)} dB, and its quantiser alone leaves ${expectedDb.toFixed(1)} dB`
}
