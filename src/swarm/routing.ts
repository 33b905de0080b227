import { createHash } from 'node:crypto'
import { peerIdFromString } from '@libp2p/peer-id'
import { CID } from 'multiformats/cid'
import { code as rawCode } from 'multiformats/codecs/raw'
import { create as createDigest } from 'multiformats/hashes/digest'
import { anySignal } from '../common/any-signal.ts'
import type { Logger } from './logger.ts'
import type { SwarmNode } from './libp2p.ts'

export interface RoutingComponents {
  readonly node: SwarmNode
  readonly log: Logger
}

export interface RoutingInit {
  /** How often a project is announced to the DHT again. Its records last 48 hours, but the nodes that keep them leave. Default an hour. */
  readonly provideMs?: number
  /** Pause after no peer could be reached. Default 30,000. */
  readonly retryMs?: number
}

/** Asks the DHT where a peer is, and which peers provide a project. It never blocks anything: failures are retried or ignored. */
export interface Routing {
  start: () => void
  stop: () => void
  /** Looks for the addresses of a peer. @returns true when they are known now, so that it can be dialled by its id. @throws the signal's reason. */
  findPeer: (peerId: string, options: { readonly signal: AbortSignal }) => Promise<boolean>
  /** Announces this node as a provider of a project, soon and then repeatedly. */
  provide: (projectId: string) => void
  /** Stops announcing it. Peers forget their notes within two days. */
  withdraw: (projectId: string) => void
  /** Peers that claim to provide a project, as they are found; they may be gone, or lie. They can be dialled by their ids. @throws the signal's reason. */
  findProviders: (projectId: string, options: { readonly signal: AbortSignal }) => AsyncGenerator<string>
}

const PROVIDE_MS = 60 * 60_000
const RETRY_MS = 30_000
/** Time of one search or one announcement; a dead node on the way costs 10 s of it. */
const QUERY_TIMEOUT_MS = 20_000
/** As many projects as one owner may have on a node. Each costs about 40 messages per hour. */
const PROVIDED_MAX = 500
/** Peers found for one question: the owner, and peers that name it. */
const FOUND_MAX = 16
const SHA2_256 = 0x12

export function createRouting({ node, log }: RoutingComponents, init: RoutingInit = {}): Routing {
  const provideMs = init.provideMs ?? PROVIDE_MS
  const retryMs = init.retryMs ?? RETRY_MS
  const stopped = new AbortController()
  /** When each project is to be announced next, by the clock of `performance`. */
  const due = new Map<string, number>()
  let started = false
  let telling = false
  let timer: NodeJS.Timeout | undefined

  /** One after the other, so that an owner of many projects does not flood its neighbours. */
  async function tellDue(): Promise<void> {
    if (telling) return
    telling = true
    try {
      for (let next = earliest(); next != null && next.atMs <= performance.now(); next = earliest()) {
        if (stopped.signal.aborted) return
        const told = await tell(next.projectId)
        if (due.has(next.projectId)) due.set(next.projectId, performance.now() + (told ? provideMs : retryMs))
        else await forget(next.projectId)
      }
    } finally {
      telling = false
      schedule()
    }
  }

  function earliest(): { readonly projectId: string; readonly atMs: number } | undefined {
    let first: { readonly projectId: string; readonly atMs: number } | undefined
    for (const [projectId, atMs] of due) if (first == null || atMs < first.atMs) first = { projectId, atMs }
    return first
  }

  function schedule(): void {
    clearTimeout(timer)
    const next = earliest()
    if (!started || telling || next == null || stopped.signal.aborted) return
    timer = setTimeout(() => void tellDue(), Math.max(0, next.atMs - performance.now()))
    timer.unref()
  }

  async function tell(projectId: string): Promise<boolean> {
    // Without peers, a query waits for the first peer until it is given up.
    if (node.getPeers().length === 0) return false
    let peers = 0
    try {
      const signal = anySignal([stopped.signal, AbortSignal.timeout(QUERY_TIMEOUT_MS)])
      for await (const event of node.services.dht.provide(projectKey(projectId), { signal }))
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') peers += 1
    } catch (error) {
      log.debug({ projectId, err: error }, 'could not announce a project in the DHT')
    }
    return peers > 0
  }

  /** libp2p remembers what this node provides and keeps announcing it, even after a restart. */
  async function forget(projectId: string): Promise<void> {
    try {
      await node.contentRouting.cancelReprovide(projectKey(projectId), { signal: stopped.signal })
    } catch (error) {
      log.debug({ projectId, err: error }, 'could not withdraw a project from the DHT')
    }
  }

  /** A search without a result is not an error; only the caller's own signal is. */
  async function* query<T>(ask: (signal: AbortSignal) => AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
    signal.throwIfAborted()
    if (node.getPeers().length === 0) return
    try {
      yield* ask(anySignal([signal, stopped.signal, AbortSignal.timeout(QUERY_TIMEOUT_MS)]))
    } catch (error) {
      signal.throwIfAborted()
      log.debug({ err: error }, 'the DHT did not answer')
    }
  }

  return {
    start: () => {
      started = true
      schedule()
    },
    stop: () => {
      stopped.abort(new Error('stopping'))
      clearTimeout(timer)
    },
    findPeer: async (peerId, { signal }) => {
      const id = peerIdFromString(peerId)
      if (id.equals(node.peerId)) return false
      if (node.getConnections(id).length > 0) return true
      const found = query(async function* (deadline) {
        yield await node.peerRouting.findPeer(id, { signal: deadline })
      }, signal)
      for await (const { multiaddrs } of found) return multiaddrs.length > 0
      return false
    },
    provide: (projectId) => {
      if (due.has(projectId)) return
      if (due.size >= PROVIDED_MAX) {
        log.debug({ projectId }, 'too many projects for the DHT')
        return
      }
      due.set(projectId, performance.now())
      schedule()
    },
    withdraw: (projectId) => {
      due.delete(projectId)
      void forget(projectId)
    },
    findProviders: async function* (projectId, { signal }) {
      let found = 0
      const key = projectKey(projectId)
      for await (const { id } of query(
        (deadline) => node.contentRouting.findProviders(key, { signal: deadline }),
        signal
      )) {
        if (id.equals(node.peerId)) continue
        yield id.toString()
        found += 1
        if (found >= FOUND_MAX) return
      }
    }
  }
}

/** Where the providers of a project meet: a CID (raw codec) over sha-256 of `grav1-project`, a zero byte and the project id. */
export function projectKey(projectId: string): CID {
  const digest = createHash('sha256').update(`grav1-project\0${projectId}`).digest()
  return CID.createV1(rawCode, createDigest(SHA2_256, new Uint8Array(digest)))
}
