import type { Subscriber } from '../ports.ts'

export interface EventStreamInit {
  /** Ends the connection of a client that does not read. */
  readonly destroy: () => void
}

/** Characters that are built at once: a client that stops reading holds this much, and one event more. */
const CHUNK_CHARS = 32 * 1024
const HEARTBEAT_MS = 15_000
/** A client that reads nothing for this long is disconnected. */
const STALLED_MS = 120_000
/** Milliseconds after which a browser tries again. */
const RETRY_MS = 2000

/** The stream of a subscriber, built as it is read. */
export function eventStream(subscriber: Subscriber, { destroy }: EventStreamInit): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let stalled: NodeJS.Timeout | undefined
  let greeting = `retry: ${RETRY_MS}\n\n`
  let wake = (): void => {}
  subscriber.onNews = () => wake()

  function end(): void {
    clearTimeout(stalled)
    subscriber.close()
    wake()
  }

  async function waitForNews(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, HEARTBEAT_MS).unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    wake = () => {}
  }

  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        clearTimeout(stalled)
        let text = subscriber.next(CHUNK_CHARS)
        if (text == null) {
          await waitForNews()
          text = subscriber.next(CHUNK_CHARS)
        }
        controller.enqueue(encoder.encode(`${greeting}${text ?? ':\n\n'}`))
        greeting = ''
        stalled = setTimeout(() => {
          end()
          destroy()
        }, STALLED_MS).unref()
      },
      cancel: end
    },
    // Built only when the client reads.
    { highWaterMark: 0 }
  )
}
