import type { EncoderParams } from '../types.ts'
import { type QualityTarget, scoreOf, TARGET_FLAG } from './target.ts'

/** The quantiser of an encoder's constant-quality mode, and how to try it out quickly. */
export interface Quantiser {
  /** Its flag without dashes; higher is worse. */
  readonly flag: string
  readonly min: number
  readonly max: number
  /** Where the search begins when the parameters name none. */
  readonly start: number
  /** A flag that makes trials fast, and the value that it is raised to. */
  readonly speed: {
    readonly flag: string
    readonly value: number
    /** dB that each step of raising it costs (measured, see `docs/quality.md`). */
    readonly lossDb: number
  }
  /** Flags that trials go without: what changes the picture on purpose, and the output's depth, since trials are measured at the source's. */
  readonly trialWithout: readonly string[]
}

/** A trial encode and how good it was. */
export interface Trial {
  readonly quantiser: number
  readonly score: number
  /** Of a part of the scene: enough for a guess. */
  readonly isRough: boolean
}

export type NextStep =
  | { readonly type: 'try'; readonly quantiser: number; readonly isRough: boolean }
  | { readonly type: 'take'; readonly quantiser: number }

/** What the search of a scene's quantiser goes by. */
export interface SearchInit {
  /** What trials are to score. */
  readonly score: number
  readonly how: Quantiser
  /** Trials at the most. */
  readonly probes: number
  /** Whether the scene is long enough for a rough trial first. */
  readonly isLong: boolean
}

/** Trials of one scene at the most, where the target names no number. */
export const PROBES = 4
/** A trial that is no further from the score, in dB, is good enough: half a step of the quantiser. */
const CLOSE_DB = 0.13
/** So far, in dB, the guess of a step is good enough without another trial. */
const GUESSED_DB_MAX = 0.6
/** dB that a step of the quantiser costs, until two trials say better (measured: 0.2 to 0.3 with libaom and SVT-AV1). */
const DB_A_STEP = 0.25
/** Farthest step from one trial: the guess is only a guess. */
const STEP_MAX = 16

const nearest = (score: number, trials: readonly Trial[]): Trial | undefined =>
  trials.toSorted((a, b) => Math.abs(a.score - score) - Math.abs(b.score - score))[0]

/** Decides by the trials so far which quantiser to try next, or which to take: the one that should come nearest to the score. */
export function nextQuantiser(trials: readonly Trial[], { score, how, probes, isLong }: SearchInit): NextStep {
  const clamp = (quantiser: number): number => Math.min(Math.max(quantiser, how.min), how.max)
  const whole = trials.filter(({ isRough }) => !isRough)
  const rough = trials.at(-1)
  if (rough === undefined) return { type: 'try', quantiser: clamp(how.start), isRough: isLong && probes > 1 }
  const best = nearest(score, whole)
  const wanted = clamp(Math.round(guess(score, whole.length > 0 ? whole : [rough])))
  if (best === undefined) return { type: 'try', quantiser: wanted, isRough: false }
  const missed = Math.abs(best.score - score)
  if (missed <= CLOSE_DB) return { type: 'take', quantiser: best.quantiser }
  const isTried = whole.some(({ quantiser }) => quantiser === wanted)
  return isTried || missed <= GUESSED_DB_MAX || trials.length >= probes
    ? { type: 'take', quantiser: wanted }
    : { type: 'try', quantiser: wanted, isRough: false }
}

/** Where the score should lie: by one trial, or on a line through two. */
function guess(score: number, trials: readonly Trial[]): number {
  const [first, second] = trials
  if (first === undefined) throw new RangeError('a guess needs a trial')
  return second === undefined ? first.quantiser + limited((first.score - score) / DB_A_STEP) : onLine(score, trials)
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

/** The speed of trials, and how much less they score for it, in dB. */
function trialSpeed(
  params: EncoderParams,
  { speed: { flag, value, lossDb } }: Quantiser
): { speed: number; loss: number } {
  const asked = Number(valueOf(params, flag) ?? value)
  const speed = Math.max(value, asked)
  return { speed, loss: (speed - Math.max(asked, 0)) * lossDb }
}

/** The same for a trial. */
export function trialParams(params: EncoderParams, quantiser: number, how: Quantiser): EncoderParams {
  const { flag } = how.speed
  const set = withQuantiser(params, quantiser, how)
  return {
    ...set,
    tokens: [...without(set.tokens, [flag, ...how.trialWithout]), `--${flag}=${trialSpeed(params, how).speed}`],
    bitDepth: undefined
  }
}

/** What the search of a scene goes by. The parameters and the target say where it begins, and within which bounds. */
export function searchOf(
  params: EncoderParams,
  target: QualityTarget,
  quantiser: Quantiser
): Omit<SearchInit, 'isLong'> {
  const { min, max, start } = quantiser
  const bounds = { min: Math.max(min, target.minQ ?? min), max: Math.min(max, target.maxQ ?? max) }
  const named = valueOf(params, quantiser.flag)
  return {
    score: scoreOf(target) - trialSpeed(params, quantiser).loss,
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
