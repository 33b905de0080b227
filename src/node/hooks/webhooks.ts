import { randomBytes } from 'node:crypto'
import { anySignal } from '../../common/any-signal.ts'
import { createLimit } from '../../common/limit.ts'
import { signDelivery } from './webhook-secret.ts'
import type { Logger } from '../../swarm/index.ts'
import type { Delivery, DeliveryStore } from './delivery-store.ts'
import type { ProjectEnd } from './project-ends.ts'

export interface WebhooksComponents {
  readonly store: DeliveryStore
  readonly log: Logger
}

export interface WebhooksInit {
  readonly urls: readonly string[]
  readonly secret: string
  /** This node, as deliveries name it. */
  readonly node: { readonly peerId: string; readonly name: string }
  /** Milliseconds before the first repetition; doubles up to ten minutes. Default 1 s. */
  readonly firstPauseMs?: number
}

/** Tells addresses of the user's choice how this node's projects end. */
export interface Webhooks {
  /** Goes on with what was not taken before the node was stopped. */
  start: () => Promise<void>
  /** Resolves when it is on disk. */
  tell: (end: ProjectEnd) => Promise<void>
  counts: () => { readonly waiting: number; readonly givenUp: number }
  stop: () => Promise<void>
}

const PAUSE_MS_MAX = 10 * 60_000
const GIVE_UP_MS = 24 * 3_600_000
const TIMEOUT_MS = 10_000
const WAITING_MAX = 1000
const AT_ONCE = 4

export function createWebhooks({ store, log }: WebhooksComponents, init: WebhooksInit): Webhooks {
  const limit = createLimit(AT_ONCE)
  const waiting = new Map<string, { readonly delivery: Delivery; timer: NodeJS.Timeout | undefined }>()
  const running = new Set<Promise<void>>()
  const stopped = new AbortController()
  let givenUp = 0

  /** @returns whether it was taken. */
  async function send({ id, url, event, project }: Delivery): Promise<boolean> {
    const body = JSON.stringify({ event, node: init.node, project, sentAtMs: Date.now() })
    const timestamp = String(Math.floor(Date.now() / 1000))
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: anySignal([stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'grav1',
        'X-Grav1-Delivery': id,
        'X-Grav1-Event': event,
        'X-Grav1-Timestamp': timestamp,
        'X-Grav1-Signature': signDelivery(init.secret, timestamp, body)
      },
      body
    })
    // What it says does not matter.
    await answer.body?.cancel()
    if (!answer.ok) log.debug({ url: shown(url), status: answer.status }, 'a webhook was refused')
    return answer.ok
  }

  async function attempt(id: string, tries: number): Promise<void> {
    const entry = waiting.get(id)
    if (entry == null || stopped.signal.aborted) return
    const { delivery } = entry
    let taken = false
    try {
      taken = await limit(async () => send(delivery))
    } catch (error) {
      if (stopped.signal.aborted) return
      log.debug({ url: shown(delivery.url), err: error }, 'could not deliver a webhook')
    }
    if (taken) {
      await forget(id)
      log.info({ url: shown(delivery.url), event: delivery.event, tries }, 'delivered a webhook')
    } else if (Date.now() - delivery.createdAtMs > GIVE_UP_MS)
      await giveUp(id, 'the receiver did not accept it for a day')
    else schedule(id, tries)
  }

  function schedule(id: string, tries: number): void {
    const entry = waiting.get(id)
    if (entry == null || stopped.signal.aborted) return
    const pauseMs = tries === 0 ? 0 : Math.min(PAUSE_MS_MAX, (init.firstPauseMs ?? 1000) * 2 ** (tries - 1))
    // Not all at the same time after an address was away.
    const delayMs = pauseMs * (0.8 + 0.2 * Math.random())
    entry.timer = setTimeout(() => {
      const task = attempt(id, tries + 1).catch((error: unknown) => log.warn({ err: error }, 'in a webhook'))
      running.add(task)
      void task.then(() => running.delete(task))
    }, delayMs).unref()
  }

  async function forget(id: string): Promise<void> {
    clearTimeout(waiting.get(id)?.timer)
    await store.delete(id)
    waiting.delete(id)
  }

  async function giveUp(id: string, reason: string): Promise<void> {
    const { url, event } = waiting.get(id)?.delivery ?? {}
    givenUp += 1
    log.warn({ url: shown(url ?? ''), event, reason }, 'gave up on a webhook')
    await forget(id)
  }

  async function add(delivery: Delivery): Promise<void> {
    const [oldest] = waiting.keys()
    if (waiting.size >= WAITING_MAX && oldest != null) await giveUp(oldest, 'too many deliveries wait')
    waiting.set(delivery.id, { delivery, timer: undefined })
    schedule(delivery.id, 0)
  }

  return {
    start: async () => {
      for (const delivery of await store.all()) {
        if (init.urls.includes(delivery.url)) await add(delivery)
        else await store.delete(delivery.id)
      }
    },
    tell: async ({ event, project }) => {
      for (const url of init.urls) {
        const id = randomBytes(16).toString('hex')
        const delivery: Delivery = { id, url, event, project, createdAtMs: Date.now() }
        await store.put(delivery)
        await add(delivery)
      }
    },
    counts: () => ({ waiting: waiting.size, givenUp }),
    stop: async () => {
      stopped.abort(new Error('stopping'))
      for (const { timer } of waiting.values()) clearTimeout(timer)
      await Promise.all(running)
    }
  }
}

/** The part of an address that holds no secret. */
function shown(url: string): string {
  return URL.parse(url)?.host ?? ''
}
