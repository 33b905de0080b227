import { decodeSyncRequest, ProtocolError, type Timing } from '../../../src/swarm/protocol/index.ts'
import type { Clock, Scope } from '../engine/clock.ts'
import type { Disk } from '../engine/disk-types.ts'
import type { Connection, GossipVerdict, Network } from '../engine/network-types.ts'
import type { Random } from '../engine/random.ts'
import type { World } from '../engine/world.ts'
import type { Film } from './film.ts'
import { FRAME, framed, type Host } from './host.ts'
import { createSimKey } from './keys.ts'
import { OWNERS, type SimMaker } from './makers.ts'
import type { Observer } from './observer.ts'
import { SimBlobs } from './sim-blobs.ts'
import { SimLog } from './sim-log.ts'
import { SimOwner } from './sim-owner.ts'
import { SimSessions } from './sim-sessions.ts'
import { SimWorker, type SimWorkerInit } from './sim-worker.ts'

const DIAL_MS = 3000
const PULL_MS = 60_000
const SWEEP_MS = 3_600_000
const WATCH_MS = 1000

export interface SimNodeComponents {
  readonly world: World
  readonly network: Network
  readonly disk: Disk
  readonly clock: Clock
  readonly observer: Observer
  readonly random: Random
}

const PROOF_MS = 5000

export interface SimNodeInit {
  readonly id: string
  readonly timing: Timing
  readonly worker: SimWorkerInit
  /** Peers to keep a connection with. */
  readonly peers: readonly string[]
  /** Whom it knows: works for as a worker, takes as a worker without probation as an owner. */
  readonly knows: (peer: string) => boolean
  /** How long it encodes a scene again that it proves as an owner. Default 5 s. */
  readonly proofMs?: number
  /** See SimLogInit. */
  readonly shared?: boolean
  readonly holds: (peer: string, sha256: string) => boolean
  /** Default: that of the owners. */
  readonly maker?: SimMaker
  /** Default 0. */
  readonly probeMs?: number
  /** See Host. Default 5,000: a node's own second costs a simulation of many seeds more than it shows. */
  readonly beatMs?: number
}

/** One node of the simulated swarm. What outlives a crash is its disk and its clocks. */
export class SimNode {
  readonly id: string
  readonly components: SimNodeComponents
  readonly #init: SimNodeInit
  #run = 0
  #process: SimProcess | undefined
  #inRepair = false

  constructor(components: SimNodeComponents, init: SimNodeInit) {
    this.id = init.id
    this.components = components
    this.#init = init
  }

  /** Undefined while it is down. */
  get process(): SimProcess | undefined {
    return this.#process
  }

