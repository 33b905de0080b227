import { Option } from 'commander'
import type { PeerStatus, ProjectStatus, SwarmStatus } from '../../../api/schemas/index.ts'
import { fewerSlotsText, restWords } from '../../../api/manners/index.ts'
import { reachWords } from '../../../api/reach-words.ts'
import { clockTime } from '../../../common/clock-time.ts'
import { formatBytes, plural, printable } from '../../../common/text.ts'
import { atNodeOrFolder } from '../at-node.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { formatDuration, shownTitle } from '../format.ts'
import { requestText } from './ask-about-requests.ts'
import { encoderNames, peerTable, slotsText } from './peer-table.ts'
import { hasEnded, namesOf, projectTable, shortPeerId } from './project-table.ts'

/** Where nobody says how wide the output is. */
export const CELLS_DEFAULT = 140

export interface StatusTextInit {
  /** Cells of a line; names and titles are cut for it. Default 140. */
  readonly cellsMax?: number | undefined
  /** Also projects that have ended. */
  readonly all?: boolean
  /** Time of day in milliseconds. Default: now. */
  readonly nowMs?: number
}

function modeOf({ draining, paused, rest }: SwarmStatus['node'], nowMs: number): string {
  if (draining) return ', draining'
  if (paused) return ', paused'
  return rest == null ? '' : `, paused${restWords(rest, nowMs)}`
}

function nodeLine(node: SwarmStatus['node'], nowMs: number): string {
  const name = `${shownTitle(node.name)} ${node.peerId}`
  // Its data folder was read instead.
  if (!node.connected) return `no node runs here; this is what the data folder of ${name} holds`
  const mode = modeOf(node, nowMs)
  const uptime = `up ${formatDuration(node.uptimeSeconds)}, ${formatBytes(node.rssBytes)}`
  const slots = slotsText({ ...node, paused: false })
  return `node ${name}, grav1 ${node.version}, ${slots} slots busy${mode}, ${encoderNames(node)}, ${uptime}`
}

/** Where others reach this node best. */
function reachLines({ reach }: SwarmStatus['node']): string[] {
  const [best, ...more] = reach?.addresses ?? []
  if (best === undefined) return []
  const address = best.address.replace(/\/p2p\/[^/]*$/, '')
  const others = more.length === 0 ? '' : `; --json lists ${more.length} more`
  return [`reached at ${address}, ${reachWords(best)}${others}`]
}

/** An announced sleep of this machine, and who goes on meanwhile. */
function sleepLines({ sleep }: SwarmStatus['node']): string[] {
  if (sleep === undefined) return []
  const scenes = sleep.machines.reduce((sum, machine) => sum + machine.scenes, 0)
  const go = `${plural(scenes, 'scene')} at ${plural(sleep.machines.length, 'machine')}`
  return [`going to sleep until ${clockTime(sleep.untilMs)}: ${go}; "grav1 sleep --off" ends it`]
}

const memoryLines = ({ fewerSlots }: SwarmStatus['node'], nowMs: number): string[] =>
  fewerSlots == null ? [] : [fewerSlotsText(fewerSlots, nowMs)]

/** What a node without a sandbox does not do: it encodes for others, and has its films encoded by others, only by name. */
const sandboxLines = ({ noSandbox }: SwarmStatus['node']): string[] =>
  noSandbox === null
    ? []
    : [`no sandbox, so this node works only with peers that it trusts by name: ${printable(noSandbox)}`]

/** Machines that wait for the user's word. */
const joinLines = ({ joinRequests = [] }: SwarmStatus['node']): string[] =>
  joinRequests.map(
    (request) => `${requestText(request)} wants to join: "grav1 peers accept ${request.id}", or "refuse ${request.id}"`
  )

function machines({ node, peers, projects }: SwarmStatus, cellsMax: number): string[] {
  if (!node.connected) return []
  const shown = peers.filter((peer) => peer.class !== 'banned')
  if (shown.length === 0) return ['no peers']
  return [peerTable([node, ...shown], projects, cellsMax)]
}

function hiddenLine(hidden: number): string {
  return `${plural(hidden, 'ended project')} not shown; "grav1 status --all" shows ${hidden === 1 ? 'it' : 'them'}`
}

/** What `grav1 status` prints. */
export function statusText(
  status: SwarmStatus,
  { cellsMax = CELLS_DEFAULT, all = false, nowMs = Date.now() }: StatusTextInit = {}
): string {
  const { node, peers, projects } = status
  const parts = [
    [
      nodeLine(node, nowMs),
      ...reachLines(node),
      ...sleepLines(node),
      ...memoryLines(node, nowMs),
      ...sandboxLines(node),
      ...joinLines(node)
    ].join('\n'),
    ...machines(status, cellsMax)
  ]
  const shown = all ? projects : projects.filter((project) => !hasEnded(project))
  const hidden = projects.length - shown.length
  const table = shown.length === 0 ? [] : [projectTable(shown, namesOf(node, peers), cellsMax)]
  if (projects.length === 0) parts.push('no projects')
  else parts.push([...table, ...(hidden > 0 ? [hiddenLine(hidden)] : [])].join('\n'))
  // Without a node everything is as it was.
  const going = node.connected ? shown.filter((project) => !hasEnded(project)) : []
  const waits = [...resting(node, shown), ...waitingLines(shown), ...queuedLines(shown), ...staleLines(going, nowMs)]
  if (waits.length > 0) parts.push(waits.join('\n'))
  const idle = [...idleHere(projects), ...idlePeers(peers, projects)]
  if (idle.length > 0) parts.push(idle.join('\n'))
  return parts.join('\n\n')
}

/** Without a node nothing goes on. */
function resting({ connected }: SwarmStatus['node'], projects: readonly ProjectStatus[]): string[] {
  const films = projects.filter(({ own, state }) => own && state !== 'waiting').length
  return connected || films === 0 ? [] : [`"grav1 node" resumes ${films === 1 ? 'it' : plural(films, 'film')}`]
}

/** An owner says more often than this how a film gets on. */
const SILENT_MS = 60_000

/** Views that may be behind. @param nowMs time of day */
function staleLines(projects: readonly ProjectStatus[], nowMs: number): string[] {
  return projects.flatMap(({ title, own, stale, heardAtMs }) => {
    const name = shownTitle(title)
    if (stale) return [`${name} is stale: this node knew more before it restarted, and is asking its peers`]
    if (own || heardAtMs === undefined) return []
    if (heardAtMs === null) return [`${name} is stale: its owner has not reported since this node started`]
    const silentMs = nowMs - heardAtMs
    return silentMs > SILENT_MS
      ? [`${name} is stale: its owner last reported ${formatDuration(silentMs / 1000)} ago`]
      : []
  })
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
export const statusCommand: CommandDefinition = {
  name: 'status',
  help: 'show machines, what they encode, and the projects that have not ended',
  group: 'Machines:',
  options: () => [new Option('-a, --all', 'include projects that have ended')],
  asks: 'node-or-folder',
  json: 'one',
  run: async (call) => {
    const status = await atNodeOrFolder(call.where, async (client) => client.status())
    const init = { cellsMax: call.io.terminal?.columns, all: call.options['all'] === true }
    say(call, status, statusText(status, init))
    return 'ok'
  }
}
