import type { Config, Daemon } from '../config/types.ts'
import { createClient, type NodeClient } from './client.ts'
import { startEmbeddedNode } from './embedded-node.ts'
import { CliError } from './errors.ts'
import { findNode, type NodeTarget } from './find-node.ts'
import type { CliIo } from './io.ts'

/** The node that a submission goes to. */
export interface SubmitSession {
  readonly client: NodeClient
  /** Set when no node ran and one was started for this command. */
  readonly embedded: Daemon | undefined
  /** Nobody named the node: it runs here. */
  readonly isLocal: boolean
}

/** A node that gets the films over the network. */
export interface SessionAt extends SubmitSession {
  readonly target: NodeTarget
}

/** The node that `--at` names. @throws CliError and ApiError where it does not answer, or not without a token */
export async function openSessionAt(at: string, { token, config }: SubmitSessionInit, io: CliIo): Promise<SessionAt> {
  const { nodeAt } = await import('./transfer/node-at.ts')
  const { dataDir, nodes } = config
  const target = await nodeAt(at, { token, env: io.env, dataDir, nodes })
  const client = createClient(target)
  await client.status()
  return { client, embedded: undefined, isLocal: false, target }
}

/** What decides where a submission goes. */
export interface SubmitSessionInit {
  readonly api?: string | undefined
  readonly token?: string | undefined
  readonly detach: boolean
  readonly config: Config
}

/** The running node, or one inside this process where none runs and none was named. */
export async function openSubmitSession(init: SubmitSessionInit, io: CliIo): Promise<SubmitSession> {
  const { config, detach } = init
  const target = await findNode({ ...init, env: io.env, dataDir: config.dataDir })
  const client = createClient(target)
  try {
    await client.status()
    return { client, embedded: undefined, isLocal: !target.explicit }
  } catch (error) {
    if (target.explicit || !(error instanceof CliError)) throw error
    if (detach) {
      throw new CliError('detach-needs-node', '--detach needs a running node: start one with "grav1 node".', {
        cause: error
      })
    }
  }
  const embedded = await startEmbeddedNode(config, io)
  return { client: createClient({ url: embedded.apiUrl, token: embedded.apiToken }), embedded, isLocal: true }
}
