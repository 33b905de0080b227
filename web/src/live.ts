import { effect } from '@preact/signals'
import type { LiveEvent } from '../../src/api/schemas/index.ts'
import { base } from './api.ts'
import { wantedFilms } from './film/films.ts'
import { apply, connection } from './store.ts'

const EVENTS = ['hello', 'ready', 'node', 'peer', 'peer-gone', 'project', 'project-gone', 'scenes', 'log'] as const

function open(films: readonly string[]): EventSource {
  const url = new URL('api/v2/events', base)
  for (const film of films) url.searchParams.append('film', film)
  const source = new EventSource(url)
  for (const event of EVENTS)
    source.addEventListener(event, ({ data }: MessageEvent<string>) =>
      apply({ event, data: JSON.parse(data) as unknown } as LiveEvent)
    )
  source.addEventListener('error', () => {
    if (connection.value.status !== 'lost') connection.value = { status: 'lost', sinceMs: Date.now() }
  })
  return source
}

/** Follows the node for as long as the page lives. */
export function goLive(): void {
  let source: EventSource | undefined
  effect(() => {
    const films = [...wantedFilms.value]
    source?.close()
    source = open(films)
  })
}
