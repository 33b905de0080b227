import { isSame, unionOf, type News, type TabMessage, type Wanted } from './messages.ts'
import type { LiveEvent } from '../../../src/api/schemas/index.ts'

/** What a tab needs of the browser. */
export interface TabComponents {
  /** Calls back when this tab is the one that leads; it leads until it dies. */
  readonly lead: (begin: () => void) => void
  /** Calls back when another tab has died. */
  readonly onGone: (tab: string, then: () => void) => void
  readonly send: (message: TabMessage) => void
  readonly openStream: (init: {
    readonly wanted: Wanted
    readonly lastEventId: string
    readonly onNews: (news: News) => void
    readonly onLost: () => void
  }) => { readonly close: () => void }
  readonly view: {
    readonly apply: (events: readonly LiveEvent[]) => void
    /** Events that say all that this tab knows, with the scenes of these films. */
    readonly snapshot: (films: readonly string[]) => readonly LiveEvent[]
    readonly lost: (sinceMs: number) => void
  }
  readonly now: () => number
}

export interface Tab {
  readonly want: (wanted: Wanted) => void
  readonly receive: (message: TabMessage) => void
}

/**
 * One tab among those of the same node. The one that leads holds the only event stream and passes on what it hears; the others hear it from there, know as much, and
 * any of them goes on at the same event when the leader dies.
 */
export function createTab(id: string, { lead, onGone, send, openStream, view, now }: TabComponents): Tab {
  const wants = new Map<string, Wanted>()
  let own: Wanted = { films: [], logs: undefined }
  let lastEventId = ''
  let lostAtMs: number | undefined
  let leads = false
  let stream: { readonly close: () => void; readonly wanted: Wanted } | undefined

  function take({ events, lastEventId: newest }: News): void {
    lastEventId = newest
    if (events.some(({ event }) => event === 'ready')) lostAtMs = undefined
    view.apply(events)
  }

  function lose(atMs: number): void {
    lostAtMs ??= atMs
    view.lost(lostAtMs)
  }

  function follow(): void {
    const wanted = unionOf([...wants.values(), own])
    if (stream != null && isSame(stream.wanted, wanted)) return
    stream?.close()
    const opened = openStream({
      wanted,
      lastEventId,
      onNews: (news) => {
        take(news)
        send({ type: 'news', tab: id, news })
      },
      onLost: () => {
        lose(now())
        send({ type: 'lost', tab: id, atMs: lostAtMs ?? now() })
      }
    })
    stream = { close: opened.close, wanted }
  }

  function forget(tab: string): void {
    wants.delete(tab)
    if (leads) follow()
  }

  function serve({ tab, wanted, fresh }: Extract<TabMessage, { type: 'wants' }>): void {
    if (!wants.has(tab)) onGone(tab, () => forget(tab))
    const before = wants.get(tab)
    wants.set(tab, wanted)
    const knew = stream?.wanted.films ?? []
    follow()
    // Of a film that another tab watches the node tells nothing again.
    const lacks = wanted.films.some((film) => knew.includes(film) && before?.films.includes(film) !== true)
    if (!fresh && !lacks) return
    const events = view.snapshot(stream?.wanted.films ?? [])
    send({ type: 'snapshot', tab: id, to: tab, events, lastEventId, lostAtMs })
  }

  send({ type: 'wants', tab: id, wanted: own, fresh: true })
  lead(() => {
    leads = true
    follow()
    send({ type: 'leads', tab: id })
  })

  return {
    want: (wanted) => {
      if (isSame(own, wanted)) return
      own = wanted
      if (leads) follow()
      else send({ type: 'wants', tab: id, wanted, fresh: false })
    },
    receive: (message) => {
      switch (message.type) {
        case 'wants':
          if (leads) serve(message)
          return
        case 'leads':
          send({ type: 'wants', tab: id, wanted: own, fresh: true })
          return
        case 'snapshot':
          if (leads || message.to !== id) return
          take(message)
          if (message.lostAtMs != null) lose(message.lostAtMs)
          return
        case 'news':
          if (!leads) take(message.news)
          return
        case 'lost':
          if (!leads) lose(message.atMs)
          return
        default:
          message satisfies never
      }
    }
  }
}
