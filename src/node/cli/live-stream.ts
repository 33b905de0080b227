import { anySignal } from '../../common/any-signal.ts'
import type { LogLine } from '../../api/schemas/index.ts'
import { ApiError, CliError } from './errors.ts'
import type { Asker, CallOptions } from './http-ask.ts'
import { readEvents, type StreamPart } from './read-events.ts'

/** Which live events are wanted besides those of the node, its peers and its projects. */
export interface EventsQuery {
  /** Projects whose scenes are wanted; at most eight. */
  readonly films?: readonly string[] | undefined
  /** Lines of the log from this level on. Default: none. */
  readonly logs?: LogLine['level'] | undefined
}

/** A node says something at least every 15 s. */
const SILENT_MS = 20_000

type Get = (query: { film: string[]; logs?: LogLine['level'] }, init: RequestInit) => Promise<Response>

/** What changes at a node, as it changes. It ends where the connection ends, and breaks where it is silent for too long. */
export async function* liveStream(
  { open }: Pick<Asker, 'open'>,
  get: Get,
  { films = [], logs }: EventsQuery,
  { signal }: CallOptions = {}
): AsyncGenerator<StreamPart, void, void> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), SILENT_MS)
  const either = signal ? anySignal([signal, silence.signal]) : silence.signal
  const query = { film: [...films], ...(logs !== undefined && { logs }) }
  try {
    const { body } = await open(async () => get(query, { signal: either, redirect: 'error' }))
    if (body === null) return
    for await (const part of readEvents(body)) {
      timer.refresh()
      yield part
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof ApiError || error instanceof CliError) throw error
    throw new CliError('no-node', 'The connection to the node was lost.', { cause: error })
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
}
