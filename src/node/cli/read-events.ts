import { liveEvent, type LiveEvent } from '../../api/schemas/index.ts'

/** A node's largest event is far below; more is no event stream. */
const EVENT_CHARS_MAX = 16 * 1024 * 1024

/** What came over an event stream. `beat`: only a sign of life, or an event that this version does not know. */
export type StreamPart =
  | { readonly type: 'beat' }
  | { readonly type: 'event'; readonly event: LiveEvent; readonly id: string }

const BEAT: StreamPart = { type: 'beat' }

function partOf(block: string): StreamPart {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const
    })
  )
  const parsed = liveEvent.safeParse({ event: fields.get('event'), data: parseJson(fields.get('data') ?? '') })
  return parsed.success ? { type: 'event', event: parsed.data, id: fields.get('id') ?? '' } : BEAT
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Server-sent events as a node writes them: one line of data each. Ends with the stream. @throws RangeError where an event is too long */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamPart, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    if (rest.length > EVENT_CHARS_MAX) throw new RangeError('an event is too long')
    for (const block of blocks) yield partOf(block)
  }
}
