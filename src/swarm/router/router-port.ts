import { anySignal } from '../../common/any-signal.ts'
import { errorText } from '../../common/error-text.ts'
import { isPublicIp, tcpAddress } from '../protocol/index.ts'
import type { Logger } from '../logger.ts'
import type { Forwarded, RouterTalk } from './forwarded.ts'

export interface RouterPortComponents {
  /** The one that worked before is asked first. */
  readonly talks: readonly RouterTalk[]
  /** The port of this machine; undefined while it listens on none. */
  readonly port: () => number | undefined
  readonly log: Logger
}

export interface RouterPortInit {
  /** Told of each change. */
  readonly onChange: () => void
  /** Between two questions: a router that started anew has forgotten the port. Default ten minutes. */
  readonly renewMs?: number
  /** After a failure; doubles up to `renewMs`. Default 15 s. */
  readonly retryMs?: number
}

/** Has the router lead a port to this node, for as long as it runs. */
export interface RouterPort {
  readonly start: () => void
  /** Takes the port back, as far as the router answers within 3 s. */
  readonly stop: () => Promise<void>
  /** As `/ip4/.../tcp/...`; undefined where the router leads no public port to this node. */
  readonly address: () => string | undefined
}

const RENEW_MS = 10 * 60_000
const RETRY_MS = 15_000
const ASK_MS = 20_000
const RELEASE_MS = 3000

interface Held {
  readonly talk: RouterTalk
  readonly port: number
  readonly forwarded: Forwarded
}

const addressOf = (held: Held | undefined): string | undefined =>
  held === undefined || !isPublicIp(held.forwarded.ip) ? undefined : tcpAddress(held.forwarded.ip, held.forwarded.port)

export function createRouterPort({ talks, port, log }: RouterPortComponents, init: RouterPortInit): RouterPort {
  const { onChange, renewMs = RENEW_MS, retryMs = RETRY_MS } = init
  const stopped = new AbortController()
  let held: Held | undefined
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let asking: Promise<void> = Promise.resolve()

  async function forward(): Promise<Held | undefined> {
    const own = port()
    if (own === undefined) return undefined
    const order = talks.toSorted((one, other) => Number(other === held?.talk) - Number(one === held?.talk))
    for (const talk of order) {
      try {
        const signal = anySignal([stopped.signal, AbortSignal.timeout(ASK_MS)])
        return { talk, port: own, forwarded: await talk.forward(own, signal) }
      } catch (error) {
        log.debug({ by: talk.name, err: error }, 'the router did not forward a port')
      }
    }
    return undefined
  }

  function tell(before: string | undefined, now: Held | undefined): void {
    const address = addressOf(now)
    if (address !== undefined && address !== before)
      log.info({ address, by: now?.talk.name }, 'the router forwards a port')
    else if (failures === 1 && now === undefined)
      log.warn({}, 'no router forwards a port to this node, by NAT-PMP or UPnP; it is asked again')
    else if (failures === 1)
      log.warn(
        { ip: now?.forwarded.ip },
        'the router forwards a port, but has no public address itself: it is behind another router'
      )
    if (address !== before) onChange()
  }

  async function ask(): Promise<void> {
    const before = addressOf(held)
    held = await forward()
    if (stopped.signal.aborted) return
    failures = addressOf(held) === undefined ? failures + 1 : 0
    tell(before, held)
    const pauseMs = failures === 0 ? renewMs : Math.min(renewMs, retryMs * 2 ** (failures - 1))
    timer = setTimeout(begin, pauseMs)
    timer.unref()
  }

  function begin(): void {
    asking = ask().catch((error: unknown) => log.warn({ err: errorText(error) }, 'could not ask the router'))
  }

  return {
    start: begin,
    stop: async () => {
      clearTimeout(timer)
      stopped.abort(new Error('stopping'))
      await asking
      if (held === undefined) return
      const { talk, port: own, forwarded } = held
      await talk
        .release(forwarded, own, AbortSignal.timeout(RELEASE_MS))
        .catch((error: unknown) => log.debug({ err: error }, 'the router keeps the port until its time is over'))
    },
    address: () => addressOf(held)
  }
}
