import { thisSystem } from '../../../platform/index.ts'
import { withSmallYoungGeneration } from '../../boot/young-generation.ts'
import { createClient } from '../client.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'
import { findNode } from '../find-node.ts'
import type { CliIo } from '../io.ts'
import type { NodeOptions } from '../status-command.ts'

/** Whether a terminal can show the interface. */
export const canShowTop = ({ terminal, env, ask }: Pick<CliIo, 'terminal' | 'env' | 'ask'>): boolean =>
  terminal !== undefined && ask !== undefined && env['TERM'] !== 'dumb' && env['TERM'] !== undefined

/** `grav1 top` */
export async function topCommand(options: NodeOptions, dataDir: string, io: CliIo): Promise<ExitReason> {
  if (!canShowTop(io))
    throw new CliError(
      'usage',
      'grav1 top needs a terminal that can move its cursor; "grav1 status" prints the same once.'
    )
  const target = await findNode({ ...options, env: io.env, dataDir })
  const client = createClient(target)
  // A node that is not there is said in a sentence, not on a screen of its own.
  await client.status()
  const abort = new AbortController()
  const listening = [
    ...thisSystem.stopSignals.map((signal) => io.onSignal(signal, () => abort.abort())),
    io.onParentGone(() => abort.abort())
  ]
  try {
    // React makes checks in each call otherwise, and takes a third more memory.
    process.env['NODE_ENV'] ??= 'production'
    return await withSmallYoungGeneration(async () => {
      const { showTop } = await import('./show-top.ts')
      return showTop({ client, signal: abort.signal, colours: !io.env['NO_COLOR'] })
    })
  } finally {
    for (const stopListening of listening) stopListening()
  }
}
