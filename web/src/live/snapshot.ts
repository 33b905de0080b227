import { filmOf } from '../film/films.ts'
import { boot, connection, log, node, peers, projects } from '../store.ts'
import type { LiveEvent } from '../../../src/api/schemas/index.ts'

/** Events that bring another tab to where this one is. */
export function snapshot(films: readonly string[]): LiveEvent[] {
  if (boot.value === '') return []
  const events: LiveEvent[] = [
    {
      event: 'hello',
      data: { boot: boot.value, full: true, peerId: node.value?.peerId ?? '', version: node.value?.version ?? '' }
    }
  ]
  if (node.value != null) events.push({ event: 'node', data: node.value })
  for (const data of peers.value.values()) events.push({ event: 'peer', data })
  for (const data of projects.value.values()) events.push({ event: 'project', data })
  for (const projectId of films) {
    const scenes = filmOf(projectId).scenes.filter((scene) => scene != null)
    if (scenes.length > 0) events.push({ event: 'scenes', data: { projectId, scenes } })
  }
  for (const data of log.value) events.push({ event: 'log', data })
  if (connection.value.status === 'live') events.push({ event: 'ready', data: {} })
  return events
}
