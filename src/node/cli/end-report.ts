import type { ProjectStatus, SwarmStatus } from '../../api/schemas/index.ts'
import { formatBytes, plural, printable } from '../../common/text.ts'
import { formatDuration, shownTitle } from './format.ts'
import { formatRate } from '../../common/speed-text.ts'
import { shortPeerId } from './commands/project-table.ts'

/** Further workers are summed up. */
const WORKERS_MAX = 8

/** What a completed project tells of, in figures. */
export interface EndFigures {
  readonly bytes: number
  readonly sourceBytes: number
  /** From its submission to its end; null where the project does not say when it ended. */
  readonly seconds: number | null
  /** Frames of the film in each of these seconds. */
  readonly fps: number
  /** Scenes of each worker (peer id), the most first. */
  readonly workers: readonly (readonly [peerId: string, scenes: number])[]
}

export function endFigures(status: ProjectStatus): EndFigures {
  const { createdAtMs, endedAtMs, totalFrames, sourceBytes } = status
  const seconds = endedAtMs === null ? null : Math.max(0, endedAtMs - createdAtMs) / 1000
  return {
    bytes: status.outputBytes ?? status.bytes,
    sourceBytes,
    seconds,
    fps: seconds === null || seconds === 0 ? 0 : totalFrames / seconds,
    workers: Object.entries(status.workers).toSorted(([, a], [, b]) => b - a)
  }
}

function sizeText({ bytes, sourceBytes }: EndFigures): string {
  if (sourceBytes === 0) return formatBytes(bytes)
  const percent = Math.round((100 * bytes) / sourceBytes)
  return `${formatBytes(bytes)}, ${percent < 1 ? 'less than 1' : percent}% of the source's ${formatBytes(sourceBytes)}`
}

function timeText({ seconds, fps }: EndFigures): string[] {
  if (seconds === null) return []
  const rate = formatRate(fps)
  return [`${formatDuration(seconds)} from submission to the end${rate === '' ? '' : `, ${rate} on average`}`]
}

/** Who did how much; nothing where it was one machine. */
function workersText({ workers }: EndFigures, { node, peers }: Pick<SwarmStatus, 'node' | 'peers'>): string[] {
  const [first, ...others] = workers
  if (first === undefined || (others.length === 0 && first[0] === node.peerId)) return []
  const names = new Map(peers.map((peer) => [peer.peerId, peer.name]))
  const named = (peerId: string): string =>
    peerId === node.peerId ? 'this node' : shownTitle(names.get(peerId) ?? '') || shortPeerId(peerId)
  const shown = workers.slice(0, WORKERS_MAX).map(([peerId, scenes]) => `${named(peerId)} ${plural(scenes, 'scene')}`)
  const rest = workers.slice(WORKERS_MAX)
  const scenes = rest.reduce((sum, [, count]) => sum + count, 0)
  const more = rest.length > 0 ? [`${plural(rest.length, 'further node')} ${plural(scenes, 'scene')}`] : []
  return [`encoded by ${[...shown, ...more].join(', ')}`]
}

/** What a person wants to know of a completed project; where the file is comes last, and is not part of it. */
export function endReport(status: ProjectStatus, swarm: Pick<SwarmStatus, 'node' | 'peers'>): string[] {
  const figures = endFigures(status)
  const lines = [sizeText(figures), ...timeText(figures), ...workersText(figures, swarm)]
  const changed = status.warnings.map((sentence) => `  ${printable(sentence)}`)
  const heading = changed.length > 0 ? ['Differences from the source, and faults in it:', ...changed] : []
  return [`${shownTitle(status.title)} is done`, ...lines.map((line) => `  ${line}`), ...heading]
}
