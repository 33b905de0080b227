import { clockTime } from '../../../common/clock-time.ts'
import { printable } from '../../../common/text.ts'
import type { PeerStatus, ProjectStatus } from '../../../api/schemas/index.ts'
import { buildName } from '../../idle/build-name.ts'
import { formatDuration, formatTable } from '../format.ts'
import { formatRate } from '../../../common/speed-text.ts'
import { shortPeerId } from './project-table.ts'

export const encoderNames = ({ encoders }: Pick<PeerStatus, 'encoders'>): string =>
  encoders.length === 0 ? '-' : encoders.map((build) => printable(buildName(build))).join(', ')

type Slots = Pick<PeerStatus, 'busy' | 'slots' | 'paused' | 'asleepUntilMs'>

export const slotsText = ({ busy, slots, paused, asleepUntilMs }: Slots): string => {
  const asleep = asleepUntilMs === undefined ? '' : ` asleep until ${clockTime(asleepUntilMs)}`
  return `${busy}/${slots}${paused ? ' paused' : ''}${asleep}`
}

const SCENES_NAMED = 4

/** `film.mkv 7, 9`: scenes count from 1. */
function workOf(peerId: string, projects: readonly ProjectStatus[]): string {
  const films = projects.flatMap(({ title, running }) => {
    const scenes = running.filter(({ worker }) => worker === peerId).map(({ scene }) => scene + 1)
    if (scenes.length === 0) return []
    const named = scenes.slice(0, SCENES_NAMED).join(', ')
    const more = scenes.length > SCENES_NAMED ? ` and ${scenes.length - SCENES_NAMED} more` : ''
    return [`${printable(title)} ${named}${more}`]
  })
  return films.join('; ') || '-'
}

const nameOf = (peerId: string, peers: readonly PeerStatus[]): string =>
  printable(peers.find((peer) => peer.peerId === peerId)?.name ?? '') || shortPeerId(peerId)

function connection({ connected, path, relay, heardSecondsAgo }: PeerStatus, peers: readonly PeerStatus[]): string {
  if (path === 'self') return 'here'
  if (connected) return relay === undefined ? path : `${path} through ${nameOf(relay, peers)}`
  return heardSecondsAgo === null || heardSecondsAgo === 0
    ? 'no'
    : `no, heard from ${formatDuration(heardSecondsAgo)} ago`
}

/** Who it is to this node; a bar after a bad result counts beside that. */
const classText = ({ class: peerClass, trust }: Pick<PeerStatus, 'class' | 'trust'>): string =>
  trust === 'barred' ? `${peerClass}, barred` : peerClass

const HEADER = ['machine', 'id', 'is', 'busy', 'rate', 'encodes', 'encoders', 'connected'] as const

/** Machines as a table for people: slots, speed, and the scenes that they encode. @param cellsMax of a line */
export function peerTable(peers: readonly PeerStatus[], projects: readonly ProjectStatus[], cellsMax: number): string {
  const rows = peers.map((peer) => [
    printable(peer.name),
    shortPeerId(peer.peerId),
    classText(peer),
    slotsText(peer),
    formatRate(peer.fps) || '-',
    workOf(peer.peerId, projects),
    encoderNames(peer),
    connection(peer, peers)
  ])
  const columns = ['encodes', 'machine', 'encoders'].map((name) => HEADER.findIndex((one) => one === name))
  return formatTable([HEADER, ...rows], { columns, cellsMax })
}
