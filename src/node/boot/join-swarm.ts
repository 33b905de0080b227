import { peerIdFromString } from '@libp2p/peer-id'
import { defaultGateway } from '../../platform/index.ts'
import { retryWhenFull } from '../../storage/index.ts'
import {
  type AnswerJoin,
  createBandwidth,
  createBlobExchange,
  createDeadPaths,
  createDialLoop,
  createDirectPath,
  createHolePunch,
  createGossip,
  createJoinRelay,
  createLogBook,
  createRelayServer,
  createRouting,
  createSessions,
  createSpread,
  createSwarmNode,
  createSync,
  createWaysIn,
  followLogs,
  type IsTold,
  type JoinRelay,
  type RelayServer,
  type Spread,
  type SwarmNode,
  type WaysIn
} from '../../swarm/index.ts'
import { createClosedBlobs } from '../peers/closed-blobs.ts'
import { createHeard } from '../peers/heard.ts'
import { createKeptPlaces } from '../peers/kept-places.ts'
import { keptTitles } from '../peers/kept-titles.ts'
import { bestPath } from '../peers/peer-path.ts'
import { createPeerLatency } from '../peers/peer-latency.ts'
import { createPeerWorks } from '../peers/peer-work.ts'
import { createRendezvous } from '../peers/rendezvous.ts'
import { createPolicy, type Policy } from '../peers/policy.ts'
import { createTrustBook } from '../peers/trust-book.ts'
import { roomLog } from '../log/rooms.ts'
import { isTold, type ProjectTitle, type Share } from '../../swarm/protocol/index.ts'
import type { Config } from '../config/types.ts'
import type { OpenNode } from './open-node.ts'
import type { Shutdown } from './shutdown.ts'

/** A node's place in the swarm. */
export type JoinedSwarm = Awaited<ReturnType<typeof joinSwarm>>

/** A second relay is there when the first one goes. Who is a relay, or says how it is reached, needs none. */
const RELAYS = 2

const relaysOf = ({ relay, announce }: Config): number => (relay || announce.length > 0 ? 0 : RELAYS)

/**
 * The second stage of a start: the libp2p node, the log book with everything that was kept, and the ways to peers. Nobody is spoken to before `listen`.
 * @throws Error when the database cannot be read
 */
