import { z } from 'zod'

/** How the documented calls refuse. */
export const refused = z
  .object({
    success: z.literal(false),
    /** A sentence for people. */
    reason: z.string()
  })
  .meta({ id: 'Refused' })
