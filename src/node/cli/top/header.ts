import { fewerSlotsText, restWords } from '../../../api/manners/index.ts'
import type { NodeStatus, ProjectStatus } from '../../../api/schemas/index.ts'
import { clockTime } from '../../../common/clock-time.ts'
import { plural, printable } from '../../../common/text.ts'
import { formatDuration } from '../format.ts'
import { formatRate } from '../../../common/speed-text.ts'
import { slotsOf } from '../sample-report.ts'
import { clipLine, type Line, line, packed, span, spread } from './line.ts'
import type { TopState } from './state.ts'

const isOpen = ({ endedAtMs, state }: ProjectStatus): boolean => endedAtMs === null && state !== 'failed'

/** Frames a second of all films, and the time until the last of them is encoded; null where it cannot be told. */
export function swarmPace(projects: Iterable<ProjectStatus>): {
  readonly fps: number
  readonly seconds: number | null
} {
  const open = [...projects].filter(isOpen)
  const fps = open.reduce((sum, project) => sum + project.fps, 0)
  const left = open.reduce((sum, { totalFrames, frames }) => sum + Math.max(0, totalFrames - frames), 0)
  const isTold = open.some(({ etaSeconds }) => etaSeconds !== null)
  return { fps, seconds: isTold && fps > 0 && left > 0 ? left / fps : null }
}

function nodeState(node: NodeStatus, nowMs: number): string {
  if (node.health === 'disk-full') return 'disk full: no new work until there is space'
  if (node.draining) return (node.inHand ?? node.busy) === 0 ? 'drained: safe to stop' : 'draining'
  if (node.sleep !== undefined) return `going to sleep until ${clockTime(node.sleep.untilMs)}`
  if (node.paused) return 'paused'
  if (node.rest != null) return `paused${printable(restWords(node.rest, nowMs))}`
  return node.slots === 0 ? 'no slots: encodes nothing' : ''
}

/** Why this node does nothing for films, in words; films with the same reason together. */
export function passedOver(projects: Iterable<ProjectStatus>): string[] {
  const reasons = new Map<string, number>()
  for (const { idle, endedAtMs } of projects)
    if (idle != null && endedAtMs === null) reasons.set(idle.reason, (reasons.get(idle.reason) ?? 0) + 1)
  return [...reasons].map(([reason, films]) => `idle for ${plural(films, 'film')}: ${printable(reason)}`)
}

function connectionLine({ connection }: TopState, nowMs: number): Line {
  if (connection.status === 'live') return []
  if (connection.status === 'connecting') return line('connecting', 'busy')
  return line(
    `no connection for ${formatDuration((nowMs - connection.sinceMs) / 1000)}: this view may be out of date`,
    'bad'
  )
}

/** What is wrong or worth knowing, the most important first. */
function notes(state: TopState, nowMs: number): Line[] {
  const { node, projects } = state
  const own = node === undefined ? '' : nodeState(node, nowMs)
  const waits = [...projects.values()].filter((project) => project.state === 'waiting' && project.reason !== '')
  const unboxed = node?.noSandbox ?? ''
  const joins = (node?.joinRequests ?? []).map(
    ({ id, name }) => `${printable(name) || 'a machine without a name'} wants to join: "grav1 peers accept ${id}"`
  )
  return [
    connectionLine(state, nowMs),
    ...joins.map((text) => line(text, 'busy')),
    line(own, node?.health === 'ok' ? 'busy' : 'bad'),
    line(node?.fewerSlots == null ? '' : fewerSlotsText(node.fewerSlots, nowMs), 'busy'),
    line(unboxed === '' ? '' : `no sandbox: ${printable(unboxed)}`, 'busy'),
    ...waits.map(({ title, reason }) => line(`${printable(title)} waits: ${printable(reason)}`, 'bad')),
    ...passedOver(projects.values()).map((text) => line(text, 'busy'))
  ].filter((spans) => spans.some(({ text }) => text !== ''))
}

/** The first line of the screen, and what is worth knowing below it. @param noteRows lines at most for that */
export function headerLines(state: TopState, cells: number, nowMs: number, noteRows: number): Line[] {
  const { node } = state
  const peers = [...state.peers.values()]
  const { fps, seconds } = swarmPace(state.projects.values())
  const name = node === undefined ? 'grav1' : printable(node.name)
  const connected = peers.filter((peer) => peer.connected).length
  const parts: Line[] = [
    line(name, 'strong'),
    ...(node === undefined ? [] : [line(`${node.busy}/${node.slots} slots here`)]),
    line(formatRate(fps), 'strong'),
    line(seconds === null ? '' : `${formatDuration(seconds)} left`, 'strong'),
    line(plural(connected, 'peer')),
    ...(node === undefined || connected === 0 ? [] : [line(`${slotsOf({ node, peers })} slots in all`)])
  ]
  const left = packed(parts, cells)
  const version = node === undefined ? '' : `grav1 ${printable(node.version)}`
  const first = spread(left, [span(version, 'dim')], cells)
  return [first, ...notes(state, nowMs).slice(0, noteRows)].map((spans) => clipLine(spans, cells))
}
