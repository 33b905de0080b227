import type { EncoderParams } from '../types.ts'
import { type QualityTarget, scoreOf, TARGET_FLAG } from './target.ts'

/** The quantiser of an encoder's constant-quality mode, and how to try it out. */
export interface Quantiser {
  /** Its flag without dashes; higher is worse. */
  readonly flag: string
  readonly min: number
  readonly max: number
  /** Where the search begins when the parameters name none. */
  readonly start: number
  /** A flag that makes rough trials fast, and the value that it is raised to. */
  readonly speed: { readonly flag: string; readonly value: number }
  /** Flags that trials go without: what changes the picture on purpose. */
  readonly trialWithout: readonly string[]
}

/** A trial encode and how good it was. */
export interface Trial {
  readonly quantiser: number
  readonly score: number
  /** Of a part of the scene, and faster: enough for a guess. */
  readonly isRough: boolean
}

export type NextStep =
  | { readonly type: 'try'; readonly quantiser: number; readonly isRough: boolean }
  /** One of the quantisers that the whole scene was tried with. */
  | { readonly type: 'take'; readonly quantiser: number }

/** What the search of a scene's quantiser goes by. */
export interface SearchInit {
  /** What the scene is to score. */
  readonly score: number
  readonly how: Quantiser
  /** Trials at the most. */
  readonly probes: number
  /** Whether the scene is long enough for rough trials first. */
  readonly isLong: boolean
}

/** Trials of one scene at the most, where the target names no number. */
export const PROBES = 6
/** A trial of the whole scene that is no further from the score, in dB, is good enough. */
const CLOSE_DB = 0.25
/** So far, in dB, the guess of one rough trial is good enough; farther off a second one gives it a slope. */
const GUESSED_DB_MAX = 1
const ROUGH_MAX = 2
/** dB that a step of the quantiser costs, until two trials say better (measured: 0.2 to 0.3 with libaom and SVT-AV1). */
const DB_A_STEP = 0.25
/** What a step may cost by two trials; they say nonsense beyond. */
const DB_A_STEP_MIN = 0.05
const DB_A_STEP_MAX = 2
/** Rough trials have the depth of the source. */
const DEPTH_FLAGS = ['bit-depth', 'hbd-mds']
/** Farthest step from one trial: the guess is only a guess. */
const STEP_MAX = 16

const nearest = (score: number, trials: readonly Trial[]): Trial | undefined =>
  trials.toSorted((a, b) => Math.abs(a.score - score) - Math.abs(b.score - score))[0]

/** Decides by the trials so far which quantiser to try next, or which to take: the one that came nearest to the score. */
export function nextQuantiser(trials: readonly Trial[], { score, how, probes, isLong }: SearchInit): NextStep {
  const clamp = (quantiser: number): number => Math.min(Math.max(quantiser, how.min), how.max)
  const rough = trials.filter(({ isRough }) => isRough)
  const whole = trials.filter(({ isRough }) => !isRough)
  const next = (from: readonly Trial[]): number =>
    clamp(Math.round(guess(score, from, slopeOf(from) ?? slopeOf(rough))))
  const best = nearest(score, whole)
  if (best !== undefined) {
    const wanted = next(whole)
    const isTried = whole.some(({ quantiser }) => quantiser === wanted)
    return isTried || Math.abs(best.score - score) <= CLOSE_DB || trials.length >= probes
      ? { type: 'take', quantiser: best.quantiser }
      : { type: 'try', quantiser: wanted, isRough: false }
  }
  const [first] = rough
  if (first === undefined) return { type: 'try', quantiser: clamp(how.start), isRough: isLong }
  const wanted = next(rough)
  const isGuess = rough.length < ROUGH_MAX && Math.abs(first.score - score) > GUESSED_DB_MAX
  return {
    type: 'try',
    quantiser: wanted,
    isRough: isGuess && wanted !== first.quantiser && trials.length + 2 < probes
  }
}

