import { z } from 'zod'
import { BANDWIDTH_MIN } from '../../swarm/protocol/index.ts'

const PREFIXES = ['', 'k', 'm', 'g'] as const

/** What a limit may be, to complete "use ...". */
export const RATE_ALLOWED = `none, or a rate of ${BANDWIDTH_MIN / 1024}KiB/s or more, such as 2MiB/s, 500kB/s or 16Mbit/s`

/** Bytes per second of a text: by 1024 with `i` or without `B` (`2MiB/s`, `2M`), by 1000 otherwise (`2MB/s`), an eighth for bits (`16Mbit/s`). */
const toRate = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  const text = value.trim().toLowerCase()
  if (text === 'none') return 0
  const match = /^(\d{1,12}(?:\.\d{1,3})?)\s*([kmg]?)(i?)(b|bit)?(?:\/s)?$/.exec(text)
  if (match === null || (match[3] === 'i' && match[4] !== 'b')) return value
  const [, amount, prefix = '', binary, unit] = match
  const base = binary === 'i' || unit === undefined ? 1024 : 1000
  const power = PREFIXES.findIndex((one) => one === prefix)
  return Math.round((Number(amount) * base ** power) / (unit === 'bit' ? 8 : 1))
}

/** Bytes per second; 0 is no limit. */
export const byteRate: z.ZodType<number> = z.preprocess(
  toRate,
  z
    .int()
    .min(0)
    .max(2 ** 40)
    .refine((rate) => rate === 0 || rate >= BANDWIDTH_MIN)
)
