import type { Config, Daemon } from '../config/types.ts'
import { CliError, describeStartError } from './errors.ts'
import type { ExitReason } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { usefulAddresses } from './useful-addresses.ts'
import { webAddresses } from './web-addresses.ts'

/** Starts a node; what users meet (a taken port, a data folder in use) becomes one sentence. @throws {@link CliError} `node-failed` */
export async function startNode(config: Config, io: Pick<CliIo, 'loadDaemon'>): Promise<Daemon> {
  const createDaemon = await io.loadDaemon()
  try {
    return await createDaemon(config)
  } catch (error) {
    const verbose = config.logLevel === 'debug' || config.logLevel === 'trace'
    const stack = verbose && error instanceof Error ? `\n${error.stack}` : ''
    throw new CliError('node-failed', describeStartError(error, config.dataDir) + stack, { cause: error })
  }
}

/** What `grav1 node` prints once it runs. The token goes to a terminal only: anything else may be a log. */
export function greeting(
  daemon: Pick<Daemon, 'peerId' | 'addresses' | 'apiUrl' | 'apiToken'>,
  { name, swarmKey, apiName }: Pick<Config, 'name' | 'swarmKey' | 'apiName'>,
  isTerminal: boolean
): string[] {
  const key = swarmKey === undefined ? '' : ' --swarm-key <a copy of the key>'
  const joins = usefulAddresses(daemon.addresses).map((address) => `  grav1 node --bootstrap ${address}${key}`)
  return [
    `node ${name}  ${daemon.peerId}`,
    joins.length > 0
      ? 'join from another machine with'
      : 'other machines cannot reach this node: it does not listen on any address',
    ...joins,
    ...webAddresses(daemon.apiUrl, apiName).map((url) => `web  ${url}${isTerminal ? `/#token=${daemon.apiToken}` : ''}`)
  ]
}

/** `grav1 node`: runs a node until a signal stops it. */
export async function nodeCommand(config: Config, io: CliIo): Promise<ExitReason> {
  const daemon = await startNode(config, io)
  for (const line of greeting(daemon, config, io.terminal !== undefined)) io.out(line)
  return stopOnSignal(daemon, io)
}
