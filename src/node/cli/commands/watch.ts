import { atNode } from '../at-node.ts'
import type { CommandDefinition } from '../definition.ts'
import { follow } from '../submit-follow.ts'
import { untilSignal } from '../until-signal.ts'
import { onProject, PROJECT_ARGUMENT } from './on-project.ts'

/** `grav1 watch` */
export const watchCommand: CommandDefinition = {
  name: 'watch',
  help: 'follow a project to its end; Ctrl-C stops watching, not the project',
  group: 'Films:',
  args: [PROJECT_ARGUMENT],
  asks: 'node',
  json: 'lines',
  run: async (call) =>
    onProject(call, atNode, async ({ client, project }) => {
      const { io, json } = call
      const ending = await untilSignal(io, async (signal) =>
        follow({ projectId: project.projectId, warn: () => {} }, { client, options: { json }, io, signal })
      )
      if (typeof ending === 'string') return ending
      return ending ? 'ok' : 'failed'
    })
}
