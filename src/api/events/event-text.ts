import type { LiveEvent } from '../schemas/index.ts'

/** An event as it is sent, without its id: JSON has no line breaks, so its data is one line. */
export function eventText({ event, data }: LiveEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
