import { resolve } from 'node:path'
import { Option } from 'commander'
import { plural, printable } from '../../../common/text.ts'
import type { ProjectStatus } from '../../../api/schemas/index.ts'
import { atNode, atNodeOrFolder } from '../at-node.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import { shownTitle } from '../format.ts'
import { saysYes } from '../says-yes.ts'
import { onProject, PROJECT_ARGUMENT } from './on-project.ts'
import { hasEnded } from './project-table.ts'

const called = ({ projectId, title }: ProjectStatus): string => `${projectId} (${shownTitle(title)})`

/** `grav1 cancel` */
export const cancelCommand: CommandDefinition = {
  name: 'cancel',
  help: 'stop a project; its encoded scenes are kept for a while',
  group: 'Films:',
  args: [PROJECT_ARGUMENT],
  asks: 'node-or-folder',
  json: 'one',
  run: async (call) =>
    onProject(call, atNodeOrFolder, async ({ client, project }) => {
      await client.cancel(project.projectId)
      const now = call.json ? await client.project(project.projectId) : undefined
      say(call, now, `cancelled ${called(project)}`)
      return 'ok'
    })
}

/** Encoded scenes of an unfinished film go with it. @throws {@link CliError} without a clear yes */
async function askWhetherToDelete({ io, options }: Call, { title, scenes }: ProjectStatus): Promise<void> {
  if (options['yes'] === true) return
  const lost = `${shownTitle(title)} is not finished: ${plural(scenes.done, 'encoded scene')} would be lost.`
  if (io.ask === undefined) throw new CliError('usage', `${lost} Add --yes to delete it anyway.`)
  const answer = await io.ask(`${lost} Delete it? [y/N] `)
  if (!saysYes(answer)) throw new CliError('not-deleted', 'Nothing was deleted.')
}

/** `grav1 delete` */
export const deleteCommand: CommandDefinition = {
  name: 'delete',
  help: 'remove a project from every list; its source and its finished file stay',
  group: 'Films:',
  args: [PROJECT_ARGUMENT],
  options: () => [new Option('-y, --yes', 'do not ask, even if it is unfinished')],
  asks: 'node-or-folder',
  json: 'one',
  run: async (call) =>
    onProject(call, atNodeOrFolder, async ({ client, project }) => {
      if (!hasEnded(project)) await askWhetherToDelete(call, project)
      await client.remove(project.projectId)
      say(call, project, `deleted ${called(project)}`)
      return 'ok'
    })
}

/** @throws {@link CliError} `usage` */
function priorityOf(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw new CliError('usage', `"${text}" is not a priority; use a number. Lower is sooner.`)
}

/** `grav1 priority` */
export const priorityCommand: CommandDefinition = {
  name: 'priority',
  help: 'change the priority of a project',
  group: 'Films:',
  args: [PROJECT_ARGUMENT, { name: '<number>', help: 'lower is sooner; the default is 0' }],
  asks: 'node-or-folder',
  json: 'one',
  examples: [{ line: 'grav1 priority film.mkv -- -1', what: 'this film first' }],
  run: async (call) => {
    const priority = priorityOf(call.args[1] ?? '')
    return onProject(call, atNodeOrFolder, async ({ client, project }) => {
      const changed = await client.setPriority(project.projectId, priority)
      say(call, changed, `${called(project)} has priority ${priority}`)
      return 'ok'
    })
  }
}

/** `grav1 retry` */
export const retryCommand: CommandDefinition = {
  name: 'retry',
  help: 'retry a waiting project, or the failed scenes of a running one, now',
  group: 'Films:',
  args: [PROJECT_ARGUMENT],
  asks: 'node',
  json: 'one',
  run: async (call) =>
    onProject(call, atNode, async ({ client, project }) => {
      say(call, await client.retry(project.projectId), `trying ${called(project)} again`)
      return 'ok'
    })
}

/** `grav1 output`: a relative file is meant from the folder where the command runs; of another node's project, from the source's folder there. */
export const outputCommand: CommandDefinition = {
  name: 'output',
  help: 'change where the finished file of a project is written',
  group: 'Films:',
  args: [PROJECT_ARGUMENT, { name: '<file>', help: '.mkv, .webm or .mp4' }],
  options: () => [new Option('--overwrite', 'replace an existing file')],
  asks: 'node',
  json: 'one',
  run: async (call) =>
    onProject(call, atNode, async ({ client, project }) => {
      const { io, options, args } = call
      const file = args[1] ?? ''
      const output = project.own ? resolve(io.cwd, file) : file
      const changed = await client.setOutput(project.projectId, { output, overwrite: options['overwrite'] === true })
      say(
        call,
        changed,
        `${called(project)} will be written to ${printable(output)}${project.own ? '' : ' on its owner'}`
      )
      return 'ok'
    })
}
