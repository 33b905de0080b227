import { peerIdFromString } from '@libp2p/peer-id'
import { asError } from '../../common/error-text.ts'
import { decodeSessionMessage, encodeSessionMessage, LIMITS } from '../protocol/index.ts'
import { CONTROL, openControlStream } from '../open-stream.ts'
import { createStreamIO, type StreamIO } from '../stream-io.ts'
import type { SessionMessage } from '../protocol/index.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'

export const SESSION_PROTOCOL = '/grav1/session/1.0.0'

/** Limits of messages that wait to be sent, and of their bytes; a peer that reads more slowly is disconnected. */
const OUTBOX_MAX = 10_000
const OUTBOX_BYTES_MAX = 8 << 20
const OPEN_TIMEOUT_MS = 15_000
/** How long a stopping node waits until its last messages are sent. */
const FAREWELL_MS = 2_000

/** One worker's session with one owner. Both sides see messages in the order in which they were sent. */
export interface Session {
  /** Peer id of the other side, proved by the connection. */
  readonly peer: string
  /** @returns false when the session is closed; true does not guarantee that the message arrives. */
  send: (message: SessionMessage) => boolean
  /** Resolves when it is closed and earlier messages were sent, or could not be sent. */
  readonly closed: Promise<void>
  close: () => void
  /** The user of the session sets this before anything else. */
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
  /** Until their last messages are sent. */
  const live = new Set<Session>()
  let accept: (session: Session) => void = (session) => session.close()

  function adopt(io: StreamIO, peer: string): Session {
    const session = new StreamSession(io, peer, log)
    live.add(session)
    void session.closed.then(() => live.delete(session))
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
        CONTROL
      )
    },
    stop: async () => {
      await node.unhandle(SESSION_PROTOCOL)
      const open = [...live]
      for (const session of open) session.close()
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, FAREWELL_MS)
      await Promise.race([Promise.all(open.map(async (session) => session.closed)), late.promise])
      clearTimeout(timer)
    },
    open: async (owner) => {
      const self = node.peerId.toString()
      if (owner === self) {
        const [mine, theirs] = localPair(self)
        for (const end of [mine, theirs]) {
          live.add(end)
          void end.closed.then(() => live.delete(end))
        }
        accept(theirs)
        return mine
      }
      const signal = AbortSignal.timeout(OPEN_TIMEOUT_MS)
      const stream = await openControlStream(node, peerIdFromString(owner), SESSION_PROTOCOL, signal)
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
  #outboxBytes = 0
  readonly #closing = new AbortController()
  readonly #said = Promise.withResolvers<void>()
  #flushing: Promise<void> | undefined
  #closed = false

  constructor(io: StreamIO, peer: string, log: Logger) {
    this.#io = io
    this.peer = peer
    void this.#read(log).finally(() => {
      this.close()
      this.onClose()
    })
  }

  send(message: SessionMessage): boolean {
    if (this.#closed) return false
    if (this.#outbox.length >= OUTBOX_MAX || this.#outboxBytes >= OUTBOX_BYTES_MAX) {
      this.close()
      return false
    }
    const data = encodeSessionMessage(message)
    this.#outbox.push(data)
    this.#outboxBytes += data.byteLength
    void this.#flush()
    return true
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    void this.#endGently().finally(() => this.#said.resolve())
  }

  get closed(): Promise<void> {
    return this.#said.promise
  }

  /** Earlier messages are still sent: a worker that leaves says so. */
  async #endGently(): Promise<void> {
    try {
      await this.#flush()
      await this.#io.end(AbortSignal.timeout(1000))
      this.#closing.abort(new Error('session closed'))
    } catch (error) {
      this.#closing.abort(new Error('session closed'))
      this.#io.abort(asError(error))
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

  /** Resolves when the outbox is empty. */
  async #flush(): Promise<void> {
    if (this.#outbox.length > 0) this.#flushing ??= this.#sendAll()
    return this.#flushing
  }

  async #sendAll(): Promise<void> {
    try {
      for (let next = this.#outbox.shift(); next != null; next = this.#outbox.shift()) {
        await this.#io.writeFrame(next, AbortSignal.timeout(60_000))
        this.#outboxBytes -= next.byteLength
      }
    } catch (error) {
      this.#io.abort(asError(error))
    } finally {
      // In the same step as the last look into the outbox: a message sent from here on needs another run.
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
  readonly #over = Promise.withResolvers<void>()
  #closed = false

  constructor(peer: string) {
    this.peer = peer
  }

  get closed(): Promise<void> {
    return this.#over.promise
  }

  send(message: SessionMessage): boolean {
    if (this.#closed) return false
    const bytes = encodeSessionMessage(message)
    queueMicrotask(() => {
      if (!this.#closed && this.other != null && !this.other.#closed) this.other.onMessage(decodeSessionMessage(bytes))
    })
    return true
  }

  close(): void {
    for (const end of [this, this.other]) {
      if (end == null || end.#closed) continue
      // Earlier messages are delivered first.
      queueMicrotask(() => {
        if (end.#closed) return
        end.#closed = true
        end.#over.resolve()
        end.onClose()
      })
    }
  }
}
