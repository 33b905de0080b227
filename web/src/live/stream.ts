import type { LiveEvent } from '../../../src/api/schemas/index.ts'
import type { News, Wanted } from './messages.ts'

export const EVENTS = [
  'hello',
  'ready',
  'node',
  'peer',
  'peer-gone',
  'project',
  'project-gone',
  'scenes',
  'log'
] as const satisfies readonly LiveEvent['event'][]

/** What of an `EventSource` is used. */
export interface Source {
  addEventListener: (type: string, listener: (event: { data?: string; lastEventId?: string }) => void) => void
  close: () => void
}

export interface StreamInit {
  readonly wanted: Wanted
  readonly lastEventId: string
  readonly onNews: (news: News) => void
  /** Called each time that an attempt ends. */
  readonly onLost: () => void
}

export interface StreamComponents {
  readonly open: (query: URLSearchParams) => Source
  /** False while the node would refuse: nothing is asked then until `retryNow`. */
  readonly mayOpen: () => boolean
  /** Whether the node answers at all; asked when it was silent for long, since a dead line looks like a quiet one. */
  readonly probe: () => Promise<boolean>
  /** Nobody looks at this tab, so its timers wait for up to a second, and what it hands on to other tabs with them. */
  readonly isHidden: () => boolean
  readonly setTimeout: (call: () => void, ms: number) => unknown
  readonly clearTimeout: (timer: unknown) => void
}

/** Events are handed on together, so that a busy swarm does not have the page drawn for each of them. */
const GATHER_MS = 40
const GATHER_MAX = 1000
const SILENT_MS = 20_000
const RETRY_MS = [300, 1000, 2000, 4000, 8000] as const

/** The events of the node, for as long as it is not closed: it is opened again whenever it breaks, at the event where it broke. */
export function createStream(
  { wanted, lastEventId, onNews, onLost }: StreamInit,
  { open, mayOpen, probe, isHidden, setTimeout, clearTimeout }: StreamComponents
): { readonly close: () => void; readonly retryNow: () => void } {
  let last = lastEventId
  let gathered: LiveEvent[] = []
  let source: Source | undefined
  let failures = 0
  let isReady = false
  let isAsleep = false
  let closed = false
  const timers: Record<'gather' | 'silence' | 'retry', unknown> = {
    gather: undefined,
    silence: undefined,
    retry: undefined
  }

  function stopTimers(): void {
    for (const timer of Object.values(timers)) clearTimeout(timer)
    Object.assign(timers, { gather: undefined, silence: undefined, retry: undefined })
  }

  function handOn(): void {
    clearTimeout(timers.gather)
    timers.gather = undefined
    const events = gathered
    gathered = []
    if (events.length > 0) onNews({ events, lastEventId: last })
  }

  function lose(): void {
    source?.close()
    handOn()
    stopTimers()
    onLost()
    const waitMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0
    failures += 1
    timers.retry = setTimeout(connect, waitMs)
  }

  function listenForSilence(): void {
    clearTimeout(timers.silence)
    timers.silence = setTimeout(() => void checkLine(source), SILENT_MS)
  }

  async function checkLine(of: Source | undefined): Promise<void> {
    const answers = await probe()
    if (closed || source !== of) return
    if (answers) listenForSilence()
    else lose()
  }

  function connect(): void {
    isAsleep = !mayOpen()
    if (isAsleep) return
    const query = new URLSearchParams()
    for (const film of wanted.films) query.append('film', film)
    if (wanted.logs != null) query.set('logs', wanted.logs)
    if (last !== '') query.set('lastEventId', last)
    isReady = false
    const opened = open(query)
    source = opened
    for (const event of EVENTS)
      opened.addEventListener(event, ({ data = '{}', lastEventId: id = '' }) => {
        if (source !== opened || closed) return
        gathered.push({ event, data: JSON.parse(data) as unknown } as LiveEvent)
        if (id !== '') last = id
        if (event === 'ready') {
          failures = 0
          isReady = true
        }
        listenForSilence()
        if (event === 'ready' || gathered.length >= GATHER_MAX || (isReady && isHidden())) handOn()
        else timers.gather ??= setTimeout(handOn, GATHER_MS)
      })
    opened.addEventListener('error', () => {
      if (source === opened && !closed) lose()
    })
    listenForSilence()
  }

  connect()
  return {
    close: () => {
      handOn()
      closed = true
      source?.close()
      stopTimers()
    },
    retryNow: () => {
      if ((timers.retry == null && !isAsleep) || closed) return
      stopTimers()
      connect()
    }
  }
}
