import { isSameSnapshot, projectStatusText } from '../project-status-text.ts'
import { createChangeLog, type ChangeLog } from './change-log.ts'
import { eventText } from './event-text.ts'
import { sceneCountOf } from '../scene-counts.ts'
import { createFilm, type Film, type SceneChangesOf } from './film.ts'
import type { ApiPorts, ProjectSnapshot } from '../ports.ts'

export interface WorldComponents {
  readonly projects: Pick<ApiPorts['projects'], 'list' | 'get'>
  readonly node: Pick<ApiPorts['node'], 'status' | 'peers'>
  readonly sceneChangesOf: SceneChangesOf
}

/** All that clients can be told of, each thing with the version of its last change. */
export interface World {
  /** Grows with every change. */
  readonly version: number
  /** A client at an earlier version may have missed that something went away. */
  readonly floor: number
  readonly things: Pick<ChangeLog<string>, 'after'>
  /** The newest event of a thing. */
  textOf: (thing: string) => string
  isGone: (thing: string) => boolean
  filmOf: (projectId: string) => Film | undefined
  /** Compares everything with what is known. */
  survey: () => void
  /** The same for one project. */
  refresh: (projectId: string) => void
  /** Its scenes are compared too from now on. */
  follow: (projectId: string) => void
  unfollow: (projectId: string) => void
  /** Forgets everything; no client can go on from an earlier version. */
  forget: () => void
}

/** Things that went away and are remembered, for those who reconnect. */
const GONE_MAX = 1000
/** What always changes is alone worth an event only so often. */
const STEPS: Readonly<Record<string, number>> = { uptimeSeconds: 10, heardSecondsAgo: 30, rssBytes: Infinity }

export function createWorld({ projects, node, sceneChangesOf: changesOf }: WorldComponents): World {
  const things = createChangeLog<string>()
  /** What was last said of a thing, and what tells whether it changed. */
  const known = new Map<string, { readonly mark: string; readonly text: string }>()
  const snapshots = new Map<string, ProjectSnapshot>()
  const gone = new Map<string, string>()
  const followed = new Set<string>()
  const films = new Map<string, Film>()
  let version = 0
  let floor = 0
  const nextVersion = (): number => (version += 1)

  function note(thing: string, text: string, mark = text): void {
    if (known.get(thing)?.mark === mark) return
    known.set(thing, { mark, text })
    things.set(thing, nextVersion())
  }

  /** That it went stays a thing of its own: when it comes back, clients hear of both. */
  function lose(thing: string, text: string): void {
    if (!known.delete(thing)) return
    things.forget(thing)
    gone.delete(`gone ${thing}`)
    gone.set(`gone ${thing}`, text)
    things.set(`gone ${thing}`, nextVersion())
    for (const oldest of gone.keys()) {
      if (gone.size <= GONE_MAX) break
      floor = Math.max(floor, things.versionOf(oldest) ?? 0)
      gone.delete(oldest)
      things.forget(oldest)
    }
  }

  function noteProject(projectId: string, snapshot: ProjectSnapshot): void {
    const before = snapshots.get(projectId)
    // Forgotten, and learned again from others who know less of it.
    if (before != null && sceneCountOf(snapshot.view) < sceneCountOf(before.view)) loseProject(projectId)
    if (before == null || !isSameSnapshot(before, snapshot)) {
      snapshots.set(projectId, snapshot)
      note(`project ${projectId}`, `event: project\ndata: ${projectStatusText(snapshot)}\n\n`)
    }
    if (!followed.has(projectId)) return
    const film = films.get(projectId) ?? createFilm(projectId, { nextVersion, changesOf })
    films.set(projectId, film)
    film.update(snapshot)
  }

  function loseProject(projectId: string): void {
    snapshots.delete(projectId)
    films.delete(projectId)
    lose(`project ${projectId}`, eventText({ event: 'project-gone', data: { projectId } }))
  }

  function surveyNode(): void {
    const data = node.status()
    note('node', eventText({ event: 'node', data }), markOf(data))
  }

  function surveyPeers(): void {
    const lost = new Set([...known.keys()].filter((thing) => thing.startsWith('peer ')))
    for (const peer of node.peers()) {
      lost.delete(`peer ${peer.peerId}`)
      note(`peer ${peer.peerId}`, eventText({ event: 'peer', data: peer }), markOf(peer))
    }
    for (const thing of lost)
      lose(thing, eventText({ event: 'peer-gone', data: { peerId: thing.slice('peer '.length) } }))
  }

  function surveyProjects(): void {
    const lost = new Set(snapshots.keys())
    for (const snapshot of projects.list()) {
      lost.delete(snapshot.view.projectId)
      noteProject(snapshot.view.projectId, snapshot)
      films.get(snapshot.view.projectId)?.lookOver(snapshot)
    }
    for (const projectId of lost) loseProject(projectId)
  }

  function refresh(projectId: string): void {
    const snapshot = projects.get(projectId)
    if (snapshot == null) loseProject(projectId)
    else noteProject(projectId, snapshot)
  }

  return {
    things,
    refresh,
    textOf: (thing) => known.get(thing)?.text ?? gone.get(thing) ?? '',
    isGone: (thing) => gone.has(thing),
    filmOf: (projectId) => films.get(projectId),
    survey: () => {
      surveyNode()
      surveyPeers()
      surveyProjects()
    },
    follow: (projectId) => {
      followed.add(projectId)
      refresh(projectId)
    },
    unfollow: (projectId) => {
      followed.delete(projectId)
      films.delete(projectId)
    },
    forget: () => {
      for (const thing of [...known.keys(), ...gone.keys()]) things.forget(thing)
      for (const one of [known, snapshots, gone, films]) one.clear()
      floor = nextVersion()
    },
    get version() {
      return version
    },
    get floor() {
      return floor
    }
  }
}

function markOf(data: object): string {
  return JSON.stringify(data, (key, value: unknown) => {
    const step = STEPS[key]
    return step == null || typeof value !== 'number' ? value : Math.floor(value / step)
  })
}
