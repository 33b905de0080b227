import type { ProjectStatus, SwarmStatus } from '../../../api/schemas/index.ts'
import type { atNode, atNodeOrFolder } from '../at-node.ts'
import type { NodeClient } from '../client.ts'
import type { Call } from '../definition.ts'
import type { ExitReason } from '../exit-codes.ts'
import { ownerRefusal } from '../owner-refusal.ts'
import { projectNamed } from './project-named.ts'

/** The argument that names a project. */
export const PROJECT_ARGUMENT = {
  name: '<id>',
  help: 'project: its id, a unique start of it, or its title'
} as const

/** A project that a command is about, and where it is asked for. */
export interface OnProject {
  readonly client: NodeClient
  readonly project: ProjectStatus
  readonly status: SwarmStatus
}

/** Runs a task on the project that the first argument names. A refusal of its owner says what it means. */
export async function onProject(
  { args, where }: Pick<Call, 'args' | 'where'>,
  at: typeof atNode | typeof atNodeOrFolder,
  task: (on: OnProject) => Promise<ExitReason>
): Promise<ExitReason> {
  return at(where, async (client) => {
    const status = await client.status()
    const project = projectNamed(status.projects, args[0] ?? '')
    try {
      return await task({ client, project, status })
    } catch (error) {
      throw ownerRefusal(error, project.owner, status)
    }
  })
}
