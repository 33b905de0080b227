import { findProgram } from '../../platform/index.ts'
import type { SandboxFact } from './facts.ts'
import { printed } from './look-programs.ts'

/** Whether bubblewrap is there and may make its namespaces. */
export async function lookAtSandbox(): Promise<SandboxFact> {
  if (findProgram('bwrap') === undefined)
    return { kind: 'missing', reason: 'bubblewrap is not installed', mend: 'apt install bubblewrap' }
  const said = await printed('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'echo', 'inside'])
  if (said.trim() === 'inside') return { kind: 'works', how: 'bubblewrap works' }
  return {
    kind: 'broken',
    reason: 'bubblewrap may not make namespaces here',
    mend: 'sysctl kernel.unprivileged_userns_clone=1'
  }
}
