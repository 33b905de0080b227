import { circuitRelayTransport, type CircuitRelayTransportComponents } from '@libp2p/circuit-relay-v2'
import type { Transport } from '@libp2p/interface'

const NO_WALK = { walk: async function* () {} }

/**
 * Reaches peers through relays, and keeps a reservation at one relay for each `/p2p-circuit` that the node listens on.
 * It takes relays that the node is connected to. libp2p would look for others by walking through the DHT without an end, wherever there is no relay (ADR 0114).
 */
export function relayTransport(): (components: CircuitRelayTransportComponents) => Transport {
  return (components) => circuitRelayTransport()(Object.create(components, { randomWalk: { value: NO_WALK } }))
}
