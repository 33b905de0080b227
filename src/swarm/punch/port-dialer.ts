import { tcp } from '@libp2p/tcp'
import type {
  ComponentLogger,
  Connection,
  DialTransportOptions,
  MultiaddrConnection,
  Upgrader,
  UpgraderOptions
} from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface PortDialerComponents {
  readonly upgrader: Upgrader
  readonly logger: ComponentLogger
}

export interface DialFrom {
  /** TCP port of this machine that the connection comes from. On Linux several connections may share one, as long as nobody listens there. */
  readonly localPort: number
  /** Whether this side begins the handshake; where both sides dial, one of them must not. */
  readonly initiator: boolean
  readonly signal: AbortSignal
}

/** Makes connections of libp2p from a port that the caller chooses. */
export interface PortDialer {
  /** @throws Error where there is no connection, or another peer answers */
  readonly dial: (address: Multiaddr, from: DialFrom) => Promise<Connection>
}

export function createPortDialer({ upgrader, logger }: PortDialerComponents): PortDialer {
  const transport = tcp()({ logger })
  // The muxer gives one end odd numbers and the other one even ones, by who dialled; here both did.
  const upgradeOutbound = async (connection: MultiaddrConnection, options: UpgraderOptions): Promise<Connection> =>
    upgrader.upgradeOutbound(Object.assign(connection, { direction: 'inbound' as const }), options)
  const answering: Upgrader = Object.create(upgrader, { upgradeOutbound: { value: upgradeOutbound } })
  return {
    dial: async (address, { signal, initiator, localPort }) => {
      signal.throwIfAborted()
      // Node ends a connection with the signal of its dial, also long after that.
      const dialling = new AbortController()
      const stop = (): void => dialling.abort(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      const options: DialTransportOptions & DialFrom = {
        localPort,
        initiator,
        signal: dialling.signal,
        upgrader: initiator ? upgrader : answering
      }
      try {
        return await transport.dial(address, options)
      } finally {
        signal.removeEventListener('abort', stop)
      }
    }
  }
}
