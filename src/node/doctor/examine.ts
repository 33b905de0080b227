import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'
import { machineFindings } from './judge-machine.ts'
import { networkFindings } from './judge-network.ts'
import { programFindings } from './judge-programs.ts'

/** What is to be said about a machine, and about the node on it. */
export const examine = ({ machine, programs, network }: Facts): Finding[] => [
  ...machineFindings(machine),
  ...programFindings(programs, network.status?.peers ?? []),
  ...networkFindings(network)
]
