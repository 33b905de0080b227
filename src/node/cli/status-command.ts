import type { PeerStatus, ProjectStatus, SwarmStatus } from '../../api/schemas/index.ts'
import { createClient } from './client.ts'
import type { ExitReason } from './exit-codes.ts'
import { findNode } from './find-node.ts'
import { formatDuration, formatRate, formatTable, shownTitle } from './format.ts'
import type { CliIo } from './io.ts'
import { buildName } from '../idle/build-name.ts'
import { formatBytes, printable } from '../../common/text.ts'

/** Which node a command talks to. */
export interface NodeOptions {
  readonly api?: string
  readonly token?: string
}

/** Options of `grav1 status`. */
export interface StatusOptions extends NodeOptions {
  readonly json?: boolean
}

/** The end of a peer id: all start alike. */
export const shortPeerId = (peerId: string): string => `..${peerId.slice(-8)}`

const encoderNames = ({ encoders }: PeerStatus): string =>
  encoders.length === 0 ? '-' : encoders.map((build) => printable(buildName(build))).join(', ')

const slots = ({ busy, slots, paused }: PeerStatus): string => `${busy}/${slots}${paused ? ' paused' : ''}`

const peerRow = (peer: PeerStatus): string[] => [
  printable(peer.name),
  shortPeerId(peer.peerId),
  slots(peer),
  encoderNames(peer),
  peer.connected ? 'yes' : 'no'
]

function projectRow(project: ProjectStatus): string[] {
  const { scenes, frames, totalFrames, etaSeconds } = project
  return [
    project.projectId,
    printable(project.title),
    project.state,
    printable(buildName(project.encoderBuild)),
    `${scenes.done}/${scenes.total}${scenes.failed > 0 ? ` (${scenes.failed} failed)` : ''}`,
    totalFrames > 0 ? `${Math.floor((100 * Math.min(frames, totalFrames)) / totalFrames)}%` : '-',
    formatRate(project.fps) || '-',
    etaSeconds === null ? '-' : formatDuration(etaSeconds)
  ]
}

/** Where nobody says how wide the output is. */
const CELLS_DEFAULT = 140

/** What `grav1 status` prints. @param cellsMax of a line; names and titles are cut for it */
export function statusText({ node, peers, projects }: SwarmStatus, cellsMax = CELLS_DEFAULT): string {
  const uptime = `up ${formatDuration(node.uptimeSeconds)}, ${formatBytes(node.rssBytes)}`
  const parts = [
    `node ${shownTitle(node.name)} ${node.peerId}, grav1 ${node.version}, ${slots({ ...node, paused: false })} slots busy${node.draining ? ', draining' : node.paused ? ', paused' : ''}, ${encoderNames(node)}, ${uptime}`
  ]
  if (peers.length === 0) parts.push('no peers')
  else
    parts.push(
      formatTable([['peer', 'id', 'busy', 'encoders', 'connected'], ...peers.map(peerRow)], { column: 0, cellsMax })
    )
  if (projects.length === 0) parts.push('no projects')
  else {
    const header = ['project', 'title', 'state', 'encoder', 'scenes', 'done', 'rate', 'eta']
    parts.push(formatTable([header, ...projects.map(projectRow)], { column: 1, cellsMax }))
  }
  const waits = [...waitingLines(projects), ...queuedLines(projects)]
  if (waits.length > 0) parts.push(waits.join('\n'))
  const idle = [...idleHere(projects), ...idlePeers(peers, projects)]
  if (idle.length > 0) parts.push(idle.join('\n'))
  return parts.join('\n\n')
}

/** What films wait for, and what to do. */
function waitingLines(projects: readonly ProjectStatus[]): string[] {
  const waiting = projects.filter(({ state, reason }) => state === 'waiting' && reason !== '')
  return waiting.map(({ title, reason }) => `${shownTitle(title)} waits: ${printable(reason)}`)
}

/** Own films that wait for their turn, the next one first. */
function queuedLines(projects: readonly ProjectStatus[]): string[] {
  const queued = projects.filter(({ state, reason }) => state === 'queued' && reason !== '')
  return queued.map(({ title, reason }) => `${shownTitle(title)} ${printable(reason)}`)
}

/** Why this node does nothing for projects. */
function idleHere(projects: readonly ProjectStatus[]): string[] {
  const lines = projects.flatMap(({ title, idle }) => (idle == null ? [] : [{ title, reason: idle.reason }]))
  return perReason(lines).map(({ titles, reason }) => `not working for ${titles} here: ${reason}`)
}

/** Why others do nothing for this node's own projects; one without slots only watches. */
function idlePeers(peers: readonly PeerStatus[], projects: readonly ProjectStatus[]): string[] {
  const own = new Map(projects.filter((project) => project.own).map(({ projectId, title }) => [projectId, title]))
  return peers.flatMap(({ name, peerId, slots, idle = [] }) => {
    const lines = idle.flatMap(({ projectId, reason }) => {
      const title = own.get(projectId)
      return title === undefined || slots === 0 ? [] : [{ title, reason }]
    })
    const called = name === '' ? shortPeerId(peerId) : shownTitle(name)
    return perReason(lines).map(({ titles, reason }) => `idle for ${titles}: ${called} ${reason}`)
  })
}

const TITLES_MAX = 3

/** One line for all projects with the same reason. */
function perReason(lines: readonly { readonly title: string; readonly reason: string }[]) {
  return [...Map.groupBy(lines, ({ reason }) => reason)].map(([reason, same]) => {
    const named = same.slice(0, TITLES_MAX).map(({ title }) => shownTitle(title))
    const more = same.length > TITLES_MAX ? ` and ${same.length - TITLES_MAX} more` : ''
    return { titles: named.join(', ') + more, reason: printable(reason) }
  })
}

/** `grav1 status` */
export async function statusCommand(options: StatusOptions, dataDir: string, io: CliIo): Promise<ExitReason> {
  const client = createClient(await findNode({ ...options, env: io.env, dataDir }))
  const status = await client.status()
  io.out(options.json === true ? JSON.stringify(status) : statusText(status, io.terminal?.columns))
  return 'ok'
}
