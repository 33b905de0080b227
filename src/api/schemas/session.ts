import { z } from 'zod'
import { timeMs } from './common.ts'

export const session = z
  .object({
    /** `full`: everything. `read`: look. `local`: everything without a token, since it is on the same machine; paths lie below the media folders. `none`: nothing until it gives a token. */
    access: z.enum(['full', 'read', 'local', 'none']),
    via: z.enum(['token', 'cookie', 'address', 'nothing']),
    /** When the cookie ends. */
    expiresAtMs: timeMs.nullable()
  })
  .meta({ id: 'Session' })
