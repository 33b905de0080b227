import { createHash } from 'node:crypto'
import { gossipsub, type GossipSub } from '@chainsafe/libp2p-gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { identify, identifyPush, type Identify, type IdentifyPush } from '@libp2p/identify'
import { kadDHT, passthroughMapper, type KadDHT } from '@libp2p/kad-dht'
import { mdns } from '@libp2p/mdns'
import { ping, type Ping } from '@libp2p/ping'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { createConduct, type Conduct } from './gossip/conduct.ts'
import { MESH } from './gossip/mesh.ts'
import { scoreParams } from './gossip/score.ts'
import { TOPICS } from './gossip/topics.ts'
import { createConnectionGate } from './doors/connection-gate.ts'
import { CONNECTIONS, type DoorLimits } from './doors/door-limits.ts'
import { installDoors, type Handlers } from './doors/doors.ts'
import { createPeerDatastore } from './doors/peer-datastore.ts'
import { gateStreams } from './doors/stream-gate.ts'
import { vouchForOwn, type OwnAddresses } from './own-addresses.ts'
import { createPortDialer, type PortDialer, type PortDialerComponents } from './punch/port-dialer.ts'
import { relayTransport } from './relay/relay-transport.ts'
import { withRareUpdates } from './window-updates.ts'
import { type AnswerJoin, withJoinDoor } from './invite/join-door.ts'
import type { Ed25519PrivateKey, PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export interface Services extends Record<string, unknown> {
  readonly identify: Identify
  readonly identifyPush: IdentifyPush
  readonly ping: Ping
  readonly pubsub: GossipSub
  readonly dht: KadDHT
  /** How the neighbours behave in gossip. */
  readonly conduct: Conduct
  readonly portDialer: PortDialer
}

export type SwarmNode = Libp2p<Services>

export interface SwarmNodeInit {
  readonly privateKey: Ed25519PrivateKey
  readonly listen: readonly string[]
  readonly mdns: boolean
  /** Further addresses that peers are told. Default: none. */
  readonly announce?: readonly string[]
  /** Addresses that this node learned to have, told to peers too; asked for whenever they are told. Default: none. */
  readonly learned?: () => readonly Multiaddr[]
  /** How many relays this node asks to be reachable through. Default 0. */
  readonly relays?: number
  readonly datastore: Datastore
  /** Pre-shared key of a private swarm, in libp2p's three-line form; without the same one no peer gets through. Default none. */
  readonly swarmKey?: Uint8Array | undefined
  /** Peers that get a connection although all places for others are taken. Default: none. */
  readonly keepsPlaceFor?: (peer: string) => boolean
  /** Limits of protocols that the caller handles beside grav1's own. Default: none. */
  readonly doors?: Readonly<Record<string, DoorLimits>>
  /** Told when what libp2p knows of peers could not be written. Default: not told. */
  readonly onUnwritten?: (error: unknown) => void
  /** Whether a peer may have a connection, whoever dials. Default: everybody. */
  readonly mayConnect?: (peer: string) => boolean
  /** Answers those who have an invitation to a private swarm, but no key. Default: nobody does, and they are cut off. */
  readonly answerJoin?: AnswerJoin
}

const MiB = 1 << 20

/** A libp2p node with grav1's settings, not started yet: handlers come first, so that no peer finds a protocol missing. docs/protocol.md, "Transport", says why each is so. */
export async function createSwarmNode(init: SwarmNodeInit): Promise<SwarmNode> {
  const conduct = createConduct()
  const kept = createPeerDatastore({ disk: init.datastore, onError: init.onUnwritten ?? (() => {}) })
  const { mayConnect = () => true } = init
  const isRefused = (peer: PeerId): boolean => !mayConnect(peer.toString())
  const gate = createConnectionGate(init.keepsPlaceFor == null ? {} : { keepsPlaceFor: init.keepsPlaceFor })
  let own: (() => void) | undefined
  const node = await createLibp2p<Services>({
    start: false,
    privateKey: init.privateKey,
    datastore: kept,
    nodeInfo: { userAgent: 'grav1' },
    addresses: {
      listen: [...init.listen, ...Array.from({ length: init.relays ?? 0 }, () => '/p2p-circuit')],
      appendAnnounce: [...(init.announce ?? [])],
      announceFilter: (known) => [...known, ...learnedBesides(known, init.learned?.() ?? [])]
    },
    transports: [tcp(), relayTransport()],
    connectionGater: {
      denyInboundConnection: gate.denyInboundConnection,
      denyDialPeer: isRefused,
      // Who answers, or calls, is known only once the encryption is agreed.
      denyInboundEncryptedConnection: (peer, connection) =>
        isRefused(peer) || gate.denyInboundEncryptedConnection(peer, connection),
      denyOutboundEncryptedConnection: isRefused,
      denyInboundRelayedConnection: (_relay, peer) => isRefused(peer)
    },
    ...(init.swarmKey == null ? {} : { connectionProtector: protectorOf(init.swarmKey, init.answerJoin) }),
    connectionEncrypters: [noise()],
    streamMuxers: [
      gateStreams(
        withRareUpdates(
          yamux({
            maxInboundStreams: CONNECTIONS.streamsPerConnection,
            streamOptions: { maxStreamWindowSize: 4 * MiB, maxReadBufferLength: 16 * MiB }
          })
        )
      )
    ],
    peerDiscovery: init.mdns ? [mdns({ serviceTag: mdnsService(init.swarmKey), interval: 20_000 })] : [],
    connectionManager: {
      // The gate counts them more finely; these bound what it has to count.
      maxConnections: CONNECTIONS.inboundMax + CONNECTIONS.keptPlaces,
      inboundConnectionThreshold: CONNECTIONS.handshakesBurst,
      maxIncomingPendingConnections: CONNECTIONS.pendingMax,
      maxParallelDials: 20
    },
    connectionMonitor: { pingInterval: 30_000, pingTimeout: { minTimeout: 60_000, maxTimeout: 120_000 } },
    services: {
      // First, so that the handlers of the others pass it.
      conduct: ({ registrar, addressManager }: { registrar: Handlers; addressManager: OwnAddresses }) => {
        installDoors(registrar, { more: init.doors, dismiss: gate.dismiss })
        own = () => vouchForOwn(addressManager)
        return conduct
      },
      portDialer: (components: PortDialerComponents) => createPortDialer(components),
      identify: identify({ protocolPrefix: 'grav1' }),
      identifyPush: identifyPush({ protocolPrefix: 'grav1' }),
      ping: ping({ maxOutboundStreams: 8, maxInboundStreams: 16 }),
      pubsub: gossipsub({
        ...MESH,
        globalSignaturePolicy: 'StrictSign',
        allowPublishToZeroTopicPeers: true,
        fallbackToFloodsub: false,
        emitSelf: false,
        scoreParams: scoreParams(conduct),
        allowedTopics: Object.values(TOPICS),
        maxInboundDataLength: MiB,
        maxOutboundBufferSize: CONNECTIONS.gossipUnsentBytesMax,
        runOnLimitedConnection: true
      }),
      dht: kadDHT({
        protocol: '/grav1/kad/1.0.0',
        clientMode: false,
        peerInfoMapper: passthroughMapper,
        // The one kind of value that libp2p would keep: a public key, with as much padding as its sender likes.
        validators: { pk: refuseValue }
      })
    }
  })
  node.addEventListener('start', () => own?.())
  node.addEventListener('peer:connect', ({ detail }) => kept.connected.add(detail))
  node.addEventListener('peer:disconnect', ({ detail }) => kept.connected.delete(detail))
  return node
}

function learnedBesides(known: readonly Multiaddr[], learned: readonly Multiaddr[]): readonly Multiaddr[] {
  return learned.filter((one) => !known.some((other) => other.equals(one)))
}

/** Tells peers anew how this node can be reached. */
export async function announceAnew(node: Pick<SwarmNode, 'peerId' | 'peerStore' | 'getMultiaddrs'>): Promise<void> {
  const own = `/p2p/${node.peerId.toString()}`
  const multiaddrs = node.getMultiaddrs().map((one) => multiaddr(one.toString().slice(0, -own.length)))
  await node.peerStore.patch(node.peerId, { multiaddrs })
}

function protectorOf(psk: Uint8Array, answer: AnswerJoin | undefined): ReturnType<typeof preSharedKey> {
  const protector = preSharedKey({ psk })
  return answer == null ? protector : () => withJoinDoor(protector(), answer)
}

/** The DHT keeps peers and providers. It stores no values, because they would fill the disk. */
async function refuseValue(): Promise<never> {
  throw new Error('this DHT keeps no values')
}

/** Private swarms announce themselves under their own name, so that peers that cannot talk to each other do not keep dialling. */
function mdnsService(swarmKey: Uint8Array | undefined): string {
  if (swarmKey == null) return '_grav1._udp.local'
  const digest = createHash('sha256').update('grav1-mdns\0').update(swarmKey).digest('hex')
  return `_grav1-${digest.slice(0, 8)}._udp.local`
}
