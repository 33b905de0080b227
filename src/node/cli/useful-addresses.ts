const hostOf = (address: string): string =>
  /^\/(?:ip4|ip6|dns\w*)\/(?<host>[^/]+)/.exec(address)?.groups?.['host'] ?? ''

const isLoopback = (address: string): boolean => /^(?:127\.|::1$|localhost$)/.test(hostOf(address))

/** Works only on the same machine's link, and needs a zone that others lack. */
const isLinkLocal = (address: string): boolean => /^(?:169\.254\.|fe[89ab])/i.test(hostOf(address))

/** The addresses worth giving to others: those of other machines' reach first; loopback only where there is nothing else. */
export function usefulAddresses(addresses: readonly string[]): string[] {
  const unique = [...new Set(addresses)].filter((address) => !isLinkLocal(address))
  const reachable = unique.filter((address) => !isLoopback(address))
  return reachable.length > 0 ? reachable : unique
}
