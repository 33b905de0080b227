import { z } from 'zod'

/** A number that counts something or lasts some time. */
export const count = z.number().nonnegative()

/** A time of the node's clock, in milliseconds since 1970. */
export const timeMs = z.number()

/** Scenes are numbered from 0. */
export const sceneNumber = z.int().nonnegative()

/** The value is between `low` and `high` in 19 of 20 such films; both equal `likely` if there is only one scene. */
export const estimate = z.object({ likely: count, low: count, high: count }).meta({ id: 'Estimate' })

export type Estimate = Readonly<z.infer<typeof estimate>>

/** Body of every refusal of `/api/v2` (RFC 9457, `application/problem+json`). */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** A sentence for people. */
    detail: z.string(),
    /** Stable, documented. */
    code: z.string(),
    /** The field of the request that it is about, by its name there. */
    field: z.string().optional()
  })
  .meta({
    id: 'Problem',
    description:
      'A refusal (RFC 9457). `code` is stable, `detail` is a sentence for people, `field` names what of the request it is about.'
  })

export type Problem = Readonly<z.infer<typeof problem>>

const LIMIT_MAX = 1000

/** Paging of lists, from the query string. */
export const paging = {
  offset: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(100)
}

/** One page of a list. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    /** Total number with the same filters. */
    total: z.int().nonnegative(),
    offset: z.int().nonnegative()
  })
