import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { reachOf, usefulAddresses, type UsefulAddress } from '../protocol/index.ts'
import { announceAnew, type SwarmNode } from '../libp2p.ts'
import { createDialBack } from './dial-back.ts'
import { createReachWatch, type ReachState } from './reach-watch.ts'
import type { RouterPort } from '../router/router-port.ts'
import type { Logger } from '../logger.ts'

export interface WaysInComponents {
  readonly node: SwarmNode
  /** Whether the word of one such peer about an address is enough. */
  readonly isKnown: (peer: string) => boolean
  readonly log: Logger
}

export interface WaysInInit {
  /** Asks the router to forward a port. */
  readonly upnp: boolean
  /** IP address of the router of this machine; undefined where it is not known. */
  readonly findGateway: () => Promise<string | undefined>
}

/** How others reach this node: the addresses that it has, that peers found, and that its router forwards. */
export interface WaysIn {
  /** Answers peers that want to be dialled; before the node listens. */
  readonly start: () => Promise<void>
  /** Asks peers and the router; once the node listens. */
  readonly look: () => Promise<void>
  readonly stop: () => Promise<void>
  /** What it learned, to be told to peers. */
  readonly learned: () => readonly Multiaddr[]
  /** All that are worth giving to somebody, the best first. */
  readonly useful: () => readonly UsefulAddress[]
  readonly state: () => ReachState
}

const PORT = /^\/(?:ip[46]|dns\w*)\/[^/]+\/tcp\/(?<port>\d+)/

/** The ports in direct addresses. */
const portsOf = (addresses: readonly string[]): readonly number[] => [
  ...new Set(
    addresses
      .filter((one) => !one.includes('/p2p-circuit'))
      .flatMap((one) => PORT.exec(one)?.groups?.['port'] ?? [])
      .map(Number)
  )
]

export function createWaysIn({ node, isKnown, log }: WaysInComponents, { upnp, findGateway }: WaysInInit): WaysIn {
  let router: RouterPort | undefined
  const own = `/p2p/${node.peerId.toString()}`
  const known = (): readonly string[] => node.getMultiaddrs().map(String)
  /** What is no public address is one of a device here, as the one that listens on IPv4 behind a router. */
  const listened = (): readonly string[] => known().filter((one) => one.startsWith('/ip4/') && reachOf(one) === 'local')
  const routed = (): readonly string[] => {
    const address = router?.address()
    return address === undefined ? [] : [address]
  }
  const tell = (): void =>
    void announceAnew(node).catch((error: unknown) => log.debug({ err: error }, 'could not tell peers of an address'))
  const dialBack = createDialBack({ node, log })
  const watch = createReachWatch(
    { node, dialBack, isKnown, ports: () => portsOf([...routed(), ...known()]), log },
    {
      onChange: (addresses) => {
        if (addresses.length > 0) log.info({ addresses }, 'peers outside reach this node')
        else log.info({}, 'peers outside do not reach this node any more')
        tell()
      }
    }
  )

  function routerChanged(): void {
    tell()
    watch.again()
  }

  return {
    start: async () => dialBack.start(),
    look: async () => {
      watch.start()
      if (!upnp) return
      // Few nodes need it.
      const [{ createRouterPort }, { createNatPmp }, { createUpnp }] = await Promise.all([
        import('../router/router-port.ts'),
        import('../router/nat-pmp.ts'),
        import('../router/upnp.ts')
      ])
      const gateway = await findGateway()
      const talks = [...(gateway === undefined ? [] : [createNatPmp({ gateway })]), createUpnp({ gateway })]
      router = createRouterPort({ talks, port: () => portsOf(listened())[0], log }, { onChange: routerChanged })
      router.start()
    },
    stop: async () => {
      watch.stop()
      await router?.stop()
      await dialBack.stop()
    },
    learned: () => [...new Set([...routed(), ...watch.state().addresses])].map((one) => multiaddr(one + own)),
    useful: () => usefulAddresses(known(), watch.state().addresses),
    state: () => watch.state()
  }
}
