import { ApiRefusal, unknownProject } from '../../api/refusal.ts'
import { checkOutcome, commandRefusal } from './command-refusals.ts'
import { resolveOutput } from './media-paths.ts'
import { submitRefusal, type Submissions } from './submissions.ts'
import type { ProjectsPort } from '../../api/ports.ts'
import type { CommandOutcome, CommandRequest } from '../../swarm/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { Called } from './called.ts'
import type { Snapshots } from './snapshots.ts'

export interface ProjectsComponents {
  readonly peerId: string
  readonly snapshots: Snapshots
  readonly submissions: Submissions
  readonly owner: Pick<OwnerService, 'submit' | 'jobOf' | 'retry' | 'setOutput'>
  /** Does what a command says to a project of this node. */
  readonly carryOut: (request: CommandRequest) => Promise<CommandOutcome>
  /** Has the owner of a project do it. @throws CommandError when it gives no answer */
  readonly forward: (owner: string, request: CommandRequest) => Promise<CommandOutcome>
  readonly called: Called
}

export interface ProjectsInit {
  /** Folders that callers without the token may name. */
  readonly media: readonly string[]
}

/** Projects for the API: submitted here, steered here or through their owners. */
export function createProjects(components: ProjectsComponents, { media }: ProjectsInit): ProjectsPort {
  const { peerId, snapshots, submissions, owner, carryOut, forward, called } = components

  /** At this node for its own projects, at the owner for others. */
  async function command(request: CommandRequest): Promise<void> {
    const view = snapshots.view(request.projectId)
    const name = called(view.owner)
    try {
      checkOutcome(view.owner === peerId ? await carryOut(request) : await forward(view.owner, request), name)
    } catch (error) {
      throw commandRefusal(error, name)
    }
  }

  /** What only the node itself can do to its own projects. */
  function mustOwn(projectId: string): void {
    const view = snapshots.view(projectId)
    if (view.owner !== peerId)
      throw new ApiRefusal('not-own', 409, `The project belongs to ${called(view.owner)}; do this there.`)
  }

  async function asked<Answer>(task: Promise<Answer>): Promise<Answer> {
    return task.catch((error: unknown) => {
      throw submitRefusal(error)
    })
  }

  return {
    list: snapshots.list,
    get: snapshots.get,
    submit: async (requests, trusted) => asked(owner.submit(await submissions(requests, trusted))),
    cancel: async (projectId) => command({ projectId, kind: 'cancel', priority: 0 }),
    remove: async (projectId) => command({ projectId, kind: 'remove', priority: 0 }),
    setPriority: async (projectId, priority) => command({ projectId, kind: 'set-priority', priority }),
    retry: async (projectId) => {
      mustOwn(projectId)
      if (!(await owner.retry(projectId)))
        throw new ApiRefusal('not-waiting', 409, 'The project is not waiting for anything.')
    },
    setOutput: async (projectId, name, overwrite, trusted) => {
      mustOwn(projectId)
      const job = owner.jobOf(projectId)
      if (job == null) throw unknownProject()
      const output = await resolveOutput(name, job.source.path, media, trusted)
      if (await asked(owner.setOutput(projectId, output, overwrite))) return
      throw new ApiRefusal('too-late', 409, 'The project has ended, or its file is being written right now.')
    }
  }
}
