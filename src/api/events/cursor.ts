import { eventText } from './event-text.ts'
import { filmTag, formatEventId, type Standpoint } from './resume.ts'
import type { LogLine } from '../schemas/index.ts'
import type { World } from './world.ts'

export interface EventCursorInit {
  readonly boot: string
  readonly peerId: string
  /** Of the program. */
  readonly programVersion: string
  /** Projects whose scenes it wants. */
  readonly films: readonly string[]
  /** Where it stood; undefined for one that gets everything. */
  readonly from: Standpoint | undefined
}

/**
 * What one client has not received yet. It holds only a place in the world's order of changes: a client gets the last state of a thing that changed ten times meanwhile,
 * and one that reads nothing costs no more memory.
 */
export interface EventCursor {
  /** The next events as text, of about this many characters; undefined when it has everything. */
  next: (chars: number) => string | undefined
  /** A log line for it; it keeps the last ones. */
  addLine: (line: LogLine) => void
}

/** Scenes in one event. */
const SCENES_MAX = 500
/** Log lines that wait for a client; older ones are left out. */
const LINES_MAX = 200

export function createEventCursor(world: World, init: EventCursorInit): EventCursor {
  const { from, films } = init
  const tags = films.map(filmTag)
  const startVersion = world.version
  let place = from?.version ?? 0
  const filmPlaces = new Map(films.map((id) => [id, from?.films.includes(filmTag(id)) === true ? from.version : 0]))
  let stage: 'new' | 'greeted' | 'ready' = 'new'
  let lines: LogLine[] = []

  /** The first thing that it lacks; of what went away before its time it needs to know nothing. */
  function nextThing(): { readonly key: string; readonly version: number } | undefined {
    for (let next = world.things.after(place); ; next = world.things.after(place)) {
      if (next == null || from != null || next.version > startVersion || !world.isGone(next.key)) return next
      place = next.version
    }
  }

  /** The film that lacks the scene of the lowest version. */
  function nextFilm(): { readonly projectId: string; readonly version: number } | undefined {
    let first: { projectId: string; version: number } | undefined
    for (const [projectId, filmPlace] of filmPlaces) {
      const version = world.filmOf(projectId)?.scenes.after(filmPlace)?.version
      if (version != null && version < (first?.version ?? Infinity)) first = { projectId, version }
    }
    return first
  }

  /** All changes up to it have been given out. */
  function standpoint(): string {
    const next = Math.min(nextThing()?.version ?? Infinity, nextFilm()?.version ?? Infinity)
    return formatEventId({ boot: init.boot, version: next === Infinity ? world.version : next - 1, films: tags })
  }

  function nextText(): string | undefined {
    if (stage === 'new') {
      stage = 'greeted'
      const { boot, peerId, programVersion } = init
      return eventText({ event: 'hello', data: { boot, full: from == null, peerId, version: programVersion } })
    }
    const line = lines.shift()
    if (line != null) return eventText({ event: 'log', data: line })
    const thing = nextThing()
    const film = nextFilm()
    // The oldest first, so that the place to go on from keeps up.
    if (film != null && film.version < (thing?.version ?? Infinity)) {
      const known = world.filmOf(film.projectId)
      const scenes = known?.scenes.from(film.version, SCENES_MAX) ?? []
      filmPlaces.set(film.projectId, scenes.at(-1)?.version ?? film.version)
      return known?.textOf(scenes)
    }
    if (thing != null) {
      place = thing.version
      return world.textOf(thing.key)
    }
    if (stage === 'ready') return undefined
    stage = 'ready'
    return eventText({ event: 'ready', data: {} })
  }

  return {
    next: (chars) => {
      let text = ''
      while (text.length < chars) {
        const one = nextText()
        if (one == null) break
        text += `id: ${standpoint()}\n${one}`
      }
      return text === '' ? undefined : text
    },
    addLine: (line) => {
      lines = [...lines.slice(1 - LINES_MAX), line]
    }
  }
}
