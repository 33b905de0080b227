import { ParamsError } from './errors.ts'
import type { EncoderParams } from './types.ts'
import type { QualityTarget } from './quality.ts'

/** The flag that asks for a quality, without dashes. */
export const TARGET_FLAG = 'target-quality'

/** The quantiser of an encoder's constant-quality mode, and how to try it out quickly. */
export interface Quantiser {
  /** Its flag without dashes; higher is worse. */
  readonly flag: string
  readonly min: number
  readonly max: number
  /** Where the search begins when the parameters name none. */
  readonly start: number
  /** A flag that makes trials fast, and the value that it is raised to. */
  readonly speed: { readonly flag: string; readonly value: number }
  /** Flags that trials go without: what changes the picture on purpose, and the output's depth, since trials are measured at the source's. */
  readonly trialWithout: readonly string[]
}

/** A trial encode and how good it was. */
export interface Trial {
  readonly quantiser: number
  readonly score: number
}

export type NextStep =
  | { readonly type: 'try'; readonly quantiser: number }
  | { readonly type: 'take'; readonly quantiser: number }

/** Trials of one scene at the most. */
const TRIALS_MAX = 4
/** A trial that is no more than this above the score, in dB, is good enough. */
const CLOSE_DB = 0.25
/** dB that a step of the quantiser costs, until two trials say better (measured: 0.25 with libaom). */
const DB_A_STEP = 0.25
/** Farthest step from the first trial: the guess is only a guess. */
const STEP_MAX = 16
/** What arithmetic may take off a whole number. */
const ROUNDING = 1e-6

/** Decides by the trials so far which quantiser to try next, or which to take: the highest that should still reach the score. */
export function nextQuantiser(score: number, trials: readonly Trial[], { min, max, start }: Quantiser): NextStep {
  const clamp = (quantiser: number): number => Math.min(Math.max(quantiser, min), max)
  const [first, second] = trials
  const close = trials.find((trial) => trial.score >= score && trial.score <= score + CLOSE_DB)
  if (close !== undefined) return { type: 'take', quantiser: close.quantiser }
  if (first === undefined) return { type: 'try', quantiser: clamp(start) }
  const wanted = clamp(
    second === undefined
      ? first.quantiser + limited(Math.floor((first.score - score) / DB_A_STEP))
      : Math.floor(onLine(score, trials) + ROUNDING)
  )
  const isTried = trials.some(({ quantiser }) => quantiser === wanted)
  return isTried || trials.length >= TRIALS_MAX
    ? { type: 'take', quantiser: wanted }
    : { type: 'try', quantiser: wanted }
}

function limited(step: number): number {
  return Math.min(Math.max(step, -STEP_MAX), STEP_MAX)
}

/** Where the line through two trials reaches the score: the nearest on both sides of it, or the two nearest. */
function onLine(score: number, trials: readonly Trial[]): number {
  const near = trials.toSorted((a, b) => Math.abs(a.score - score) - Math.abs(b.score - score))
  const [a] = near
  const b = near.find((trial) => a !== undefined && trial.score < score !== a.score < score) ?? near[1]
  if (a === undefined || b === undefined) throw new RangeError('a line needs two trials')
  const slope = (b.score - a.score) / (b.quantiser - a.quantiser)
  // Trials that say nothing, or that finer quantising is worse: step by the guess.
  return a.quantiser + (score - a.score) / (slope < 0 ? slope : -DB_A_STEP)
}

/** The parameters with this quantiser and no target. */
export function withQuantiser(params: EncoderParams, quantiser: number, { flag }: Quantiser): EncoderParams {
  return {
    ...params,
    tokens: [...without(params.tokens, [flag, TARGET_FLAG]), `--${flag}=${quantiser}`],
    target: undefined
  }
}

/** The same for a trial. */
export function trialParams(params: EncoderParams, quantiser: number, how: Quantiser): EncoderParams {
  const { flag, value } = how.speed
  const speed = Math.max(value, Number(valueOf(params, flag) ?? value))
  const set = withQuantiser(params, quantiser, how)
  return {
    ...set,
    tokens: [...without(set.tokens, [flag, ...how.trialWithout]), `--${flag}=${speed}`],
    bitDepth: undefined
  }
}

/** The search begins at the quantiser that the parameters name. */
export function quantiserOf(params: EncoderParams, how: Quantiser): Quantiser {
  const named = valueOf(params, how.flag)
  return named === undefined ? how : { ...how, start: Number(named) }
}

function without(tokens: readonly string[], flags: readonly string[]): string[] {
  return tokens.filter((token) => !flags.some((flag) => token === `--${flag}` || token.startsWith(`--${flag}=`)))
}

function valueOf(params: EncoderParams, flag: string): string | undefined {
  return params.tokens.findLast((token) => token.startsWith(`--${flag}=`))?.slice(flag.length + 3)
}

const PSNR_MAX = 80

/** What the flag takes, in words. */
export const TARGET_WORDS = `psnr:<10 to ${PSNR_MAX}> in dB or ssim:<0.3 to 0.9999>`

/** A target as users write it: `psnr:42`, `psnr=42.5`, `ssim:0.985`. @throws ParamsError `bad-value` */
export function parseTarget(text: string): QualityTarget {
  const match = /^(psnr|ssim)[:=](\d{1,3}(?:\.\d{1,6})?|\.\d{1,6})$/i.exec(text.trim())
  const metric = match?.[1]?.toLowerCase()
  const value = Number(match?.[2])
  if (metric === 'psnr' && value >= 10 && value <= PSNR_MAX) return { metric, value }
  if (metric === 'ssim' && value >= 0.3 && value < 1) return { metric, value }
  throw new ParamsError(
    'bad-value',
    `--${TARGET_FLAG} takes ${TARGET_WORDS}, not ${JSON.stringify(text.slice(0, 60))}.`,
    { flag: `--${TARGET_FLAG}` }
  )
}
