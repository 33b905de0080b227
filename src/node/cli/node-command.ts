import type { Config, Daemon } from '../config/types.ts'
import { ConfigError } from '../config/index.ts'
import { createListeners } from '../../common/listeners.ts'
import { usefulAddresses } from '../../swarm/protocol/addresses.ts'
import { CliError, describeStartError } from './errors.ts'
import type { ExitReason } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { showBesideNode } from './top/beside-node.ts'
import { canShowTop } from './top/top-command.ts'
import { webAddresses } from './web-addresses.ts'

/** Starts a node; what users meet (a taken port, a data folder in use) becomes one sentence. @throws {@link CliError} `node-failed`, `usage` */
export async function startNode(config: Config, io: Pick<CliIo, 'loadDaemon'>): Promise<Daemon> {
  const createDaemon = await io.loadDaemon()
  try {
    return await createDaemon(config)
  } catch (error) {
    const verbose = config.logLevel === 'debug' || config.logLevel === 'trace'
    const stack = verbose && error instanceof Error ? `\n${error.stack}` : ''
    const code = error instanceof ConfigError ? 'usage' : 'node-failed'
    throw new CliError(code, describeStartError(error, config.dataDir) + stack, { cause: error })
  }
}

/** How another machine gets into the swarm of this one. */
function joiningLines({ addresses }: Pick<Daemon, 'addresses'>, isPrivate: boolean): string[] {
  const useful = usefulAddresses(addresses)
  if (useful.length === 0) return ['other machines cannot reach this node: it does not listen on any address']
  if (isPrivate) return ['private swarm; "grav1 invite" lets in another machine']
  return ['join from another machine with', ...useful.map(({ address }) => `  grav1 node --bootstrap ${address}`)]
}

/** What `grav1 node` prints once it runs. The token goes to a terminal only: anything else may be a log. */
export function greeting(
  daemon: Pick<Daemon, 'peerId' | 'addresses' | 'apiUrl' | 'apiToken'>,
  { name, swarmKey, apiName }: Pick<Config, 'name' | 'swarmKey' | 'apiName'>,
  isTerminal: boolean
): string[] {
  return [
    `node ${name}  ${daemon.peerId}`,
    ...joiningLines(daemon, swarmKey !== undefined),
    ...webAddresses(daemon.apiUrl, apiName).map((url) => `web  ${url}${isTerminal ? `/#token=${daemon.apiToken}` : ''}`)
  ]
}

export interface NodeCommandOptions {
  /** Says where it is as one JSON document. */
  readonly json: boolean
  /** Log lines, on a terminal too. */
  readonly plain: boolean
}

/** `grav1 node`: runs a node until a signal stops it. On a terminal it shows the interface; behind it, and elsewhere, log lines. */
export async function nodeCommand(config: Config, io: CliIo, { json, plain }: NodeCommandOptions): Promise<ExitReason> {
  const daemon = await startNode(config, io)
  if (json) io.out(JSON.stringify({ url: daemon.apiUrl, node: daemon.status() }))
  else for (const line of greeting(daemon, config, io.terminal !== undefined)) io.out(line)
  return json || plain || !canShowTop(io) ? stopOnSignal(daemon, io) : showUntilStopped(daemon, config, io)
}

async function showUntilStopped(daemon: Daemon, { dataDir }: Config, io: CliIo): Promise<ExitReason> {
  const interrupts = createListeners<void>()
  const stopped = new AbortController()
  const init = { dataDir, signal: stopped.signal, onInterrupt: () => interrupts.tell() }
  const shown = showBesideNode(daemon, io, init).then(() => {
    if (!stopped.signal.aborted) io.err('the node keeps running; Ctrl-C stops it, "grav1 top" shows it again')
  })
  try {
    return await stopOnSignal(daemon, io, { onInterrupt: interrupts.add })
  } finally {
    stopped.abort()
    await shown
  }
}
