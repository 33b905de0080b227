import { newSwarmKey } from '../disk/swarm-key.ts'
import type { ExitReason } from './exit-codes.ts'
import type { CliIo } from './io.ts'

/** `grav1 swarm-key`: the key to stdout, what to do with it to stderr, so that the first can go into a file. */
export function swarmKeyCommand(io: Pick<CliIo, 'out' | 'err'>): ExitReason {
  io.out(newSwarmKey())
  io.err('Keep it in a file that only you can read, the same on every machine of the swarm:')
  io.err('  (umask 077; grav1 swarm-key > swarm.key)')
  io.err('  grav1 node --swarm-key swarm.key')
  return 'ok'
}
