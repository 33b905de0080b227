import { decodeSessionMessage, encodeSessionMessage, ProtocolError } from '../../../src/swarm/protocol/index.ts'
import type { SessionMessage } from '../../../src/swarm/protocol/index.ts'
import type { Connection } from '../engine/network-types.ts'
import { FRAME, framed, type Host } from './host.ts'

/** One side of a worker's line to an owner. */
export interface SimSession {
  readonly peer: string
  send: (message: SessionMessage) => void
  close: () => void
  onMessage: (message: SessionMessage) => void
  onClose: () => void
}

/** Sessions over connections, and the one of a node with itself. Everything passes through the codec. */
export class SimSessions {
  readonly #host: Host
  readonly #accept: (session: SimSession) => void
  readonly #worker = new Map<number, RemoteSession>()
  readonly #owner = new Map<number, RemoteSession>()

  constructor(host: Host, accept: (session: SimSession) => void) {
    this.#host = host
    this.#accept = accept
  }

  /** As a worker. @returns undefined while there is no connection. */
  open(owner: string): SimSession | undefined {
    if (owner === this.#host.id) return this.#openLocal()
    const connection = this.#host.network.connections(this.#host.id).find((one) => one.peer === owner && one.open)
    if (connection == null || this.#worker.has(connection.id)) return undefined
    const session = new RemoteSession(this.#host, connection, 'worker', () => this.#worker.delete(connection.id))
    this.#worker.set(connection.id, session)
    this.#host.network.send(connection, framed(FRAME.openSession, new Uint8Array()))
    return session
  }

  /** @returns whether the frame was of a session. */
  onFrame(connection: Connection, tag: number, payload: Uint8Array): boolean {
    if (tag === FRAME.openSession) {
      this.#owner.get(connection.id)?.drop()
      const session = new RemoteSession(this.#host, connection, 'owner', () => this.#owner.delete(connection.id))
      this.#owner.set(connection.id, session)
      this.#accept(session)
      return true
    }
    if (tag !== FRAME.session && tag !== FRAME.closeSession) return false
    // The first byte says for which side of the two possible sessions of a connection.
    const table = payload[0] === 1 ? this.#owner : this.#worker
    const session = table.get(connection.id)
    if (session == null) return true
    if (tag === FRAME.closeSession) session.drop()
    else session.deliver(payload.subarray(1))
    return true
  }

  onConnectionClosed(connection: Connection): void {
    this.#worker.get(connection.id)?.drop()
    this.#owner.get(connection.id)?.drop()
  }

  #openLocal(): SimSession {
    const mine = new LocalSession(this.#host)
    const theirs = new LocalSession(this.#host)
    mine.other = theirs
    theirs.other = mine
    this.#accept(theirs)
    return mine
  }
}

function describeMessage(message: SessionMessage): string {
  if (!('token' in message)) return `${message.type}${'reason' in message ? ` (${message.reason})` : ''}`
  const { projectId, scene, epoch, attempt } = message.token
  const progress = message.type === 'renew' ? ` pass ${message.pass} frame ${message.frames}` : ''
  const reason = 'reason' in message && message.reason !== '' ? ` (${message.reason})` : ''
  return `${message.type} ${projectId.slice(0, 4)}:${scene} as ${epoch}.${attempt}${progress}${reason}`
}

class RemoteSession implements SimSession {
  readonly peer: string
  onMessage: (message: SessionMessage) => void = () => {}
  onClose: () => void = () => {}
  readonly #host: Host
  readonly #connection: Connection
  readonly #side: 'worker' | 'owner'
  readonly #forget: () => void
  #open = true

  constructor(host: Host, connection: Connection, side: 'worker' | 'owner', forget: () => void) {
    this.peer = connection.peer
    this.#host = host
    this.#connection = connection
    this.#side = side
    this.#forget = forget
  }

  send(message: SessionMessage): void {
    if (!this.#open) return
    this.#host.trace(() => `-> ${this.peer} ${describeMessage(message)}`)
    this.#frame(FRAME.session, encodeSessionMessage(message))
  }

  close(): void {
    if (!this.#open) return
    this.#frame(FRAME.closeSession, new Uint8Array())
    this.drop()
  }

  drop(): void {
    if (!this.#open) return
    this.#open = false
    this.#forget()
    this.onClose()
  }

  deliver(bytes: Uint8Array): void {
    try {
      this.onMessage(decodeSessionMessage(bytes))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.close()
    }
  }

  #frame(tag: number, payload: Uint8Array): void {
    const towards = this.#side === 'worker' ? 1 : 0
    this.#host.network.send(this.#connection, framed(tag, framed(towards, payload)))
  }
}

class LocalSession implements SimSession {
  readonly peer: string
  other: LocalSession | undefined
  onMessage: (message: SessionMessage) => void = () => {}
  onClose: () => void = () => {}
  readonly #host: Host
  #open = true

  constructor(host: Host) {
    this.peer = host.id
    this.#host = host
  }

  send(message: SessionMessage): void {
    if (!this.#open) return
    const bytes = encodeSessionMessage(message)
    this.#host.scope.after(0, () => this.other?.onMessage(decodeSessionMessage(bytes)))
  }

  /** What was sent before is delivered first. */
  close(): void {
    for (const end of [this, this.other]) {
      if (end == null || !end.#open) continue
      end.#open = false
      this.#host.scope.after(0, () => end.onClose())
    }
  }
}
