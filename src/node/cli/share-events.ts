import type { NodeClient } from './client.ts'
import type { StreamPart } from './read-events.ts'

type Client = Pick<NodeClient, 'events'>

/** One who listens: what came and was not taken yet. */
interface Listener {
  readonly parts: StreamPart[]
  wake: () => void
}

/** One stream and who listens to it. */
interface Shared {
  readonly listeners: Set<Listener>
  readonly abort: AbortController
  ended: boolean
}

function wakeAll({ listeners }: Shared): void {
  for (const listener of listeners) listener.wake()
}

function openStream(client: Client): Shared {
  const shared: Shared = { listeners: new Set(), abort: new AbortController(), ended: false }
  const pump = async (): Promise<void> => {
    for await (const part of client.events({}, { signal: shared.abort.signal })) {
      for (const { parts } of shared.listeners) parts.push(part)
      wakeAll(shared)
    }
  }
  const end = (): void => {
    shared.ended = true
    wakeAll(shared)
  }
  // What broke it, those who listen find out when they ask the node themselves.
  pump().then(end, end)
  return shared
}

/**
 * The plain events of a node for several who follow something of it at once: they share one stream, which is open while anybody listens. Who comes later hears what comes
 * from then on. It ends for all where the stream ends.
 */
export function shareEvents(client: Client): NodeClient['events'] {
  let current: Shared | undefined

  return async function* follow(_, { signal } = {}) {
    const shared = current === undefined || current.ended ? openStream(client) : current
    current = shared
    const listener: Listener = { parts: [], wake: () => undefined }
    const wake = (): void => listener.wake()
    signal?.addEventListener('abort', wake)
    shared.listeners.add(listener)
    try {
      for (;;) {
        signal?.throwIfAborted()
        const part = listener.parts.shift()
        if (part !== undefined) yield part
        else if (shared.ended) return
        else
          await new Promise<void>((resolve) => {
            listener.wake = resolve
          })
      }
    } finally {
      signal?.removeEventListener('abort', wake)
      shared.listeners.delete(listener)
      if (shared.listeners.size === 0) {
        shared.abort.abort()
        if (current === shared) current = undefined
      }
    }
  }
}
