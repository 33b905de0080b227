import { z } from 'zod'

const toNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false
}

const toBoolean = (value: unknown): unknown =>
  typeof value === 'string' ? (words[value.trim().toLowerCase()] ?? value) : value

/** A whole number, as a number or in decimal digits. */
export const wholeNumber = (min: number, max: number): z.ZodType<number> =>
  z.preprocess(toNumber, z.int().min(min).max(max))

/** `auto` or a whole number. */
export const wholeNumberOrAuto = (min: number, max: number): z.ZodType<number | 'auto'> =>
  z.union([z.literal('auto'), wholeNumber(min, max)])

/** true or false, also as yes/no, on/off, 1/0. */
export const yesOrNo: z.ZodType<boolean> = z.preprocess(toBoolean, z.boolean())

/** Text for people: no control characters, 1 to 64 characters. */
export const displayName: z.ZodType<string> = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^\P{Cc}+$/u)

const UNITS = ['', 'k', 'm', 'g', 't'] as const

const toBytes = (value: unknown): unknown => {
  const match = typeof value === 'string' ? /^(\d{1,15}(?:\.\d{1,3})?)\s*([kmgt]?)(?:i?b)?$/i.exec(value.trim()) : null
  const power = UNITS.findIndex((unit) => unit === match?.[2]?.toLowerCase())
  return match == null ? value : Math.round(Number(match[1]) * 1024 ** power)
}

/** A number of bytes, also as `50G` or `1.5 TiB`, by 1024. */
export const byteCount: z.ZodType<number> = z.preprocess(toBytes, z.int().min(0))

export const nonEmpty: z.ZodType<string> = z.string().trim().min(1)

export const hostName: z.ZodType<string> = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/)

export const hostNames: z.ZodType<readonly string[]> = z.array(hostName).max(64)

const origin = z.string().refine((text) => {
  const url = URL.parse(text)
  return url != null && /^https?:$/.test(url.protocol) && url.origin === text
})

export const origins: z.ZodType<readonly string[]> = z.array(origin).max(64)

const tcpMultiaddr = z.string().refine(async (text) => {
  const { multiaddr } = await import('@multiformats/multiaddr')
  try {
    return multiaddr(text)
      .getComponents()
      .some(({ name }) => name === 'tcp')
  } catch {
    return false
  }
})

export const multiaddrs: z.ZodType<readonly string[]> = z.array(tcpMultiaddr).max(256)

const peerId = z.string().regex(/^(?:12D3Koo|16Uiu2|Qm)[1-9A-HJ-NP-Za-km-z]{39,60}$/)

export const peerIdsOrAll: z.ZodType<readonly string[]> = z.array(z.union([z.literal('all'), peerId])).max(4096)

export const folders: z.ZodType<readonly string[]> = z.array(nonEmpty).max(256)

export const webAddresses: z.ZodType<readonly string[]> = z.array(z.url({ protocol: /^https?$/ }).max(2048)).max(16)

/** `svt=/opt/svt/SvtAv1EncApp`, once for each encoder that is a program. */
export const encoderPaths: z.ZodType<readonly string[]> = z.array(z.string().regex(/^(?:aom|vp9|svt)=.+$/)).max(16)
