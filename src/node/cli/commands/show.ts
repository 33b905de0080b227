import { formatBytes, plural, printable } from '../../../common/text.ts'
import type { ProjectStatus, SwarmStatus } from '../../../api/schemas/index.ts'
import { buildName } from '../../idle/build-name.ts'
import { atNodeOrFolder } from '../at-node.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { formatDuration } from '../format.ts'
import { formatRate } from '../../../common/speed-text.ts'
import { padToWidth } from '../text-width.ts'
import { onProject, PROJECT_ARGUMENT } from './on-project.ts'
import { hasEnded, namesOf, percent, type NameOf } from './project-table.ts'

type Fact = readonly [name: string, value: string]

/** `2026-11-30 01:25:00`, in the time of this machine. */
export function formatTime(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}

function sourceFacts({ width, height, fpsNum, fpsDen, sourceBytes }: ProjectStatus): Fact[] {
  // A film that waits for its source is not looked at yet.
  if (width === 0) return []
  const rate = (fpsNum / Math.max(1, fpsDen)).toFixed(3).replace(/\.?0+$/, '')
  return [['source', `${width}x${height}, ${rate} fps, ${formatBytes(sourceBytes)}`]]
}

function progressFacts(project: ProjectStatus): Fact[] {
  const { scenes, frames, totalFrames, etaSeconds, kbps, bytes } = project
  const about = project.planned ? '' : 'about '
  const failed = scenes.failed > 0 ? `, ${scenes.failed} failed` : ''
  const facts: Fact[] = [
    ['scenes', `${scenes.done} of ${scenes.total} done, ${scenes.running} running${failed}`],
    ['frames', `${Math.floor(frames)} of ${about}${totalFrames} (${percent(project)})`]
  ]
  if (formatRate(project.fps) !== '') facts.push(['speed', formatRate(project.fps)])
  if (etaSeconds !== null) facts.push(['left', formatDuration(etaSeconds)])
  if (bytes > 0) facts.push(['video', `${formatBytes(bytes)}${kbps === null ? '' : `, ${Math.round(kbps)} kbps`}`])
  return facts
}

function endFacts({
  outputPath,
  outputBytes,
  outputSha256,
  sourceBytes,
  createdAtMs,
  endedAtMs
}: ProjectStatus): Fact[] {
  const facts: Fact[] = []
  if (endedAtMs !== null)
    facts.push(['ended', `${formatTime(endedAtMs)}, after ${formatDuration((endedAtMs - createdAtMs) / 1000)}`])
  if (outputPath !== null) facts.push(['output', printable(outputPath)])
  if (outputBytes !== null && outputSha256 !== null) {
    const share = sourceBytes > 0 ? `, ${Math.round((100 * outputBytes) / sourceBytes)}% of the source` : ''
    facts.push(['size', `${formatBytes(outputBytes)}${share}`], ['sha-256', outputSha256])
  }
  return facts
}

function workFacts({ running, workers, madeBy }: ProjectStatus, nameOf: NameOf): Fact[] {
  const now = Map.groupBy(running, ({ worker }) => worker)
  const busy = [...now].map(
    ([worker, leases]) => `${nameOf(worker)} ${leases.map(({ scene }) => scene + 1).join(', ')}`
  )
  const done = Object.entries(workers)
    .toSorted(([, a], [, b]) => b - a)
    .map(([worker, scenes]) => `${nameOf(worker)} ${plural(scenes, 'scene')}`)
  const builds = madeBy.map(
    ({ build, scenes }) => `${printable(buildName(build)) || 'unknown'} ${plural(scenes, 'scene')}`
  )
  return [
    ...(busy.length > 0 ? [['encodes now', busy.join('; ')] as const] : []),
    ...(done.length > 0 ? [['encoded by', done.join(', ')] as const] : []),
    ...(madeBy.length > 1 ? [['with', builds.join(', ')] as const] : [])
  ]
}

/** What `grav1 show` prints of a project; what is not known is left out. */
export function showText(project: ProjectStatus, { node, peers }: Pick<SwarmStatus, 'node' | 'peers'>): string {
  const nameOf = namesOf(node, peers)
  const { state, stale, reason, idle } = project
  const facts: Fact[] = [
    ['title', printable(project.title)],
    ['project', project.projectId],
    ['owner', nameOf(project.owner)],
    ['state', `${state}${stale ? ' (stale)' : ''}${reason === '' ? '' : `: ${printable(reason)}`}`],
    ['encoder', printable(`${buildName(project.encoderBuild)} ${project.encoderParams}`.trim())],
    ['builds', project.builds],
    ...sourceFacts(project),
    ['priority', String(project.priority)],
    ['submitted', formatTime(project.createdAtMs)],
    ...progressFacts(project),
    ...endFacts(project),
    ...workFacts(project, nameOf)
  ]
  if (!hasEnded(project) && idle != null) facts.push(['idle here', printable(idle.reason)])
  for (const { scene, attempts, reason: why } of project.failures)
    facts.push(['failed', `scene ${scene + 1}, ${plural(attempts, 'attempt')}: ${printable(why)}`])
  for (const warning of project.warnings) facts.push(['warning', printable(warning)])
  const cells = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `${padToWidth(name, cells)}  ${value}`).join('\n')
}

/** `grav1 show` */
export const showCommand: CommandDefinition = {
  name: 'show',
  help: 'show everything about a project',
  group: 'Films:',
  args: [PROJECT_ARGUMENT],
  asks: 'node-or-folder',
  json: 'one',
  run: async (call) =>
    onProject(call, atNodeOrFolder, async ({ project, status }) => {
      say(call, project, showText(project, status))
      return 'ok'
    })
}
