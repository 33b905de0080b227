import type { ProjectStatus } from '../../../api/schemas/index.ts'
import { printable } from '../../../common/text.ts'
import { atNode } from '../at-node.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import type { ExitReason } from '../exit-codes.ts'
import { createProgressDisplay } from '../progress-display.ts'
import { failureLines } from '../submit-command.ts'
import { untilSignal } from '../until-signal.ts'
import { waitForProject } from '../wait-for-project.ts'
import { onProject, PROJECT_ARGUMENT, type OnProject } from './on-project.ts'

async function follow(call: Call, { client, project }: OnProject, signal: AbortSignal): Promise<ProjectStatus> {
  const display = createProgressDisplay(call.io, call.json)
  try {
    return await waitForProject(client, project.projectId, { signal, onStatus: display.update })
  } finally {
    display.stop()
  }
}

function report(call: Call, project: ProjectStatus): ExitReason {
  const isDone = project.state === 'completed'
  const text = project.outputPath ?? `${project.title} is completed`
  if (call.json) say(call, { event: isDone ? 'done' : 'failed', project }, '')
  else if (isDone) call.io.out(printable(text))
  else for (const line of failureLines(project)) call.io.err(line)
  return isDone ? 'ok' : 'failed'
}

/** `grav1 watch` */
export const watchCommand: CommandDefinition = {
  name: 'watch',
  help: 'follow a project to its end; Ctrl-C ends only the watching',
  group: 'Films:',
  args: [PROJECT_ARGUMENT],
  asks: 'node',
  json: 'lines',
  run: async (call) =>
    onProject(call, atNode, async (on) => {
      const end = await untilSignal(call.io, async (signal) => follow(call, on, signal))
      return typeof end === 'string' ? end : report(call, end)
    })
}
