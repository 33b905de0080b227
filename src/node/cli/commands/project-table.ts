import { printable } from '../../../common/text.ts'
import type { PeerStatus, ProjectStatus } from '../../../api/schemas/index.ts'
import { buildName } from '../../idle/build-name.ts'
import { formatDuration, formatTable } from '../format.ts'
import { formatRate } from '../../../common/speed-text.ts'

const ENDED: ReadonlySet<ProjectStatus['state']> = new Set(['completed', 'failed', 'cancelled'])

export const hasEnded = ({ state }: Pick<ProjectStatus, 'state'>): boolean => ENDED.has(state)

/** The end of a peer id: all start alike. */
export const shortPeerId = (peerId: string): string => `..${peerId.slice(-8)}`

/** Names of peers, by their ids. */
export type NameOf = (peerId: string) => string

/** How a table calls peers: by their names, and this node `here`. */
export function namesOf(node: Pick<PeerStatus, 'peerId'> | undefined, peers: readonly PeerStatus[]): NameOf {
  const names = new Map(peers.map(({ peerId, name }) => [peerId, printable(name)]))
  if (node !== undefined) names.set(node.peerId, 'here')
  return (peerId) => names.get(peerId) || shortPeerId(peerId)
}

const ID_CHARS_MIN = 8

/** The shortest starts of ids that still tell them apart. */
export function shortIds(ids: readonly string[]): Map<string, string> {
  const sorted = ids.toSorted()
  const alike = (a: string, b: string | undefined): number => {
    const different = a.split('').findIndex((char, index) => char !== b?.[index])
    return different === -1 ? a.length : different
  }
  return new Map(
    sorted.map((id, index) => {
      const shared = Math.max(alike(id, sorted[index - 1]), alike(id, sorted[index + 1]))
      return [id, id.slice(0, Math.max(ID_CHARS_MIN, shared + 1))]
    })
  )
}

/** `waiting`, with `stale` where this node knew more before it restarted. */
const stateOf = ({ state, stale }: ProjectStatus): string => (stale ? `${state} (stale)` : state)

export function percent({ frames, totalFrames }: Pick<ProjectStatus, 'frames' | 'totalFrames'>): string {
  return totalFrames > 0 ? `${Math.floor((100 * Math.min(frames, totalFrames)) / totalFrames)}%` : '-'
}

function rowOf(project: ProjectStatus, id: string, nameOf: NameOf): string[] {
  const { scenes, etaSeconds } = project
  return [
    id,
    printable(project.title),
    nameOf(project.owner),
    stateOf(project),
    printable(buildName(project.encoderBuild)),
    `${scenes.done}/${scenes.total}${scenes.failed > 0 ? ` (${scenes.failed} failed)` : ''}`,
    percent(project),
    formatRate(project.fps) || '-',
    etaSeconds === null ? '-' : formatDuration(etaSeconds)
  ]
}

const HEADER = ['project', 'title', 'owner', 'state', 'encoder', 'scenes', 'done', 'rate', 'eta'] as const
const [, TITLE, OWNER] = HEADER.keys()

/** Projects as a table for people. @param cellsMax of a line; titles and names are cut for it */
export function projectTable(projects: readonly ProjectStatus[], nameOf: NameOf, cellsMax: number): string {
  const ids = shortIds(projects.map(({ projectId }) => projectId))
  const rows = projects.map((project) => rowOf(project, ids.get(project.projectId) ?? project.projectId, nameOf))
  return formatTable([HEADER, ...rows], { columns: [TITLE ?? 1, OWNER ?? 2], cellsMax })
}
