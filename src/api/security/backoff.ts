import { isIPv6 } from 'node:net'

/** The first wrong token with a penalty: a user may paste the wrong line. */
const COSTLY_TRY = 5
const WAIT_MS_MIN = 1000
const WAIT_MS_MAX = 60_000
const FORGET_MS = 15 * 60_000
/** Limit of remembered addresses; the oldest is forgotten for a new one. */
const ADDRESSES_MAX = 4096

/** Makes guessing slow: after the fifth wrong token an address waits 1 s, then twice as long after each, up to a minute. */
export interface Backoff {
  /** Milliseconds that this address has to wait. */
  waitMs: (address: string) => number
  failed: (address: string) => void
  succeeded: (address: string) => void
}

export function createBackoff(now: () => number): Backoff {
  const tries = new Map<string, { readonly count: number; readonly atMs: number; readonly untilMs: number }>()
  return {
    waitMs: (address) => Math.max(0, (tries.get(network(address))?.untilMs ?? 0) - now()),
    failed: (address) => {
      const key = network(address)
      const before = tries.get(key)
      const count = before == null || now() - before.atMs > FORGET_MS ? 1 : before.count + 1
      const waitMs = count < COSTLY_TRY ? 0 : Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** (count - COSTLY_TRY))
      tries.delete(key)
      tries.set(key, { count, atMs: now(), untilMs: now() + waitMs })
      const [oldest] = tries.keys()
      if (tries.size > ADDRESSES_MAX && oldest != null) tries.delete(oldest)
    },
    succeeded: (address) => tries.delete(network(address))
  }
}

/** An IPv6 caller has a whole /64 to itself. */
function network(address: string): string {
  if (!isIPv6(address) || /^::ffff:\d/i.test(address)) return address
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail == null || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right].slice(0, 4).join(':')
}
