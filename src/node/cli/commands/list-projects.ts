import { Option } from 'commander'
import { projectState } from '../../../api/schemas/index.ts'
import { atNodeOrFolder } from '../at-node.ts'
import { type CommandDefinition, say } from '../definition.ts'
import type { ExitReason } from '../exit-codes.ts'
import { everyPage } from '../every-page.ts'
import { hasEnded, namesOf, projectTable } from './project-table.ts'
import { CELLS_DEFAULT } from './status.ts'

/** `grav1 projects` */
export const projectsCommand: CommandDefinition = {
  name: 'projects',
  help: 'list projects by priority, then age',
  group: 'Films:',
  options: () => [
    new Option('-a, --all', 'include those that have ended'),
    new Option('--ids', 'print only ids, one per line'),
    new Option('--state <state>', 'only those in this state').choices(projectState.options)
  ],
  asks: 'node-or-folder',
  json: 'one',
  run: async (call) => {
    const state = projectState.optional().parse(call.options['state'])
    return atNodeOrFolder<ExitReason>(call.where, async (client) => {
      const page = await everyPage(async (part) => client.projects({ ...part, state }))
      const isShown = state !== undefined || call.options['all'] === true
      const shown = isShown ? page.items : page.items.filter((project) => !hasEnded(project))
      if (call.options['ids'] === true && !call.json) {
        for (const { projectId } of shown) call.io.out(projectId)
        return 'ok'
      }
      const { node, peers } = await client.status()
      const none = page.total > 0 ? 'no project is unfinished; "grav1 projects --all" lists all' : 'no projects'
      const cells = call.io.terminal?.columns ?? CELLS_DEFAULT
      say(call, page, shown.length === 0 ? none : projectTable(shown, namesOf(node, peers), cells))
      return 'ok'
    })
  }
}
