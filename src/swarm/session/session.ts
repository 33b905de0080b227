import { peerIdFromString } from '@libp2p/peer-id'
import { decodeSessionMessage, encodeSessionMessage, LIMITS } from '../protocol/index.ts'
import { createStreamIO, type StreamIO } from '../stream-io.ts'
import type { SessionMessage } from '../protocol/index.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'

export const SESSION_PROTOCOL = '/grav1/session/1.0.0'

/** Messages that wait to be sent; a peer that reads so slowly is cut off. */
const OUTBOX_MAX = 10_000
const OPEN_TIMEOUT_MS = 15_000

/** One worker's line to one owner. Both sides see messages in the order they were sent. */
export interface Session {
  /** Peer id of the other side, proved by the connection. */
  readonly peer: string
  send: (message: SessionMessage) => void
  close: () => void
  /** Set by the one who uses the session, before anything else. */
  onMessage: (message: SessionMessage) => void
  onClose: () => void
}

export interface Sessions {
  /** `onIncoming` gets each session that a worker opens with this node as owner. */
  start: (onIncoming: (session: Session) => void) => Promise<void>
  stop: () => Promise<void>
  /** Opens a session with an owner; with this node itself one that never leaves the process. */
  open: (owner: string) => Promise<Session>
}

export interface SessionsComponents {
  readonly node: SwarmNode
  readonly log: Logger
}

export function createSessions({ node, log }: SessionsComponents): Sessions {
  const live = new Set<Session>()
  let accept: (session: Session) => void = (session) => session.close()

  function adopt(io: StreamIO, peer: string): Session {
    const session = new StreamSession(io, peer, log, () => live.delete(session))
    live.add(session)
    return session
  }

  return {
    start: async (onIncoming) => {
      accept = onIncoming
      await node.handle(
        SESSION_PROTOCOL,
        (stream, connection) => {
          accept(adopt(createStreamIO(stream), connection.remotePeer.toString()))
        },
        { maxInboundStreams: 8 }
      )
    },
    stop: async () => {
      await node.unhandle(SESSION_PROTOCOL)
      for (const session of live) session.close()
    },
    open: async (owner) => {
      const self = node.peerId.toString()
      if (owner === self) {
        const [mine, theirs] = localPair(self)
        accept(theirs)
        return mine
      }
      const stream = await node.dialProtocol(peerIdFromString(owner), SESSION_PROTOCOL, {
        signal: AbortSignal.timeout(OPEN_TIMEOUT_MS)
      })
      return adopt(createStreamIO(stream), owner)
    }
  }
}

class StreamSession implements Session {
  readonly peer: string
  onMessage: (message: SessionMessage) => void = () => {}
  onClose: () => void = () => {}
  readonly #io: StreamIO
  readonly #outbox: Uint8Array[] = []
  readonly #closing = new AbortController()
  #flushing: Promise<void> | undefined
  #closed = false

  constructor(io: StreamIO, peer: string, log: Logger, forget: () => void) {
    this.#io = io
    this.peer = peer
    void this.#read(log).finally(() => {
      forget()
      this.close()
      this.onClose()
    })
  }

  send(message: SessionMessage): void {
    if (this.#closed) return
    if (this.#outbox.length >= OUTBOX_MAX) {
      this.close()
      return
    }
    this.#outbox.push(encodeSessionMessage(message))
    void this.#flush()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    void this.#endGently()
  }

  /** What was sent before still goes out: a worker that leaves says so. */
  async #endGently(): Promise<void> {
    try {
      await this.#flush()
      await this.#io.end(AbortSignal.timeout(1000))
      this.#closing.abort(new Error('session closed'))
    } catch (error) {
      this.#closing.abort(new Error('session closed'))
      this.#io.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #read(log: Logger): Promise<void> {
    try {
      for (;;) {
        const frame = await this.#io.readFrame(LIMITS.sessionMessageBytesMax, this.#closing.signal)
        if (frame == null) return
        this.onMessage(decodeSessionMessage(frame))
      }
    } catch (error) {
      log.debug({ peer: this.peer, err: error }, 'session ended')
    }
  }

  /** Resolves when the outbox is empty, whoever empties it. */
  async #flush(): Promise<void> {
    if (this.#outbox.length > 0) this.#flushing ??= this.#sendAll()
    return this.#flushing
  }

  async #sendAll(): Promise<void> {
    try {
      for (let next = this.#outbox.shift(); next != null; next = this.#outbox.shift())
        await this.#io.writeFrame(next, AbortSignal.timeout(60_000))
    } catch (error) {
      this.#io.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      // At once with the last look into the outbox: what is sent from here on needs another.
      this.#flushing = undefined
    }
  }
}

/** Two ends of a session inside one process; messages pass through the codec as on a stream. */
export function localPair(peer: string): [Session, Session] {
  const ends: [LocalSession, LocalSession] = [new LocalSession(peer), new LocalSession(peer)]
  ends[0].other = ends[1]
  ends[1].other = ends[0]
  return ends
}

class LocalSession implements Session {
  readonly peer: string
  other: LocalSession | undefined
  onMessage: (message: SessionMessage) => void = () => {}
  onClose: () => void = () => {}
  #closed = false

  constructor(peer: string) {
    this.peer = peer
  }

  send(message: SessionMessage): void {
    const bytes = encodeSessionMessage(message)
    queueMicrotask(() => {
      if (!this.#closed && this.other != null && !this.other.#closed) this.other.onMessage(decodeSessionMessage(bytes))
    })
  }

  close(): void {
    for (const end of [this, this.other]) {
      if (end == null || end.#closed) continue
      // What was sent before is delivered first.
      queueMicrotask(() => {
        if (end.#closed) return
        end.#closed = true
        end.onClose()
      })
    }
  }
}
