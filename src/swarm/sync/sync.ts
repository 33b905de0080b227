import { raceSignal } from 'race-signal'
import { anySignal } from '../../common/any-signal.ts'
import { asError } from '../../common/error-text.ts'
import {
  decodeSyncReply,
  decodeSyncRequest,
  encodeSyncReply,
  encodeSyncRequest,
  LIMITS,
  mustRepeat,
  ProtocolError,
  type Head,
  type ProjectTitle,
  type SyncReply
} from '../protocol/index.ts'
import { CONTROL, openControlStream } from '../open-stream.ts'
import { createGivenHeads } from './given-heads.ts'
import { createPaced } from './paced.ts'
import { createStreamIO, type StreamIO } from '../stream-io.ts'
import { createWaste } from './waste.ts'
import type { IsTold, LogBook } from '../log-book.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'
import type { Connection, PeerId } from '@libp2p/interface'

export const SYNC_PROTOCOL = '/grav1/sync/1.0.0'

/** Time between two pulls that one neighbour's messages trigger, and between two times that it is told of something new: a neighbour that keeps announcing more costs one sync per second. */
const PULL_PAUSE_MS = 1_000
const PULL_TIMEOUT_MS = 30_000
/** Replies that one pull reads; the rest comes with the next. */
const REPLIES_MAX = 4096
/** How often one connection is asked back: two ends that do so would never stop. */
const ASK_BACK_MAX = 8

export interface SyncComponents {
  readonly node: SwarmNode
  readonly book: LogBook
  readonly log: Logger
  /** Whether a peer may know of a project. Default: everybody of all. */
  readonly toldTo?: (peer: string) => IsTold
  /** Titles of this node's projects that a peer is told. Default: none. */
  readonly titlesFor?: (peer: string) => readonly ProjectTitle[]
  /** Called with the beat that starts a new epoch, if it came from the owner itself. */
  readonly onReign?: (projectId: string, envelope: Uint8Array) => void
}

/** Pulls records that this node lacks from neighbours: at each new connection, after a gap, and once a minute from one of them. */
export interface Sync {
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Pull soon; calls while one runs make one more. */
  pull: (peerId: string) => void
  /** Asks a peer soon to pull, over each of its connections: this node has something new for it. */
  tell: (peerId: string) => void
  /** Pulls from all connected peers. @returns how many answered to the end. @throws the signal's reason. */
  pullAll: (options: { readonly signal: AbortSignal }) => Promise<number>
}

export interface SyncInit {
  /** Default 60,000. */
  readonly intervalMs?: number
}

const NOTHING: SyncReply = { records: [], beats: [], titles: [], more: false }

/** As many titles as fit into one answer, whatever their letters. */
const TITLES_PER_FRAME = 500

function* inFrames(titles: readonly ProjectTitle[]): Generator<readonly ProjectTitle[]> {
  for (let from = 0; from < titles.length; from += TITLES_PER_FRAME) yield titles.slice(from, from + TITLES_PER_FRAME)
}

