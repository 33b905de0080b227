import { Option } from 'commander'
import { formatBytes, printable } from '../../../common/text.ts'
import { sceneState, type SceneStatus, type SceneWhy } from '../../../api/schemas/index.ts'
import { atNode, atNodeOrFolder } from '../at-node.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import { everyPage } from '../every-page.ts'
import { formatDuration, formatTable } from '../format.ts'
import { onProject, PROJECT_ARGUMENT } from './on-project.ts'
import { namesOf, type NameOf } from './project-table.ts'
import { CELLS_DEFAULT } from './status.ts'

const HEADER = [
  'scene',
  'start',
  'frames',
  'state',
  'done',
  'size',
  'rate',
  'encoding',
  'psnr',
  'mean',
  'xpsnr',
  'machine'
] as const

function rowOf(scene: SceneStatus, nameOf: NameOf): string[] {
  const { frames, framesDone, bytes, kbps, encodeSeconds, worker } = scene
  return [
    String(scene.scene + 1),
    String(scene.start),
    String(frames),
    scene.state,
    frames > 0 ? `${Math.floor((100 * framesDone) / frames)}%` : '-',
    bytes > 0 ? formatBytes(bytes) : '-',
    kbps === null ? '-' : `${Math.round(kbps)} kbps`,
    encodeSeconds === null ? '-' : formatDuration(encodeSeconds),
    ...[scene.psnr, scene.psnrMean, scene.xpsnr].map((db) => (db === null ? '-' : `${db.toFixed(1)} dB`)),
    worker === null ? '-' : nameOf(worker)
  ]
}

/** Scenes as a table; they count from 1. @param cellsMax of a line */
export function sceneTable(scenes: readonly SceneStatus[], nameOf: NameOf, cellsMax: number): string {
  const rows = scenes.map((scene) => rowOf(scene, nameOf))
  return formatTable([HEADER, ...rows], { columns: [HEADER.indexOf('machine')], cellsMax })
}

/** `grav1 scenes` */
export const scenesCommand: CommandDefinition = {
  name: 'scenes',
  help: 'list the scenes of a project, counted from 1',
  group: 'Films:',
  args: [PROJECT_ARGUMENT],
  options: () => [new Option('--state <state>', 'only those in this state').choices(sceneState.options)],
  asks: 'node-or-folder',
  json: 'one',
  run: async (call) =>
    onProject(call, atNodeOrFolder, async ({ client, project, status }) => {
      const state = sceneState.optional().parse(call.options['state'])
      const page = await everyPage(async (part) => client.scenes(project.projectId, { ...part, state }))
      const none = state === undefined ? 'no scene is known yet' : `no scene is ${state}`
      const cells = call.io.terminal?.columns ?? CELLS_DEFAULT
      const table = (): string => sceneTable(page.items, namesOf(status.node, status.peers), cells)
      say(call, page, page.items.length === 0 ? none : table())
      return 'ok'
    })
}

/** What `grav1 why` prints. */
export function whyText({ scene, state, summary, details, next }: SceneWhy): string {
  const lines = [
    `scene ${scene + 1} is ${state}: ${printable(summary)}`,
    ...details.map((one) => `  ${printable(one)}`)
  ]
  if (next !== null) {
    const when = next.inSeconds === null ? '' : ` (in ${formatDuration(next.inSeconds)})`
    lines.push(`next: ${printable(next.what)}${when}`)
  }
  return lines.join('\n')
}

/** From 1, as people count. @throws {@link CliError} `usage` */
function sceneIndex(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text) - 1
  throw new CliError('usage', `"${text}" is not the number of a scene; they count from 1.`)
}

/** `grav1 why` */
export const whyCommand: CommandDefinition = {
  name: 'why',
  help: 'say why a scene is not done, and what happens next',
  group: 'Films:',
  args: [PROJECT_ARGUMENT, { name: '<scene>', help: 'number of the scene, from 1' }],
  asks: 'node',
  json: 'one',
  examples: [{ line: 'grav1 why film.mkv 7', what: 'the seventh scene' }],
  run: async (call) => {
    const scene = sceneIndex(call.args[1] ?? '')
    return onProject(call, atNode, async ({ client, project }) => {
      if (scene >= project.scenes.total)
        throw new CliError('usage', `There is no scene ${scene + 1} yet: ${project.scenes.total} are known.`)
      const why = await client.why(project.projectId, scene)
      say(call, why, whyText(why))
      return 'ok'
    })
  }
}
