import { assertNever } from '../../common/assert-never.ts'
import { plural } from '../../common/text.ts'
import type { NetworkFacts, PortFact } from './facts.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

function port({ what, address, state, flag }: PortFact): Finding {
  const check = `port for ${what}`
  switch (state) {
    case 'own':
      return ok(check, `the node listens on ${address}`)
    case 'free':
      return ok(check, `${address} is free`)
    case 'taken':
      return problem(check, `another program uses ${address}`, `grav1 node ${flag}`)
    case 'refused':
      return problem(check, `this user may not listen on ${address}`, `grav1 node ${flag}`)
    default:
      return assertNever(state)
  }
}

/** The port of `/ip4/192.168.1.10/tcp/7898/p2p/...`. */
const portOf = (address: string): string => /\/tcp\/(\d+)/.exec(address)?.[1] ?? '7898'

const withoutPeer = (address: string): string => address.replace(/\/p2p\/[^/]*$/, '')

const count = (peers: number): string => plural(peers, 'peer')

/** Peers on this machine say nothing about a firewall or a router. */
function reachability({ status }: NetworkFacts): Finding {
  const check = 'reachability'
  if (status === undefined) return ok(check, 'known only while a node runs')
  const { addresses = [], tried = 0 } = status.node.reach ?? {}
  const [best] = addresses
  const number = portOf(status.node.bootstrap)
  if (best?.isReached === true) return ok(check, `peers outside reached this node at ${withoutPeer(best.address)}`)
  if (tried > 0 && best?.reach === 'relayed')
    return ok(
      check,
      `peers outside reach this node through a relay; ${count(tried)} tried to dial it directly and failed`
    )
  if (tried > 0)
    return warning(
      check,
      `${count(tried)} outside dialled this node and failed`,
      `grav1 node --upnp, or forward TCP port ${number} in the router, or use a relay`
    )
  const others = status.peers.filter(({ connected, path }) => connected && path !== 'loopback')
  if (others.length === 0) return ok(check, 'no peer on another machine is connected, so no peer has tried it')
  const came = others.filter(({ inbound }) => inbound === true).length
  if (came > 0) return ok(check, `${came} of ${others.length} peers reached this node at its address`)
  return warning(
    check,
    `this node dialled all of its ${others.length} peers and none of them dialled it; a firewall or a router may be in between`,
    `ufw allow ${number}/tcp (or the like), and forward port ${number} in the router for peers outside`
  )
}

function mdns({ mdns: { wanted, trouble } }: NetworkFacts): Finding {
  if (!wanted) return ok('mDNS', 'turned off: peers are found by --bootstrap only')
  if (trouble === undefined) return ok('mDNS', 'multicast works')
  return warning('mDNS', trouble, 'grav1 node --bootstrap <address of another node>')
}

export const networkFindings = (facts: NetworkFacts): Finding[] => [
  ...facts.ports.map(port),
  reachability(facts),
  mdns(facts)
]
