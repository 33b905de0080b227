import { isIP } from 'node:net'

/** `127.0.0.0/8`, `::1`, and the first mapped into IPv6. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '')
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

/** Whether a `Host` header names this node. */
export function isAllowedHost(header: string, bound: string, names: readonly string[]): boolean {
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
  if (name === 'localhost' || isLoopback(name)) return true
  if ([bound, ...names].some((one) => one.toLowerCase() === name)) return true
  // If bound to every address, the node answers to any of them, but never to a name that somebody else may own.
  return (bound === '0.0.0.0' || bound === '::') && isIP(name) !== 0
}