  boot(): void {
    if (this.#process != null || this.#inRepair) return
    this.#run += 1
    const scope = this.components.clock.boot()
    this.#process = new SimProcess(this.components, this.#init, scope, this.#run)
    this.components.observer.onBoot(this.id)
    this.#process.start()
  }

  /** SIGKILL, or with `power` the machine loses it. */
  crash({ power, tear = false }: { readonly power: boolean; readonly tear?: boolean }): void {
    if (this.#process == null) return
    this.components.world.trace(this.id, () => (power ? 'loses power' : 'is killed'))
    this.#process.scope.kill()
    this.#process = undefined
    this.components.clock.resume()
    this.components.network.leave(this.id, { machine: power ? 'down' : 'up' })
    if (power) this.components.disk.crash({ tear })
    else this.components.disk.kill()
    this.components.observer.onCrash(this.id)
  }

  /** Its machine is off, whoever wants to start it, until `work` is done. */
  repair(work: (done: () => void) => void): void {
    this.crash({ power: true })
    this.#inRepair = true
    work(() => {
      this.#inRepair = false
      this.boot()
    })
  }
}

type DialDone = (status: 'connected' | 'refused' | 'unreachable') => void

/** One run of a node. */
export class SimProcess {
  readonly scope: Scope
  readonly log: SimLog
  readonly owner: SimOwner
  readonly worker: SimWorker
  readonly blobs: SimBlobs
  readonly #host: Host
  readonly #init: SimNodeInit
  readonly #clock: Clock
  readonly #sessions: SimSessions
  /** Who waits for the dial to a peer that is under way. */
  readonly #dialling = new Map<string, DialDone[]>()
  readonly #pulling = new Set<number>()
  #pulled = false
  #full = false
  #refreshQueued = false

  constructor(components: SimNodeComponents, init: SimNodeInit, scope: Scope, run: number) {
    const { world, network, disk, observer, random, clock } = components
    this.scope = scope
    this.#init = init
    this.#clock = clock
    const trace = (text: () => string): void => world.trace(init.id, text)
    const key = createSimKey(init.id)
    const { id, timing, maker = OWNERS, probeMs = 0, beatMs = 5000 } = init
    this.#host = { id, key, world, network, disk, observer, random, timing, maker, probeMs, beatMs, scope, run, trace }
    const host = this.#host
    this.log = new SimLog(host, {
      knows: init.knows,
      shared: init.shared ?? false,
      writes: (projectId) => this.owner.projects.has(projectId),
      onChange: () => this.#refreshSoon(),
      onBehind: (peer) => this.#pull(peer),
      onNews: (isTold) => this.#tell(isTold),
      onTwin: (projectId) => this.owner.depose(projectId)
    })
    this.blobs = new SimBlobs(host, init.holds)
    this.#sessions = new SimSessions(host, (session) => this.owner.accept(session))
    this.owner = new SimOwner({
      host,
      log: this.log,
      blobs: this.blobs,
      isKnown: init.knows,
      proofMs: init.proofMs ?? PROOF_MS,
      pullAll: () => this.#pullAll(),
      hasPulled: () => this.#pulled,
      redial: (peer, done) => this.#dial(peer, done)
    })
    this.worker = new SimWorker(
      {
        host,
        log: this.log,
        blobs: this.blobs,
        sessions: this.#sessions,
        worksFor: init.knows,
        pull: (peer) => this.#pull(peer)
      },
      init.worker
    )
  }

  start(): void {
    const { network, disk } = this.#host
    this.log.load()
    network.join(
      this.#host.id,
      {
        onConnection: (connection) => this.#onConnected(connection),
        onMessage: (connection, _peer, bytes) => this.#onMessage(connection, bytes),
        onClose: (connection) => this.#sessions.onConnectionClosed(connection),
        onGossip: (topic, bytes, via) => this.#onGossip(topic, bytes, via)
      },
      { gate: this.#clock }
    )
    this.#full = disk.full
    this.worker.hold(this.#full)
    this.owner.start(this.#init.peers.length > 0)
    this.worker.start()
    this.#every(DIAL_MS, () => this.#dialPeers())
    this.#every(PULL_MS, () => this.#pullOne())
    this.#every(SWEEP_MS, () => this.log.sweep())
    this.#every(WATCH_MS, () => this.#watchDisk())
    this.#dialPeers()
  }

  submit(film: Film): void {
    this.owner.submit(film)
  }

  #every(ms: number, task: () => void): void {
    const again = (): void => {
      task()
      this.scope.after(ms, again)
    }
    this.scope.after(ms * (0.5 + 0.5 * this.#host.random.next()), again)
  }

  #refreshSoon(): void {
    if (this.#refreshQueued) return
    this.#refreshQueued = true
    this.scope.after(0, () => {
      this.#refreshQueued = false
      this.worker.refresh()
    })
  }

  #watchDisk(): void {
    const { full } = this.#host.disk
    if (full === this.#full) return
    this.#full = full
    this.owner.hold(full)
    this.worker.hold(full)
  }

  #connectionTo(peer: string): Connection | undefined {
    return this.#host.network.connections(this.#host.id).find((one) => one.peer === peer && one.open)
  }

  #dialPeers(): void {
    for (const peer of this.#init.peers) if (this.#connectionTo(peer) == null) this.#dial(peer, () => {})
  }

  #dial(peer: string, done: DialDone): void {
    if (this.#connectionTo(peer) != null) {
      done('connected')
      return
    }
    const waiting = this.#dialling.get(peer)
    if (waiting != null) {
      waiting.push(done)
      return
    }
    this.#dialling.set(peer, [done])
    this.#host.network.dial(this.#host.id, peer, (result) => {
      const all = this.#dialling.get(peer) ?? []
      this.#dialling.delete(peer)
      for (const one of all) one(result.status === 'failed' ? result.reason : 'connected')
      if (result.status === 'connected') this.#onConnected(result.connection)
    })
  }

  #onConnected(connection: Connection): void {
    this.#pullFrom(connection)
    this.#refreshSoon()
  }

  #pull(peer: string): void {
    const connection = this.#connectionTo(peer)
    if (connection != null) this.#pullFrom(connection)
  }

  #pullAll(): void {
    for (const connection of this.#host.network.connections(this.#host.id)) this.#pullFrom(connection)
  }

  #pullOne(): void {
    const connections = this.#host.network.connections(this.#host.id)
    if (connections.length > 0) this.#pullFrom(this.#host.random.pick(connections))
  }

  #pullFrom(connection: Connection): void {
    if (this.#pulling.has(connection.id)) return
    this.#pulling.add(connection.id)
    // One that is never answered is given up, as a stream's deadline would.
    this.scope.after(10_000, () => this.#pulling.delete(connection.id))
    this.#sendSync(connection, 'request', this.log.request(connection.peer))
  }

  /** They pull. */
  #tell(isTold: (peer: string) => boolean): void {
    for (const connection of this.#host.network.connections(this.#host.id))
      if (isTold(connection.peer)) this.#sendSync(connection, 'request', this.log.request(connection.peer, true))
  }

  #sendSync(connection: Connection, kind: 'request' | 'reply', bytes: Uint8Array): void {
    const { id, network, observer } = this.#host
    observer.onSync(id, connection.peer, kind, bytes)
    network.send(connection, framed(kind === 'request' ? FRAME.syncRequest : FRAME.syncReply, bytes), 'sync')
  }

  #onMessage(connection: Connection, bytes: Uint8Array): void {
    const tag = bytes[0] ?? 255
    const payload = bytes.subarray(1)
    try {
      if (this.#sessions.onFrame(connection, tag, payload)) return
      if (tag === FRAME.syncRequest) {
        const request = decodeSyncRequest(payload)
        if (request.news) this.#pullFrom(connection)
        else for (const reply of this.log.answer(connection.peer, request)) this.#sendSync(connection, 'reply', reply)
      } else if (tag === FRAME.syncReply && this.log.takeReply(payload)) {
        this.#pulling.delete(connection.id)
        this.#pulled = true
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
    }
  }

  #onGossip(topic: string, bytes: Uint8Array, via: string): GossipVerdict {
    if (topic === 'log') return this.log.gossipVerdict(this.log.ingest(bytes, via))
    if (topic === 'beats') return this.log.gossipVerdict(this.log.ingestBeat(bytes, via))
    return 'ignore'
  }
}
