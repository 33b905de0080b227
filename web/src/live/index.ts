import { batch, effect, signal } from '@preact/signals'
import { base } from '../api.ts'
import { wantedFilms } from '../film/films.ts'
import { wantedLogs } from '../logs/wanted.ts'
import { access, askAccess } from '../session/session.ts'
import { apply, connection } from '../store.ts'
import { snapshot } from './snapshot.ts'
import { createStream } from './stream.ts'
import { createTab } from './tab.ts'
import type { TabMessage } from './messages.ts'

/** This tab has the stream of all tabs. */
export const leading = signal(false)

const NAME = `grav1 live ${base.pathname}`
const lockOf = (tab: string): string => `${NAME} ${tab}`

/** Unlike `crypto.randomUUID`, there over plain HTTP too. */
const newId = (): string => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('')

async function probe(): Promise<boolean> {
  return askAccess().then(
    () => true,
    () => false
  )
}

/** Holds a lock until this tab dies, and calls back when it has it. */
function hold(locks: LockManager, name: string, then: () => void): void {
  void locks.request(name, async () => {
    then()
    return new Promise(() => {})
  })
}

/** Follows the node for as long as the page lives. Over plain HTTP from another machine browsers have no locks: each tab then has a stream of its own. */
export function goLive(): void {
  const id = newId()
  const { locks } = navigator as { locks?: LockManager }
  if (locks == null) live(id, undefined)
  // The others learn of this tab's death by getting its lock, so it has it before they hear of it.
  else hold(locks, lockOf(id), () => live(id, locks))
}

function live(id: string, locks: LockManager | undefined): void {
  const channel = locks == null ? undefined : new BroadcastChannel(NAME)
  const tab = createTab(id, {
    lead: (begin) => {
      const start = (): void => {
        leading.value = true
        begin()
      }
      if (locks == null) start()
      else hold(locks, NAME, start)
    },
    onGone: (other, then) => void locks?.request(lockOf(other), then),
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
    send: (message) => channel?.postMessage(message),
    openStream: (init) => {
      const stream = createStream(
        {
          ...init,
          onLost: () => {
            init.onLost()
            void probe()
          }
        },
        {
          open: (query) => new EventSource(new URL(`api/v2/events?${query}`, base)),
          mayOpen: () => access.value !== 'none',
          probe,
          isHidden: () => document.hidden,
          setTimeout: (call, ms) => setTimeout(call, ms),
          clearTimeout: (timer) => clearTimeout(timer as number | undefined)
        }
      )
      addEventListener('online', stream.retryNow)
      // The cookie has just come.
      const stop = access.subscribe((now) => {
        if (now !== 'none' && now !== 'unknown') stream.retryNow()
      })
      return {
        close: () => {
          removeEventListener('online', stream.retryNow)
          stop()
          stream.close()
        }
      }
    },
    view: {
      snapshot,
      apply: (events) => batch(() => events.forEach(apply)),
      lost: (sinceMs) => {
        connection.value = { status: 'lost', sinceMs }
      }
    },
    now: () => Date.now()
  })
  channel?.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => tab.receive(data))
  effect(() => tab.want({ films: [...wantedFilms.value].toSorted(), logs: wantedLogs.value }))
}