export function createSync(
  { node, book, log, toldTo = () => () => true, titlesFor = () => [], onReign }: SyncComponents,
  init: SyncInit = {}
): Sync {
  const stopped = new AbortController()
  const running = new Map<string, { again: boolean; readonly done: Promise<boolean> }>()
  const askedBack = new Map<string, number>()
  const waste = createWaste()
  const given = createGivenHeads()
  const pulls = createPaced(PULL_PAUSE_MS)
  const tellings = createPaced(PULL_PAUSE_MS)
  const onClose = ({ detail }: CustomEvent<Connection>): void => {
    askedBack.delete(detail.id)
    const peer = detail.remotePeer.toString()
    pulls.forget(peer)
    pulls.forget(detail.id)
    tellings.forget(peer)
    given.forget(peer)
  }
  let timer: NodeJS.Timeout | undefined

  /** Of a project that a neighbour may not know of it is told what it gave itself, so that it does not give it again. */
  function headsFor(peer: string): Head[] {
    const told = book.heads(toldTo(peer))
    const known = new Set(told.map(({ projectId }) => projectId))
    const others = [...given.of(peer)].filter(({ projectId: id }) => book.views.has(id) && !known.has(id))
    return [...told, ...others].slice(0, LIMITS.projectsMax)
  }

  function noteGiven(peer: string, place: Head): void {
    const view = book.views.get(place.projectId)
    if (view != null && !toldTo(peer)(view)) given.note(peer, place)
  }

  async function pullOnce(peer: PeerId, over: Connection | undefined, news = false): Promise<void> {
    const signal = anySignal([stopped.signal, AbortSignal.timeout(PULL_TIMEOUT_MS)])
    const stream =
      over == null
        ? await openControlStream(node, peer, SYNC_PROTOCOL, signal)
        : await over.newStream(SYNC_PROTOCOL, { ...CONTROL, signal })
    const io = createStreamIO(stream)
    try {
      await io.writeFrame(encodeSyncRequest({ heads: headsFor(peer.toString()), news }), signal)
      const titles: ProjectTitle[] = []
      for (let replies = 0; replies < REPLIES_MAX; replies += 1) {
        const frame = await io.readFrame(LIMITS.syncMessageBytesMax, signal)
        if (frame == null) break
        const reply = decodeSyncReply(frame)
        for (const record of reply.records)
          await take(peer, record, async () => book.ingest(record, (place) => noteGiven(peer.toString(), place)))
        for (const beat of reply.beats) await take(peer, beat, async () => takeBeat(beat, peer))
        titles.push(...reply.titles)
        if (titles.length > LIMITS.projectsMax) throw new ProtocolError('too-large', 'more titles than projects')
        if (!reply.more) break
      }
      // Each owner names its own projects only.
      for (const { projectId, title } of titles)
        if (book.views.get(projectId)?.owner === peer.toString()) book.nameProject(projectId, title)
      await io.end(signal)
    } catch (error) {
      io.abort(asError(error))
      throw error
    }
  }

  async function takeBeat(envelope: Uint8Array, from: PeerId): Promise<void> {
    const { isNewReign, owner, projectId } = await book.ingestBeat(envelope)
    // [RULE 22]
    if (mustRepeat(isNewReign, from.toString(), owner)) onReign?.(projectId, envelope)
  }

  /** Records that are known already or do not fit are skipped, up to an amount; any other error ends the pull. */
  async function take(peer: PeerId, { byteLength }: Uint8Array, ingest: () => Promise<unknown>): Promise<void> {
    try {
      await ingest()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      if (!waste.note(peer.toString(), byteLength, error.code))
        throw new Error('the neighbour gives too much that this node does not take', { cause: error })
      if (error.code !== 'stale') log.debug({ err: error }, 'refused a record from a neighbour')
    }
  }

  /** @returns whether the neighbour answered to the end. */
  async function pullUntilQuiet(peer: PeerId, over?: Connection): Promise<boolean> {
    const key = over?.id ?? peer.toString()
    const state = running.get(key)
    if (state != null) {
      state.again = true
      return state.done
    }
    const done = Promise.withResolvers<boolean>()
    const mine = { again: true, done: done.promise }
    running.set(key, mine)
    let answered = false
    try {
      while (mine.again && !stopped.signal.aborted) {
        mine.again = false
        await pullOnce(peer, over)
      }
      answered = true
    } catch (error) {
      log.debug({ peer: key, err: error }, 'the exchange with a neighbour failed')
    } finally {
      running.delete(key)
      done.resolve(answered)
    }
    return answered
  }

  async function pullAll({ signal }: { readonly signal: AbortSignal }): Promise<number> {
    signal.throwIfAborted()
    const pulls = Promise.all(node.getPeers().map(async (peer) => pullUntilQuiet(peer)))
    const answers = await raceSignal(pulls, signal)
    return answers.filter(Boolean).length
  }

  async function answer(peer: string, heads: readonly Head[], io: StreamIO, signal: AbortSignal): Promise<void> {
    for (const titles of inFrames(titlesFor(peer)))
      await io.writeFrame(encodeSyncReply({ ...NOTHING, titles, more: true }), signal)
    for await (const reply of book.answer(heads, toldTo(peer))) await io.writeFrame(encodeSyncReply(reply), signal)
  }

  const connected = (peerId: string): PeerId | undefined => node.getPeers().find((other) => other.toString() === peerId)

  /** One that does not know of news answers as ever. */
  function tellNow(peerId: string): void {
    for (const connection of node.getConnections(connected(peerId)))
      pullOnce(connection.remotePeer, connection, true).catch((error: unknown) =>
        log.debug({ peer: peerId, err: error }, 'could not tell a neighbour of something new')
      )
  }

  const onIdentify = (event: CustomEvent<{ peerId: PeerId; protocols: string[]; connection: Connection }>): void => {
    const { peerId, protocols, connection } = event.detail
    if (protocols.includes(SYNC_PROTOCOL) && waste.mayPull(peerId.toString())) void pullUntilQuiet(peerId, connection)
  }

  return {
    pullAll,
    start: async () => {
      await node.handle(
        SYNC_PROTOCOL,
        async (stream, connection) => {
          const io = createStreamIO(stream)
          try {
            const signal = anySignal([stopped.signal, AbortSignal.timeout(PULL_TIMEOUT_MS)])
            const frame = await io.readFrame(LIMITS.syncMessageBytesMax, signal)
            if (frame != null) {
              const request = decodeSyncRequest(frame)
              if (request.news) await io.writeFrame(encodeSyncReply(NOTHING), signal)
              else await answer(connection.remotePeer.toString(), request.heads, io, signal)
              if (request.news) pulls.run(connection.id, () => void pullUntilQuiet(connection.remotePeer, connection))
            }
            await io.end(signal)
            // Two connections to one peer id may lead to two nodes: only this connection reaches this node's records.
            const times = askedBack.get(connection.id) ?? 0
            if (times >= ASK_BACK_MAX || node.getConnections(connection.remotePeer).length < 2) return
            askedBack.set(connection.id, times + 1)
            void pullUntilQuiet(connection.remotePeer, connection)
          } catch (error) {
            log.debug({ err: error }, 'could not answer a neighbour')
            io.abort(asError(error))
          }
        },
        CONTROL
      )
      node.addEventListener('peer:identify', onIdentify)
      node.addEventListener('connection:close', onClose)
      timer = setInterval(() => {
        const peers = node.getPeers()
        const peer = peers[Math.floor(Math.random() * peers.length)]
        if (peer != null) void pullUntilQuiet(peer)
      }, init.intervalMs ?? 60_000)
      timer.unref()
    },
    stop: async () => {
      stopped.abort(new Error('stopping'))
      clearInterval(timer)
      pulls.stop()
      tellings.stop()
      node.removeEventListener('peer:identify', onIdentify)
      node.removeEventListener('connection:close', onClose)
      await node.unhandle(SYNC_PROTOCOL)
    },
    pull: (peerId) =>
      pulls.run(peerId, () => {
        const peer = connected(peerId)
        if (peer != null) void pullUntilQuiet(peer)
      }),
    tell: (peerId) =>
      tellings.run(peerId, () => {
        if (connected(peerId) != null) tellNow(peerId)
      })
  }
}
