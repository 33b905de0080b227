import { believedAddresses, isPublicIp, type ReachReply, type ReachReport } from '../protocol/index.ts'
import { type DialBack, ipOf } from './dial-back.ts'
import type { Connection, IdentifyResult, PeerId } from '@libp2p/interface'
import type { SwarmNode } from '../libp2p.ts'
import type { Logger } from '../logger.ts'

export interface ReachWatchComponents {
  readonly node: Pick<SwarmNode, 'getConnections' | 'addEventListener' | 'removeEventListener'>
  readonly dialBack: Pick<DialBack, 'ask'>
  /** Whether the word of one such peer is enough. */
  readonly isKnown: (peer: string) => boolean
  /** Ports at which this node may be reached, the likeliest first. */
  readonly ports: () => readonly number[]
  readonly log: Logger
}

export interface ReachWatchInit {
  /** Told of each change of what is believed. */
  readonly onChange: (addresses: readonly string[]) => void
  /** Whether peers at an IP address can say something. Default: at public ones. */
  readonly isOutside?: (ip: string) => boolean
  /** Between two rounds of questions. Default ten minutes. */
  readonly roundMs?: number
  /** Milliseconds of a clock that only goes forward. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** What peers outside say about how this node can be reached. */
export interface ReachState {
  /** Believed, as `/ip4/.../tcp/...`; the latest first. */
  readonly addresses: readonly string[]
  /** Peers that tried, and those of them that got through. */
  readonly tried: number
  readonly reached: number
}

/** Learns from peers outside at which addresses this node can be reached, and learns anew when they change. */
export interface ReachWatch {
  readonly start: () => void
  readonly stop: () => void
  /** Asks all again: something changed. */
  readonly again: () => void
  readonly state: () => ReachState
}

const ROUND_MS = 10 * 60_000
/** Between two questions to one peer. */
const AGAIN_MS = 60_000
/** Peers whose answers are kept, and peers asked in one round. */
const PEERS_MAX = 16

interface Answer {
  readonly atMs: number
  readonly isKnown: boolean
  /** Undefined where the peer did not get through. */
  readonly report: ReachReport | undefined
}

export function createReachWatch(components: ReachWatchComponents, init: ReachWatchInit): ReachWatch {
  const { node, dialBack, isKnown, ports, log } = components
  const { onChange, isOutside = isPublicIp, roundMs = ROUND_MS, nowMs = () => performance.now() } = init
  const answers = new Map<string, Answer>()
  const askedMs = new Map<string, number>()
  let believed: readonly string[] = []
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  function judge(): void {
    const reports = [...answers.values()].flatMap(({ report }) => report ?? [])
    const now = believedAddresses(reports, nowMs())
    if (now.join() === believed.join()) return
    believed = now
    onChange(now)
  }

  function keep(peer: string, connection: Connection, reply: ReachReply, asked: readonly number[]): void {
    if (reply.status === 'busy' || reply.status === 'unseen') return
    const said = { isKnown: isKnown(peer), atMs: nowMs() }
    // Nobody asked for another port, so nobody can say something about it.
    const isReached = reply.status === 'reached' && asked.includes(reply.port)
    const report = isReached ? { ...said, peerIp: ipOf(connection), ip: reply.ip, port: reply.port } : undefined
    answers.delete(peer)
    answers.set(peer, { ...said, report })
    makeRoom()
    judge()
  }

  /** Unknown peers, of whom anybody can make up any number, go first. */
  function makeRoom(): void {
    if (answers.size <= PEERS_MAX) return
    const gone = [...answers].find(([, { isKnown: known }]) => !known) ?? [...answers][0]
    if (gone !== undefined) answers.delete(gone[0])
  }

  function mayAsk(peer: string): boolean {
    const lastMs = askedMs.get(peer)
    if (isStopped || (lastMs !== undefined && nowMs() - lastMs < AGAIN_MS)) return false
    askedMs.delete(peer)
    askedMs.set(peer, nowMs())
    for (const oldest of askedMs.keys()) if (askedMs.size > 4 * PEERS_MAX) askedMs.delete(oldest)
    return true
  }

  async function ask(peerId: PeerId): Promise<void> {
    const peer = peerId.toString()
    const connection = node.getConnections(peerId).find((one) => one.status === 'open' && isOutside(ipOf(one)))
    const asked = ports()
    if (connection === undefined || asked.length === 0 || !mayAsk(peer)) return
    try {
      keep(peer, connection, await dialBack.ask(connection, asked), asked)
    } catch (error) {
      log.debug({ peer, err: error }, 'a peer did not say whether it reaches this node')
    }
  }

  /** A newcomer is asked at once, unless many said something lately. */
  const onIdentify = ({ detail: { peerId } }: CustomEvent<IdentifyResult>): void => {
    const fresh = [...answers.values()].filter(({ atMs }) => nowMs() - atMs < roundMs)
    if (fresh.length < PEERS_MAX / 2 || isKnown(peerId.toString())) void ask(peerId)
  }

  function round(): void {
    judge()
    const outside = node.getConnections().filter((one) => isOutside(ipOf(one)))
    const peers = new Map(outside.map(({ remotePeer }) => [remotePeer.toString(), remotePeer]))
    const heardMs = (peer: string): number => answers.get(peer)?.atMs ?? -Infinity
    const order = [...peers].toSorted(
      ([one], [other]) => Number(isKnown(other)) - Number(isKnown(one)) || heardMs(one) - heardMs(other)
    )
    for (const [, peer] of order.slice(0, PEERS_MAX)) void ask(peer)
  }

  return {
    start: () => {
      node.addEventListener('peer:identify', onIdentify)
      timer = setInterval(round, roundMs)
      timer.unref()
    },
    stop: () => {
      isStopped = true
      clearInterval(timer)
      node.removeEventListener('peer:identify', onIdentify)
    },
    again: () => {
      askedMs.clear()
      round()
    },
    state: () => ({
      addresses: believed,
      tried: answers.size,
      reached: [...answers.values()].filter(({ report }) => report !== undefined).length
    })
  }
}
