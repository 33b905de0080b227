import type { ProjectStatus } from '../../api/schemas/index.ts'
import { createClient } from './client.ts'
import { CliError } from './errors.ts'
import type { ExitReason } from './exit-codes.ts'
import { findNode } from './find-node.ts'
import { shownTitle } from './format.ts'
import type { CliIo } from './io.ts'
import { ownerRefusal } from './owner-refusal.ts'
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
  const named = [first, ...others].map(({ projectId, title }) => `${projectId} (${shownTitle(title)})`)
  throw new CliError('unknown-project', `"${id}" is the start of several project ids: ${named.join(', ')}.`)
}

/** `grav1 cancel` */
export async function cancelCommand(id: string, options: NodeOptions, dataDir: string, io: CliIo): Promise<ExitReason> {
  const client = createClient(await findNode({ ...options, env: io.env, dataDir }))
  const status = await client.status()
  const { projectId, title, owner } = projectNamed(status.projects, id)
  try {
    await client.cancel(projectId)
  } catch (error) {
    throw ownerRefusal(error, owner, status)
  }
  io.out(`cancelled ${projectId} (${shownTitle(title)})`)
  return 'ok'
}
