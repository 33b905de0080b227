import { z } from 'zod'
import { count } from './common.ts'

export const peerStatus = z
  .object({
    peerId: z.string(),
    name: z.string(),
    version: z.string(),
    connected: z.boolean(),
    addresses: z.array(z.string()),
    /** Encoding slots and how many are busy; 0 and 0 for a node that only watches. */
    slots: count,
    busy: count,
    /** Encoder builds it offers, e.g. `aom/3.6.0/1f2e3d4c`. */
    encoders: z.array(z.string()),
    /** `disk-full`: takes and makes nothing new until there is space again. */
    health: z.enum(['ok', 'disk-full'])
  })
  .meta({ id: 'Peer' })

export type PeerStatus = z.infer<typeof peerStatus>

export const nodeStatus = peerStatus
  .extend({
    /** Address that other machines join with. */
    bootstrap: z.string(),
    uptimeSeconds: count,
    rssBytes: count
  })
  .meta({ id: 'Node' })

export type NodeStatus = z.infer<typeof nodeStatus>
