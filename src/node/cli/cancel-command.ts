import type { ProjectStatus, SwarmStatus } from '../../api/schemas/index.ts'
import { createClient } from './client.ts'
import { ApiError, CliError } from './errors.ts'
import type { ExitReason } from './exit-codes.ts'
import { findNode } from './find-node.ts'
import { printable } from '../../common/text.ts'
import type { CliIo } from './io.ts'
import type { NodeOptions } from './status-command.ts'

/** The project that an id or the unique start of one names. @throws {@link CliError} `unknown-project` */
export function projectNamed<Project extends Pick<ProjectStatus, 'projectId' | 'title'>>(
  projects: readonly Project[],
  id: string
): Project {
  const exact = projects.find(({ projectId }) => projectId === id)
  if (exact) return exact
  const [first, ...others] = projects.filter(({ projectId }) => id !== '' && projectId.startsWith(id))
  if (first === undefined) throw new CliError('unknown-project', `The node does not know a project "${id}".`)
  if (others.length === 0) return first
  const named = [first, ...others].map(({ projectId, title }) => `${projectId} (${printable(title)})`)
  throw new CliError('unknown-project', `"${id}" is the start of several ids: ${named.join(', ')}.`)
}

/** What the owner's refusal means, and what to do about it. */
function explained(error: unknown, owner: string, { node, peers }: SwarmStatus): unknown {
  if (!(error instanceof ApiError) || error.code !== 'not-allowed') return error
  const name = printable(peers.find(({ peerId }) => peerId === owner)?.name ?? '')
  return new CliError(
    'not-allowed',
    `${error.detail} The project belongs to ${name === '' ? owner : `${name} (${owner})`}, which obeys only nodes that it trusts: cancel it there, or start that node with --trust ${node.peerId}.`,
    { cause: error }
  )
}

/** `grav1 cancel` */
export async function cancelCommand(id: string, options: NodeOptions, dataDir: string, io: CliIo): Promise<ExitReason> {
  const client = createClient(await findNode({ ...options, env: io.env, dataDir }))
  const status = await client.status()
  const { projectId, title, owner } = projectNamed(status.projects, id)
  try {
    await client.cancel(projectId)
  } catch (error) {
    throw explained(error, owner, status)
  }
  io.out(`cancelled ${projectId} (${printable(title)})`)
  return 'ok'
}
