import { monotonicMs } from '../../common/clock.ts'
import type { DialLoop, LogBook, Logger, Routing } from '../../swarm/index.ts'

/** Between two questions about one owner: each costs some 20 messages. */
const PAUSE_MS = 60_000

export interface RendezvousComponents {
  readonly dialLoop: Pick<DialLoop, 'want'>
  readonly routing: Pick<Routing, 'findProviders'>
  readonly book: Pick<LogBook, 'views'>
  readonly log: Logger
}

/** Meets the owners that this node works for and could not reach. */
export interface Rendezvous {
  /** Has the owner dialled, and whoever the DHT names under one of its projects: there its address may be known although nobody knows it by its id. */
  seek: (owner: string) => void
  stop: () => void
}

export function createRendezvous({ dialLoop, routing, book, log }: RendezvousComponents): Rendezvous {
  const askedAtMs = new Map<string, number>()
  const stopped = new AbortController()

  async function ask(projectId: string): Promise<void> {
    try {
      for await (const peer of routing.findProviders(projectId, { signal: stopped.signal })) dialLoop.want(peer)
    } catch (error) {
      log.debug({ projectId, err: error }, 'could not ask any peer for a project')
    }
  }

  return {
    seek: (owner) => {
      if (stopped.signal.aborted) return
      dialLoop.want(owner)
      const nowMs = monotonicMs()
      if (nowMs < (askedAtMs.get(owner) ?? -Infinity) + PAUSE_MS) return
      const project = [...book.views.values()].find((view) => view.owner === owner && view.end == null)
      if (project == null) return
      for (const [other, atMs] of askedAtMs) if (nowMs >= atMs + PAUSE_MS) askedAtMs.delete(other)
      askedAtMs.set(owner, nowMs)
      void ask(project.projectId)
    },
    stop: () => stopped.abort(new Error('stopping'))
  }
}