export async function joinSwarm(config: Config, opened: OpenNode, shutdown: Shutdown) {
  const { signer, blobs, standings, control } = opened
  const log = roomLog(opened.log, 'swarm')
  const keptPlaces = createKeptPlaces(standings, config)
  let ways: WaysIn | undefined
  let joins: JoinRelay | undefined
  const answerJoin: AnswerJoin = async (envelope, range, signal) => {
    if (joins === undefined) throw new Error('this node starts')
    return joins.answer(envelope, range, signal)
  }
  const node = await createSwarmNode({
    learned: () => ways?.learned() ?? [],
    privateKey: opened.privateKey,
    listen: config.listen,
    announce: config.announce,
    relays: relaysOf(config),
    mdns: config.mdns,
    datastore: opened.database.datastore,
    swarmKey: opened.swarmKey,
    keepsPlaceFor: keptPlaces.has,
    onUnwritten: (error) => log.debug({ err: error }, 'could not write what is known of peers'),
    mayConnect: (peer) => standings.of(peer) !== 'banned',
    ...(opened.invites.answerJoin === undefined ? {} : { answerJoin })
  })
  shutdown.add(async () => node.stop())
  const deadPaths = createDeadPaths({ node, log })
  shutdown.add(async () => deadPaths.stop())
  const dialLoop = createDialLoop({ node, log }, { bootstrap: config.bootstrap })
  const policy = createPolicy({ node, standings, sandbox: opened.sandbox }, config)
  ways = createWaysIn(
    { node, log, isKnown: (peer) => policy.may(peer, 'address') },
    { upnp: config.upnp, findGateway: defaultGateway }
  )
  await ways.start()
  const holes = createHolePunch({ node, log, mayBelieve: (peer) => policy.may(peer, 'address') })
  await holes.start()
  shutdown.add(holes.stop)
  const directPath = createDirectPath({ node, log, punch: holes.punch })
  shutdown.add(async () => directPath.stop())
  const { look, stop, useful, state } = ways
  shutdown.add(stop)
  const relay = config.relay ? await startRelay({ node, log, policy }, config, shutdown) : undefined
  if (opened.invites.answerJoin !== undefined) {
    const reserved = (): readonly string[] => relay?.reserved() ?? []
    joins = createJoinRelay({ node, answer: opened.invites.answerJoin, reserved, log })
    await joins.start()
    shutdown.add(joins.stop)
  }
  const book = await openBook({ ...opened, log }, policy)
  keptPlaces.follow(book, signer.peerId)
  const routing = createRouting({ node, log })
  const rendezvous = createRendezvous({ dialLoop, routing, book, log: roomLog(opened.log, 'peers') })
  shutdown.add(async () => rendezvous.stop())
  const latency = createPeerLatency(node)
  shutdown.add(async () => latency.stop())
  const gossip = createGossip({ node, log, mayAuthor: (peer) => policy.may(peer, 'connect') })
  shutdown.add(async () => gossip.stop())
  const toldTo = (peer: string): IsTold => {
    const may = (share: Share): boolean => policy.may(peer, 'log', share)
    return (view) => isTold(peer, view, may)
  }
  const titlesFor = (peer: string): readonly ProjectTitle[] =>
    policy.may(peer, 'log', 'trusted') ? keptTitles(book, signer.peerId) : []
  let spread: Spread | undefined
  const onReign = (projectId: string, beat: Uint8Array): void => spread?.say(projectId, 'beats', beat)
  const sync = createSync({ node, book, log, toldTo, titlesFor, onReign })
  spread = createSpread({ node, gossip, book, sync, toldTo })
  followLogs({ gossip, book, sync })
  // Its owner may tell the title to this node.
  book.onRecord(({ view, record, own }) => {
    if (!own && record.body.type === 'announce' && record.body.announce.title === '') sync.pull(view.owner)
  })
  const trustBook = createTrustBook(
    { standings },
    { timing: opened.timing, isKnown: (peer) => policy.may(peer, 'unproved') }
  )
  const closed = createClosedBlobs(book)
  const bandwidth = createBandwidth((peer) => config.limitLan || !isNear(node, peer))
  bandwidth.set(control.limits)
  control.onChange(() => bandwidth.set(control.limits))
  const exchange = createBlobExchange({
    node,
    shelf: blobs,
    log,
    bandwidth,
    isNear: (peer) => isNear(node, peer),
    mayHave: (peer, sha256) => policy.may(peer, 'pieces', closed.shareOf(sha256))
  })
  await exchange.start()
  shutdown.add(async () => exchange.stop())
  await sync.start()
  shutdown.add(async () => sync.stop())
  return {
    node,
    dialLoop,
    policy,
    closed,
    trustBook,
    book,
    gossip,
    spread,
    sync,
    exchange,
    routing,
    rendezvous,
    latency,
    sessions: createSessions({ node, log }),
    heard: createHeard(book),
    works: createPeerWorks({ peerId: signer.peerId, book, trust: trustBook }),
    /** Where this node can be reached; empty before `listen`. */
    addresses: (): string[] => node.getMultiaddrs().map((address) => address.toString()),
    /** The addresses that are worth giving to somebody, the best first, and what peers said about them. */
    ways: { useful, state },
    /** Listens and dials, once somebody answers for own projects: who asks before they go on has to wait, and not to be told that there is nothing. */
    listen: async (): Promise<void> => {
      await node.start()
      gossip.start()
      directPath.start()
      deadPaths.start()
      await look()
      dialLoop.start()
      routing.start()
      shutdown.add(async () => routing.stop())
    }
  }
}

interface RelayParts {
  readonly node: SwarmNode
  readonly log: ReturnType<typeof roomLog>
  readonly policy: Policy
}

async function startRelay({ node, log, policy }: RelayParts, config: Config, shutdown: Shutdown): Promise<RelayServer> {
  const relay = createRelayServer(
    { node, log, mayReserve: (peer) => policy.may(peer, 'relay') },
    { peersMax: config.relayPeers, bytesPerHour: config.relayData }
  )
  await relay.start()
  shutdown.add(async () => relay.stop())
  return relay
}

/** Whether what goes to a peer stays on this machine and its local network. */
function isNear(node: SwarmNode, peer: string): boolean {
  const connections = node.getConnections(peerIdFromString(peer))
  const path = bestPath(connections.map(({ remoteAddr }) => remoteAddr))
  return path === 'loopback' || path === 'local'
}

/** The log book, with what database and journals hold. */
async function openBook({ own, database, heads, kept, guard, signer, log, leaving }: OpenNode, policy: Policy) {
  const book = createLogBook({
    store: database.log,
    journal: own,
    signer,
    log,
    heads,
    kept,
    isKnown: (owner) => policy.may(owner, 'room'),
    patiently: async (task) => retryWhenFull(guard, task, { signal: leaving.signal })
  })
  const dropped = await book.load()
  if (dropped > 0) log.warn({ records: dropped }, 'left out records that no longer verify; asking neighbours for them')
  return book
}
