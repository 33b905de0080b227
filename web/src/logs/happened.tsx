import { useEffect, useRef, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { clock } from '../format.ts'
import { linkTo } from '../router.ts'
import { connection, projects } from '../store.ts'
import { toastError } from '../ui/toasts.tsx'
import { queryAfter, withEvents } from './events.ts'
import type { ChronicleEvent } from '../../../src/api/schemas/index.ts'

const AGAIN_MS = 5000

/** What happened at the node; while the page shows it, it asks again and again for what is new. */
function useHappened(): readonly ChronicleEvent[] | undefined {
  const [events, setEvents] = useState<readonly ChronicleEvent[]>()
  const { status } = connection.value
  useEffect(() => {
    if (status !== 'live') return undefined
    let isWanted = true
    let hasFailed = false
    let known: readonly ChronicleEvent[] = []
    const ask = async (): Promise<void> => {
      try {
        const query = queryAfter(known)
        const answer = await answerOf(await api.chronicle.$get({ query }))
        if (!isWanted || query.afterEvent !== queryAfter(known).afterEvent) return
        known = withEvents(known, answer.events)
        setEvents(known)
      } catch (error) {
        if (isWanted && !hasFailed) toastError('The events could not be loaded', error)
        hasFailed = true
      }
    }
    void ask()
    const timer = setInterval(() => void ask(), AGAIN_MS)
    return () => {
      isWanted = false
      clearInterval(timer)
    }
  }, [status])
  return events
}

function Event({ event: { atMs, kind, text, projectId, scene } }: { readonly event: ChronicleEvent }) {
  const isKnown = projectId != null && projects.value.has(projectId)
  return (
    <li class={`event ${kind}`}>
      <time dateTime={new Date(atMs).toISOString()}>{clock(atMs)}</time>{' '}
      {isKnown ? <a href={linkTo({ page: 'project', projectId, scene: scene ?? undefined })}>{text}</a> : text}
    </li>
  )
}

/** What happened at the node, in words, also before the page was opened and the node was started. */
export function Happened() {
  const events = useHappened()
  const end = useRef<HTMLOListElement>(null)
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [events?.at(-1)?.number])
  return (
    <section aria-labelledby="happened-title">
      <h2 id="happened-title">What happened</h2>
      {events?.length === 0 && <p class="quiet">Nothing yet.</p>}
      <ol ref={end} class="plain lines happened" aria-label="What happened" tabIndex={0}>
        {events?.map((event) => (
          <Event key={event.number} event={event} />
        ))}
      </ol>
    </section>
  )
}
