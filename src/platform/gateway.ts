import { readFile } from 'node:fs/promises'

/** The router of this machine: the IPv4 address that packets for everywhere go to. Known on Linux only; undefined elsewhere, and where there is none. */
export async function defaultGateway(): Promise<string | undefined> {
  const table = await readFile('/proc/net/route', 'utf8').catch(() => '')
  return gatewayIn(table)
}

/** @param table `/proc/net/route`: addresses are hexadecimal, the lowest byte first */
export function gatewayIn(table: string): string | undefined {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway = '', flags = '0'] = line.split(/\s+/)
    const isGateway = (Number.parseInt(flags, 16) & 2) !== 0
    if (destination !== '00000000' || !isGateway || !/^[\dA-F]{8}$/i.test(gateway)) continue
    return Buffer.from(gateway, 'hex').toReversed().join('.')
  }
  return undefined
}
