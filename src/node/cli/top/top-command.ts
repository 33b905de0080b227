import { thisSystem } from '../../../platform/index.ts'
import { spareMemory } from '../../boot/spare-memory.ts'
import { withSmallYoungGeneration } from '../../boot/young-generation.ts'
import { atNode } from '../at-node.ts'
import type { NodeClient } from '../client.ts'
import type { Call } from '../definition.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'
import type { CliIo } from '../io.ts'

/** Whether a terminal can show the interface. */
export const canShowTop = ({ terminal, env, ask }: Pick<CliIo, 'terminal' | 'env' | 'ask'>): boolean =>
  terminal !== undefined && ask !== undefined && env['TERM'] !== 'dumb' && env['TERM'] !== undefined

const NO_TERMINAL = 'grav1 top needs an interactive terminal; "grav1 status" prints the same once.'

/** `grav1 top`; with `--json` what the node says of itself, once. */
export async function topCommand({ where, io, json }: Pick<Call, 'where' | 'io' | 'json'>): Promise<ExitReason> {
  if (!json && !canShowTop(io)) throw new CliError('usage', NO_TERMINAL)
  return atNode(where, async (client) => {
    // A node that is not there is said in a sentence, not on a screen of its own.
    const status = await client.status()
    if (!json) return show(client, io)
    io.out(JSON.stringify(status))
    return 'ok'
  })
}

async function show(client: NodeClient, io: CliIo): Promise<ExitReason> {
  const abort = new AbortController()
  const listening = [
    ...thisSystem.stopSignals.map((signal) => io.onSignal(signal, () => abort.abort())),
    io.onParentGone(() => abort.abort()),
    spareMemory({ isBusy: () => false })
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
