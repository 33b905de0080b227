import { z } from 'zod'
import { count, timeMs } from './common.ts'

const HOUR_MS = 3_600_000
const MS_MAX = 31 * 24 * HOUR_MS
const USES_MAX = 1000
const NAME_CHARS_MAX = 64

/** What an invitation is to be. */
export const inviteRequest = z
  .strictObject({
    /** How long it is valid, in milliseconds: a minute to 31 days. */
    expiresInMs: z
      .int()
      .min(60_000, 'An invitation is valid for at least a minute.')
      .max(MS_MAX, 'An invitation is valid for at most 31 days.')
      .default(24 * HOUR_MS),
    /** How many machines may join with it. Only for a private swarm; default 1. */
    uses: z
      .int()
      .min(1, 'An invitation is for at least one machine.')
      .max(USES_MAX, `An invitation is for at most ${USES_MAX} machines.`)
      .optional(),
    /** Whether this node asks its user about each machine. Only for a private swarm. */
    ask: z.boolean().default(false),
    /** For people: whom it is for. */
    name: z
      .string()
      .trim()
      .max(NAME_CHARS_MAX)
      .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'A name must not have control characters.')
      .default('')
  })
  .meta({ id: 'InviteRequest' })

export type InviteRequest = z.infer<typeof inviteRequest>

/** An invitation to a private swarm, without the text that lets somebody in. */
export const inviteInfo = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAtMs: timeMs,
    expiresAtMs: timeMs,
    uses: count,
    ask: z.boolean(),
    /** `open`: machines can still join with it. */
    state: z.enum(['open', 'used', 'expired', 'revoked']),
    /** Machines that joined with it. */
    joined: z.array(z.object({ peerId: z.string(), name: z.string(), atMs: timeMs }))
  })
  .meta({ id: 'Invite' })

export type InviteInfo = z.infer<typeof inviteInfo>

/** The only answer that has the text itself. */
export const madeInvite = z
  .object({
    /** One line, for `grav1 join`. */
    text: z.string(),
    /** The addresses in it, the best first. */
    addresses: z.array(z.string()),
    expiresAtMs: timeMs,
    /** Null in an open swarm: there the text holds addresses only, and there is nothing to count or to revoke. */
    invite: inviteInfo.nullable()
  })
  .meta({ id: 'MadeInvite' })

export type MadeInvite = z.infer<typeof madeInvite>

/** A machine that wants to join, and waits for the user's word. */
export const joinRequest = z
  .object({
    /** Of this request, for the answer. */
    id: z.string(),
    peerId: z.string(),
    /** What it calls itself. */
    name: z.string(),
    /** Whom its invitation is for. */
    inviteName: z.string(),
    askedAtMs: timeMs
  })
  .meta({ id: 'JoinRequest' })

export type JoinRequestStatus = z.infer<typeof joinRequest>

export const joinAnswer = z.strictObject({ answer: z.enum(['accept', 'refuse']) }).meta({ id: 'JoinAnswer' })
