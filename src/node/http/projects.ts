import { ApiRefusal } from '../../api/refusal.ts'
import { isOutputName, type CommandRequest } from '../../swarm/protocol/index.ts'
import { submitAgain } from '../owner/submit-again.ts'
import { checkOutcome, commandRefusal } from './command-refusals.ts'
import { submitRefusal, type Submissions } from './submissions.ts'
import type { ProjectsPort } from '../../api/ports.ts'
import type { CommandOutcome } from '../../swarm/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { Called } from './called.ts'
import type { SetOutput } from './set-output.ts'
import type { Snapshots } from './snapshots.ts'

export interface ProjectsComponents {
  readonly peerId: string
  readonly snapshots: Snapshots
  readonly submissions: Submissions
  readonly owner: Pick<OwnerService, 'submit' | 'jobOf'>
  /** Gives the finished file of a project of this node another place. */
  readonly setOutput: SetOutput
  /** Does what a command says to a project of this node. */
  readonly carryOut: (request: CommandRequest) => Promise<CommandOutcome>
  /** Has the owner of a project do it. @throws CommandError when it gives no answer */
  readonly forward: (owner: string, request: CommandRequest) => Promise<CommandOutcome>
  readonly called: Called
}

const endedBefore = (state: string): ApiRefusal =>
  new ApiRefusal('already-ended', 409, `The project has ended (${state}), so its priority cannot change any more.`, {
    field: 'priority'
  })

/** Projects for the API: submitted here, steered here or through their owners. */
export function createProjects(components: ProjectsComponents): ProjectsPort {
  const { peerId, snapshots, submissions, owner, setOutput, carryOut, forward, called } = components

  /** At this node for its own projects, at the owner for others. */
  async function command(request: CommandRequest, here = async () => carryOut(request)): Promise<void> {
    const view = snapshots.view(request.projectId)
    const name = called(view.owner)
    try {
      checkOutcome(view.owner === peerId ? await here() : await forward(view.owner, request), name)
    } catch (error) {
      throw commandRefusal(error, name)
    }
  }

  return {
    list: snapshots.list,
    get: snapshots.get,
    submit: async (requests, trusted, ifTaken) => {
      const options = await submissions(requests, trusted)
      try {
        return await owner.submit(options, ifTaken)
      } catch (error) {
        throw submitRefusal(error)
      }
    },
    requestOf: (projectId) => {
      const view = snapshots.view(projectId)
      if (view.owner !== peerId)
        throw new ApiRefusal(
          'not-own',
          409,
          `Only ${called(view.owner)} knows the source; submit the film again there.`
        )
      const job = owner.jobOf(projectId)
      if (job == null) throw new ApiRefusal('not-now', 409, 'The node has not probed the source yet; try again later.')
      return submitAgain(job, view)
    },
    cancel: async (projectId) => command({ projectId, kind: 'cancel' }),
    remove: async (projectId) => command({ projectId, kind: 'remove' }),
    setPriority: async (projectId, priority) => {
      const view = snapshots.view(projectId)
      const isSame = view.priority === priority
      if (isSame && (view.end != null || view.owner === peerId)) return
      if (view.end != null) throw endedBefore(view.end.state)
      await command({ projectId, kind: 'set-priority', priority })
    },
    retry: async (projectId) => command({ projectId, kind: 'retry' }),
    // What a token of this node opens, it opens here only: another owner restricts the place itself, and replaces nothing.
    setOutput: async (projectId, output, overwrite, trusted) => {
      const { owner: of } = snapshots.view(projectId)
      if (of !== peerId && overwrite)
        throw new ApiRefusal('not-own', 409, `Only a command given on ${called(of)} may replace a file there.`, {
          field: 'overwrite'
        })
      if (!isOutputName(output))
        throw new ApiRefusal('output-unwritable', 400, 'The output is not the name of a file.', { field: 'output' })
      await command({ projectId, kind: 'set-output', output }, async () =>
        setOutput(projectId, { output, overwrite, trusted })
      )
    }
  }
}
