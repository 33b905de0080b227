import { ParamsError } from '../errors.ts'
import { ssimScore } from './decibel.ts'
import { parseStatistic, type Statistic, STATISTIC_WORDS } from './statistic.ts'

/** The flag that asks for a quality, without dashes. */
export const TARGET_FLAG = 'target-quality'

/** What a quality can be asked for in. */
export const QUALITY_METRICS = ['xpsnr', 'psnr', 'ssim'] as const

export type QualityMetric = (typeof QUALITY_METRICS)[number]

/** The quality that every scene is to have, and how its quantiser is searched. */
export interface QualityTarget {
  readonly metric: QualityMetric
  /** dB of `psnr` (luma) and `xpsnr` (luma and chroma, 6 to 1 to 1); SSIM of luma, 0 to 1. */
  readonly value: number
  /** Bounds of the quantiser; default those of the encoder. */
  readonly minQ?: number
  readonly maxQ?: number
  /** Trials of one scene at the most; default `PROBES`. */
  readonly probes?: number
  /** Which number stands for all frames; default their mean. */
  readonly over?: Statistic
}

/** Where a target lies on the scale of the meter's scores. */
export const scoreOf = ({ metric, value }: QualityTarget): number => (metric === 'ssim' ? ssimScore(value) : value)

const DB_MIN = 10
const DB_MAX = 80
const PROBES_MIN = 2
const PROBES_MAX = 10
const Q_MAX = 63

/** What the flag takes, in words. */
export const TARGET_WORDS =
  `xpsnr=<${DB_MIN} to ${DB_MAX}> or psnr=<${DB_MIN} to ${DB_MAX}> in dB, or ssim=<0.3 to 0.9999>, ` +
  `and after commas min-q=<1 to ${Q_MAX}>, max-q=<1 to ${Q_MAX}>, probes=<${PROBES_MIN} to ${PROBES_MAX}>, over=<${STATISTIC_WORDS}>`

const VALUE = /^(?:\d{1,3}(?:\.\d{1,6})?|\.\d{1,6})$/

/** Reads the options after the value; undefined where one is not understood. */
type Settings = Omit<QualityTarget, 'metric' | 'value'>
const SETTINGS: Readonly<Record<string, (text: string) => Settings | undefined>> = {
  'min-q': (text) => whole(text, Q_MAX, (minQ) => ({ minQ })),
  'max-q': (text) => whole(text, Q_MAX, (maxQ) => ({ maxQ })),
  probes: (text) => whole(text, PROBES_MAX, (probes) => ({ probes }), PROBES_MIN),
  over: (text) => {
    const over = parseStatistic(text)
    return over === undefined ? undefined : { over }
  }
}

function whole(text: string, max: number, use: (value: number) => Settings, min = 1): Settings | undefined {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : 0
  return value >= min && value <= max ? use(value) : undefined
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 60))

const refused = (what: string): ParamsError =>
  new ParamsError('bad-value', `--${TARGET_FLAG} ${what}.`, { flag: `--${TARGET_FLAG}` })

/** A target as users write it: `xpsnr=40`, `psnr:42.5`, `ssim=0.985,min-q=20,max-q=50,probes=3,over=p5`. @throws ParamsError `bad-value` */
export function parseTarget(text: string): QualityTarget {
  const [head = '', ...rest] = text.trim().toLowerCase().split(',')
  const target = asked(head.split(/[:=]/))
  if (target === undefined) throw refused(`takes ${TARGET_WORDS}, not ${quoted(text)}`)
  let all = target
  const seen = new Set<string>()
  for (const part of rest) {
    const [key = '', value = '', ...more] = part.split(/[:=]/)
    const read = more.length === 0 && !seen.has(key) && Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined
    const settings = read?.(value)
    if (settings === undefined) throw refused(`takes ${TARGET_WORDS}, each once, not ${quoted(part)}`)
    seen.add(key)
    all = { ...all, ...settings }
  }
  if ((all.minQ ?? 0) > (all.maxQ ?? Q_MAX)) throw refused(`has a min-q of ${all.minQ}, above its max-q of ${all.maxQ}`)
  return all
}

function asked([name, number = '', ...more]: readonly string[] = []): QualityTarget | undefined {
  const metric = QUALITY_METRICS.find((one) => one === name)
  if (metric === undefined || more.length > 0 || !VALUE.test(number)) return undefined
  const value = Number(number)
  const fits = metric === 'ssim' ? value >= 0.3 && value < 1 : value >= DB_MIN && value <= DB_MAX
  return fits ? { metric, value } : undefined
}