/** Where the score should lie: between the nearest trials on both sides of it, or beyond the nearest by what a step costs. */
function guess(score: number, trials: readonly Trial[], slope = -DB_A_STEP): number {
  const above = nearest(
    score,
    trials.filter((trial) => trial.score >= score)
  )
  const below = nearest(
    score,
    trials.filter((trial) => trial.score < score)
  )
  if (above !== undefined && below !== undefined && above.quantiser < below.quantiser) {
    const share = (above.score - score) / (above.score - below.score)
    const between = above.quantiser + share * (below.quantiser - above.quantiser)
    // The same quantiser again would tell nothing.
    return Math.min(Math.max(between, above.quantiser + 1), Math.max(below.quantiser - 1, above.quantiser))
  }
  const from = nearest(score, trials)
  if (from === undefined) throw new RangeError('a guess needs a trial')
  return from.quantiser + limited((score - from.score) / slope)
}

function limited(step: number): number {
  return Math.min(Math.max(step, -STEP_MAX), STEP_MAX)
}

/** dB a step, by the first two trials of a kind; undefined where they say nothing, or nonsense. */
function slopeOf([a, b]: readonly Trial[]): number | undefined {
  if (a === undefined || b === undefined) return undefined
  const slope = (b.score - a.score) / (b.quantiser - a.quantiser)
  return slope <= -DB_A_STEP_MIN && slope >= -DB_A_STEP_MAX ? slope : undefined
}

/** The parameters with this quantiser and no target. */
export function withQuantiser(params: EncoderParams, quantiser: number, { flag }: Quantiser): EncoderParams {
  return {
    ...params,
    tokens: [...without(params.tokens, [flag, TARGET_FLAG]), `--${flag}=${quantiser}`],
    target: undefined
  }
}

/** The parameters of a trial: of a rough one faster, of the whole scene those of its encode, but for what changes the picture on purpose. */
export function trialParams(params: EncoderParams, quantiser: number, how: Quantiser, isRough: boolean): EncoderParams {
  const set = withQuantiser(params, quantiser, how)
  if (!isRough) return { ...set, tokens: without(set.tokens, how.trialWithout) }
  const { flag, value } = how.speed
  const speed = Math.max(value, Number(valueOf(params, flag) ?? value))
  const tokens = without(set.tokens, [flag, ...DEPTH_FLAGS, ...how.trialWithout])
  return { ...set, tokens: [...tokens, `--${flag}=${speed}`], bitDepth: undefined }
}

/** Whether a trial of the whole scene is its encode: nothing changes the picture on purpose. */
export const isFinal = (params: EncoderParams, { trialWithout }: Quantiser): boolean =>
  trialWithout.every((flag) => valueOf(params, flag) === undefined)

/** The quantisers that a scene may get. */
export function quantiserBounds({ minQ, maxQ }: QualityTarget, { min, max }: Pick<Quantiser, 'min' | 'max'>) {
  return { min: Math.max(min, minQ ?? min), max: Math.min(max, maxQ ?? max) }
}

/** What the search of a scene goes by. The parameters and the target say where it begins, and within which bounds. */
export function searchOf(
  params: EncoderParams,
  target: QualityTarget,
  quantiser: Quantiser
): Omit<SearchInit, 'isLong'> {
  const { start } = quantiser
  const bounds = quantiserBounds(target, quantiser)
  const named = valueOf(params, quantiser.flag)
  return {
    score: scoreOf(target),
    how: { ...quantiser, ...bounds, start: named === undefined ? start : Number(named) },
    probes: target.probes ?? PROBES
  }
}

function without(tokens: readonly string[], flags: readonly string[]): string[] {
  return tokens.filter((token) => !flags.some((flag) => token === `--${flag}` || token.startsWith(`--${flag}=`)))
}

function valueOf(params: EncoderParams, flag: string): string | undefined {
  return params.tokens.findLast((token) => token.startsWith(`--${flag}=`))?.slice(flag.length + 3)
}
