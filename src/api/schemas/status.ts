import { z } from 'zod'
import { nodeStatus, peerStatus } from './peer.ts'
import { projectStatus } from './project.ts'

/** Everything a node knows. */
export const swarmStatus = z
  .object({ node: nodeStatus, peers: z.array(peerStatus), projects: z.array(projectStatus) })
  .meta({ id: 'Status' })

export type SwarmStatus = z.infer<typeof swarmStatus>
