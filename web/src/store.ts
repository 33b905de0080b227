import { signal } from '@preact/signals'
import type { LiveEvent, LogLine, NodeStatus, PeerStatus, ProjectStatus } from '../../src/api/schemas/index.ts'
import { applyScenes, forgetFilm } from './film/films.ts'

/** `lost`: what is shown is as old as `sinceMs` says. */
export type Connection = { readonly status: 'connecting' | 'live' | 'lost'; readonly sinceMs: number }

/** The run of the node that all this is of; empty before the first. */
export const boot = signal('')
export const connection = signal<Connection>({ status: 'connecting', sinceMs: Date.now() })
export const node = signal<NodeStatus | undefined>(undefined)
export const peers = signal<ReadonlyMap<string, PeerStatus>>(new Map())
export const projects = signal<ReadonlyMap<string, ProjectStatus>>(new Map())
/** The last lines that were heard live. */
export const log = signal<readonly LogLine[]>([])

const LOG_LINES_MAX = 2000

const without = <Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> => {
  const copy = new Map(map)
  copy.delete(key)
  return copy
}

/** Takes in one event of the node, whichever way it came. */
export function apply({ event, data }: LiveEvent): void {
  switch (event) {
    case 'hello':
      // Another run of the node numbers its lines again.
      if (data.boot !== boot.value) log.value = []
      boot.value = data.boot
      if (!data.full) return
      peers.value = new Map()
      projects.value = new Map()
      return
    case 'ready':
      connection.value = { status: 'live', sinceMs: Date.now() }
      return
    case 'node':
      node.value = data
      return
    case 'peer':
      peers.value = new Map(peers.value).set(data.peerId, data)
      return
    case 'peer-gone':
      peers.value = without(peers.value, data.peerId)
      return
    case 'project':
      projects.value = new Map(projects.value).set(data.projectId, data)
      return
    case 'project-gone':
      projects.value = without(projects.value, data.projectId)
      forgetFilm(data.projectId)
      return
    case 'scenes':
      applyScenes(data.projectId, data.scenes)
      return
    case 'log':
      // A tab that joins others gets lines that it may have.
      if (data.number <= (log.value.at(-1)?.number ?? -1)) return
      log.value = [...log.value, data].slice(-LOG_LINES_MAX)
      return
    default:
      event satisfies never
  }
}
