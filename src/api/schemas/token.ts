import { z } from 'zod'
import { timeMs } from './common.ts'

const NAME_CHARS_MAX = 64

const access = z.enum(['full', 'read'])

/** What a token may do, and what it is called. */
export const tokenRequest = z
  .strictObject({
    /** For people: whose it is, or what for. */
    name: z
      .string()
      .trim()
      .min(1, 'A token needs a name.')
      .max(NAME_CHARS_MAX)
      .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'A name must not have control characters.'),
    /** `read`: may change nothing. */
    access: access.default('full')
  })
  .meta({ id: 'TokenRequest' })

export type TokenRequest = z.infer<typeof tokenRequest>

/** A token that was made while the node ran. */
export const tokenInfo = z
  .object({
    id: z.string(),
    name: z.string(),
    access,
    createdAtMs: timeMs,
    /** To the minute; null if it was never used. */
    usedAtMs: timeMs.nullable()
  })
  .meta({ id: 'Token' })

export type TokenInfo = z.infer<typeof tokenInfo>

/** The only answer that has the token itself. */
export const madeToken = tokenInfo.extend({ token: z.string() }).meta({ id: 'MadeToken' })

export type MadeToken = z.infer<typeof madeToken>
