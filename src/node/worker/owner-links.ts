import type { Logger, Session, Sessions } from '../../swarm/index.ts'

export interface OwnerLinksComponents {
  readonly sessions: Sessions
  readonly log: Logger
}

export interface OwnerLinksInit {
  /** First pause after a failed attempt; doubles up to `pauseMsMax`. Default 500. */
  readonly pauseMs?: number
  /** Default 15,000. */
  readonly pauseMsMax?: number
  readonly onOpen: (session: Session) => void
  readonly onClose: (owner: string) => void
  /** An attempt has failed; the next comes by itself. */
  readonly onUnreachable: (owner: string) => void
}

/** Sessions with the owners that this worker works for, opened again whenever they break. */
export interface OwnerLinks {
  /** The owners to hold a session with; others are closed. */
  want: (owners: ReadonlySet<string>) => void
  get: (owner: string) => Session | undefined
  /** The last attempt to open a session failed, and none is open. */
  isAway: (owner: string) => boolean
  /** The owner was just seen: try now rather than later. */
  nudge: (owner: string) => void
  stop: () => void
}

interface Link {
  session: Session | undefined
  opening: boolean
  failures: number
  timer: NodeJS.Timeout | undefined
}

export function createOwnerLinks({ sessions, log }: OwnerLinksComponents, init: OwnerLinksInit): OwnerLinks {
  const links = new Map<string, Link>()

  async function open(owner: string, link: Link): Promise<void> {
    if (link.opening || link.session != null || links.get(owner) !== link) return
    link.opening = true
    clearTimeout(link.timer)
    try {
      const session = await sessions.open(owner)
      if (links.get(owner) !== link) {
        session.close()
        return
      }
      link.session = session
      link.failures = 0
      session.onClose = () => {
        link.session = undefined
        init.onClose(owner)
        retry(owner, link)
      }
      init.onOpen(session)
    } catch (error) {
      link.failures += 1
      log.debug({ owner, err: error }, 'no session with the owner')
      if (links.get(owner) === link) init.onUnreachable(owner)
    } finally {
      link.opening = false
    }
    if (link.session == null) retry(owner, link)
  }

  function retry(owner: string, link: Link): void {
    if (links.get(owner) !== link) return
    const pause = Math.min(init.pauseMsMax ?? 15_000, (init.pauseMs ?? 500) * 2 ** Math.max(0, link.failures - 1))
    clearTimeout(link.timer)
    link.timer = setTimeout(() => void open(owner, link), pause * (0.8 + 0.4 * Math.random()))
    link.timer.unref()
  }

  function close(owner: string, link: Link): void {
    links.delete(owner)
    clearTimeout(link.timer)
    link.session?.close()
  }

  return {
    want: (owners) => {
      for (const [owner, link] of links) if (!owners.has(owner)) close(owner, link)
      for (const owner of owners) {
        if (links.has(owner)) continue
        const link: Link = { session: undefined, opening: false, failures: 0, timer: undefined }
        links.set(owner, link)
        void open(owner, link)
      }
    },
    get: (owner) => links.get(owner)?.session,
    isAway: (owner) => {
      const link = links.get(owner)
      return link != null && link.session == null && link.failures > 0
    },
    nudge: (owner) => {
      const link = links.get(owner)
      if (link != null) void open(owner, link)
    },
    stop: () => {
      for (const [owner, link] of links) close(owner, link)
    }
  }
}
