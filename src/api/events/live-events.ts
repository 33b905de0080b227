import { LOG_LEVELS, type LogLine } from '../schemas/index.ts'
import { createEventCursor, type EventCursor } from './cursor.ts'
import { parseEventId, type Standpoint } from './resume.ts'
import { createWorld, type WorldComponents } from './world.ts'
import type { EventsPort, Subscriber } from '../ports.ts'

export interface LiveEventsComponents extends WorldComponents {
  /** Called with a project's id whenever something of it may have changed. @returns a function that ends it. */
  readonly onProject: (listener: (projectId: string) => void) => () => void
  /** Called with each line of the node's log. Default: there are none. */
  readonly onLine?: ((listener: (line: LogLine) => void) => () => void) | undefined
}

export interface LiveEventsInit {
  /** Another one after each start of the node; letters and digits. */
  readonly boot: string
}

export const SUBSCRIBERS_MAX = 300
/** Minimum time between two versions of the same object. */
const STEP_MS = 250
/** Interval at which state without notifications is checked. */
const SURVEY_MS = 1000
/** How long the state is kept after the last client left, for clients that return. */
const KEEP_MS = 60_000

interface Listener {
  readonly cursor: EventCursor
  readonly films: readonly string[]
  readonly lineLevel: number
  readonly subscriber: Subscriber
}

export function createLiveEvents(components: LiveEventsComponents, { boot }: LiveEventsInit): EventsPort {
  const { node, onProject, onLine } = components
  const world = createWorld(components)
  const listeners = new Set<Listener>()
  const touched = new Set<string>()
  /** Films that nobody follows any longer, and since when. */
  const leftFilms = new Map<string, number>()
  let stops: (() => void)[] = []
  let stepTimer: NodeJS.Timeout | undefined
  let forgetTimer: NodeJS.Timeout | undefined
  let steppedAtMs = -Infinity

  function step(survey: boolean): void {
    clearTimeout(stepTimer)
    stepTimer = undefined
    steppedAtMs = performance.now()
    if (survey) {
      leaveFilms()
      world.survey()
    } else for (const projectId of touched) world.refresh(projectId)
    touched.clear()
    for (const { subscriber } of listeners) subscriber.onNews()
  }

  function touch(projectId: string): void {
    touched.add(projectId)
    stepTimer ??= setTimeout(() => step(false), Math.max(0, steppedAtMs + STEP_MS - performance.now())).unref()
  }

  function leaveFilms(): void {
    for (const [projectId, sinceMs] of leftFilms) {
      if (performance.now() - sinceMs < KEEP_MS) continue
      leftFilms.delete(projectId)
      world.unfollow(projectId)
    }
  }

  function wake(): void {
    clearTimeout(forgetTimer)
    const surveys = setInterval(() => step(true), SURVEY_MS).unref()
    stops = [onProject(touch), () => clearInterval(surveys), () => clearTimeout(stepTimer)]
    if (onLine != null) stops.push(onLine(tellLine))
    step(true)
  }

  function sleep(): void {
    for (const stop of stops) stop()
    stops = []
    stepTimer = undefined
    touched.clear()
    forgetTimer = setTimeout(() => {
      for (const projectId of leftFilms.keys()) world.unfollow(projectId)
      leftFilms.clear()
      world.forget()
    }, KEEP_MS).unref()
  }

  function tellLine(line: LogLine): void {
    const level = LOG_LEVELS.indexOf(line.level)
    for (const { cursor, lineLevel, subscriber } of listeners) {
      if (level < lineLevel) continue
      cursor.addLine(line)
      subscriber.onNews()
    }
  }

  /** The version to continue from; undefined if the client must start again. */
  function standpointOf(lastEventId: string | undefined): Standpoint | undefined {
    const from = parseEventId(lastEventId ?? '')
    const isKnown = from?.boot === boot && from.version >= world.floor && from.version <= world.version
    return isKnown ? from : undefined
  }

  function leave(listener: Listener): void {
    if (!listeners.delete(listener)) return
    for (const projectId of listener.films)
      if (![...listeners].some(({ films }) => films.includes(projectId))) leftFilms.set(projectId, performance.now())
    if (listeners.size === 0) sleep()
  }

  return {
    get subscribers() {
      return listeners.size
    },
    subscribe: ({ films, logs, lastEventId }) => {
      if (listeners.size >= SUBSCRIBERS_MAX) return undefined
      if (listeners.size === 0) wake()
      for (const projectId of films) {
        leftFilms.delete(projectId)
        world.follow(projectId)
      }
      const { peerId, version: programVersion } = node.status()
      const cursor = createEventCursor(world, {
        boot,
        peerId,
        programVersion,
        films,
        from: standpointOf(lastEventId)
      })
      const listener: Listener = {
        cursor,
        films,
        lineLevel: logs == null ? Infinity : LOG_LEVELS.indexOf(logs),
        subscriber: {
          next: (chars) => cursor.next(chars),
          onNews: () => {},
          close: () => leave(listener)
        }
      }
      listeners.add(listener)
      return listener.subscriber
    }
  }
}
