import type { CloseReason, Connection, DialResult, TrafficKind } from './network-types.ts'
import type { Random } from './random.ts'
import { inProcess } from './topology.ts'
import type { Machine, Process, Topology } from './topology.ts'
import type { Timer, World } from './world.ts'

export interface ConnectionsInit {
  readonly dialTimeoutMs: number
  readonly tcpTimeoutMs: number
  readonly keepAliveMs: number
  readonly retransmitMsMax: number
}

export interface ConnectionsComponents {
  readonly world: World
  readonly random: Random
  readonly topology: Topology
}

/** One side of a connection. What it sends travels in order and waits where the path is cut. */
export class End implements Connection {
  readonly id: number
  readonly machine: Machine
  readonly initiator: boolean
  other!: End
  state: 'opening' | 'open' | 'closed' = 'opening'
  process: Process | undefined
  /** Of a dial that has not been answered. */
  callback: ((result: DialResult) => void) | undefined
  dialTimer: Timer | undefined
  /** When what was sent last arrives. */
  lastArrivalMs = 0
  /** Arrived at a cut, in order. */
  stalled: Packet[] = []
  flushing = false
  /** Runs while something is not delivered or not acknowledged. */
  waitTimer: Timer | undefined
  probeTimer: Timer | undefined
  /** The other side will hear that this one is closed. */
  farewell = false

  constructor(id: number, machine: Machine, initiator: boolean) {
    this.id = id
    this.machine = machine
    this.initiator = initiator
  }

  get self(): string {
    return this.machine.id
  }

  get peer(): string {
    return this.other.machine.id
  }

  get open(): boolean {
    return this.state === 'open'
  }
}

interface Packet {
  readonly type: 'accept' | 'data' | 'close' | 'reset'
  readonly sender: End
  readonly bytes: Uint8Array
  readonly kind: TrafficKind
}

const NO_BYTES = new Uint8Array(0)

/** Connections that behave like TCP: data stalls at a cut and goes on, sides time out alone, dead processes reset. */
export class Connections {
  readonly #world: World
  readonly #random: Random
  readonly #topology: Topology
  readonly #init: ConnectionsInit
  /** Ends whose `waitTimer` runs. */
  readonly #waiting = new Set<End>()
  readonly #listeners: ((end: End) => void)[] = []
  #lastId = 0

  constructor({ world, random, topology }: ConnectionsComponents, init: ConnectionsInit) {
    this.#world = world
    this.#random = random
    this.#topology = topology
    this.#init = init
    topology.onChange(() => this.#pathsChanged())
  }

  /** Called after a side has opened or closed. */
  onChange(listener: (end: End) => void): void {
    this.#listeners.push(listener)
  }

  dial(from: Machine, to: Machine, callback: (result: DialResult) => void): void {
    if (from.process === undefined) return
    const id = ++this.#lastId
    const near = new End(id, from, true)
    const far = new End(id, to, false)
    near.other = far
    far.other = near
    near.process = from.process
    near.callback = callback
    near.dialTimer = this.#world.call(this.#init.dialTimeoutMs, this.#dialTimedOut, near)
    from.ends.add(near)
    this.#world.call(from === to ? 0 : this.#topology.delayMs(from, to), this.#synArrives, near)
  }

  send(end: End, bytes: Uint8Array, kind: TrafficKind): boolean {
    if (end.state !== 'open') return false
    const traffic = end.machine.counters.traffic[kind]
    traffic.sentMessages++
    traffic.sentBytes += bytes.length
    this.#transmit({ type: 'data', sender: end, bytes, kind })
    return true
  }

  close(end: End): void {
    if (end.state !== 'open') return
    this.#shut(end)
    end.farewell = true
    this.#transmit({ type: 'close', sender: end, bytes: NO_BYTES, kind: 'session' })
  }

  /** The process of this machine has ended. Call it before the machine goes down. */
  processEnded(machine: Machine, machineStaysUp: boolean): void {
    for (const end of machine.ends) {
      const wasOpen = end.state === 'open'
      this.#shut(end)
      if (!machineStaysUp || !wasOpen) continue
      end.farewell = true
      this.#transmit({ type: 'reset', sender: end, bytes: NO_BYTES, kind: 'session' })
    }
    if (!machineStaysUp) for (const end of this.#waiting) if (end.machine === machine) this.#discard(end)
  }

  readonly #synArrives = (near: End): void => {
    const far = near.other
    if (near.state !== 'opening' || !this.#reachesOther(near)) return
    if (far.machine === near.machine || far.machine.process === undefined) {
      this.#world.call(this.#topology.delayMs(far.machine, near.machine), this.#refused, near)
      return
    }
    far.process = far.machine.process
    inProcess(far.process, this.#accept, far)
  }

  readonly #accept = (far: End): void => {
    if (far.process === undefined || far.machine.process !== far.process) return
    far.state = 'open'
    far.machine.ends.add(far)
    this.#transmit({ type: 'accept', sender: far, bytes: NO_BYTES, kind: 'session' })
    this.#changed(far)
    far.process.handlers.onConnection?.(far, far.peer)
  }

  readonly #refused = (near: End): void => {
    if (this.#reachesOther(near.other)) this.#inEnd(near, this.#failRefused)
  }

  readonly #dialTimedOut = (near: End): void => this.#inEnd(near, this.#failUnreachable)
  readonly #failRefused = (near: End): void => this.#fail(near, 'refused')
  readonly #failUnreachable = (near: End): void => this.#fail(near, 'unreachable')

  #fail(near: End, reason: 'refused' | 'unreachable'): void {
    if (near.state !== 'opening') return
    const { callback } = near
    this.#shut(near)
    if (this.#world.tracing) this.#world.trace(near.self, () => `dial ${near.peer}: ${reason}`)
    callback?.({ status: 'failed', reason })
  }

  #transmit(packet: Packet): void {
    const { sender, bytes } = packet
    const arrivalMs = this.#topology.arrivalMs(sender.machine, sender.other.machine, bytes.length)
    sender.lastArrivalMs = Math.max(sender.lastArrivalMs, arrivalMs)
    this.#world.callAt(sender.lastArrivalMs, this.#arrive, packet)
  }

  readonly #arrive = (packet: Packet): void => {
    const { sender } = packet
    if (sender.stalled.length === 0 && this.#reachesOther(sender)) {
      this.#deliver(packet)
    } else if (sender.machine.up) {
      sender.stalled.push(packet)
      this.#wait(sender)
    }
  }

  #deliver(packet: Packet): void {
    const { sender } = packet
    const receiver = sender.other
    if (!this.#reachesOther(receiver)) this.#wait(sender)
    const { process } = receiver
    if (process !== undefined && receiver.machine.process === process) inProcess(process, this.#take, packet)
    else this.#unknown(packet)
  }

  /** In the receiver's process. */
  readonly #take = (packet: Packet): void => {
    const receiver = packet.sender.other
    const { process } = receiver
    if (process === undefined || receiver.machine.process !== process || receiver.state === 'closed') {
      this.#unknown(packet)
      return
    }
    switch (packet.type) {
      case 'data': {
        const traffic = receiver.machine.counters.traffic[packet.kind]
        traffic.receivedMessages++
        traffic.receivedBytes += packet.bytes.length
        process.handlers.onMessage?.(receiver, receiver.peer, packet.bytes, packet.kind)
        return
      }
      case 'accept': {
        const { callback } = receiver
        receiver.state = 'open'
        receiver.callback = undefined
        receiver.dialTimer?.cancel()
        this.#changed(receiver)
        callback?.({ status: 'connected', connection: receiver })
        return
      }
      case 'close':
        this.#lost(receiver, 'closed')
        return
      case 'reset':
        this.#lost(receiver, 'reset')
        return
      default:
        assertNever(packet.type)
    }
  }

  /** The receiving machine knows no such connection and says so, after all that it has sent. */
  #unknown({ type, sender }: Packet): void {
    const receiver = sender.other
    if (type === 'close' || type === 'reset' || receiver.farewell) return
    receiver.farewell = true
    this.#transmit({ type: 'reset', sender: receiver, bytes: NO_BYTES, kind: 'session' })
  }

  /** In the process of this side: it learns that the connection is over. */
  #lost(end: End, reason: CloseReason): void {
    if (end.state === 'closed') return
    this.#shut(end)
    this.#discard(end)
    if (this.#world.tracing) this.#world.trace(end.self, () => `connection to ${end.peer} over: ${reason}`)
    end.process?.handlers.onClose?.(end, end.peer, reason)
  }

  #shut(end: End): void {
    const wasOpen = end.state === 'open'
    end.state = 'closed'
    end.callback = undefined
    end.dialTimer?.cancel()
    end.probeTimer?.cancel()
    end.probeTimer = undefined
    end.machine.ends.delete(end)
    this.#review(end.other)
    if (wasOpen) this.#changed(end)
  }

  /** What waits in this direction will never go out. */
  #discard(end: End): void {
    if (end.stalled.length > 0) end.farewell = false
    end.stalled = []
    this.#acknowledged(end)
  }

  #wait(end: End): void {
    if (end.waitTimer !== undefined) return
    end.waitTimer = this.#world.call(this.#init.tcpTimeoutMs, this.#waitedTooLong, end)
    this.#waiting.add(end)
  }

  #acknowledged(end: End): void {
    end.waitTimer?.cancel()
    end.waitTimer = undefined
    this.#waiting.delete(end)
  }

  readonly #waitedTooLong = (end: End): void => {
    this.#discard(end)
    this.#inEnd(end, this.#timedOut)
  }

  readonly #timedOut = (end: End): void => this.#lost(end, 'timeout')
  readonly #reset = (end: End): void => this.#lost(end, 'reset')

  #pathsChanged(): void {
    for (const end of this.#waiting) {
      if (!this.#reachesOther(end)) continue
      if (end.stalled.length > 0) this.#startFlush(end)
      else if (this.#reachesOther(end.other)) this.#acknowledged(end)
    }
    if (this.#init.keepAliveMs === 0) return
    for (const machine of this.#topology.machines()) for (const end of machine.ends) this.#review(end)
  }

  #startFlush(end: End): void {
    if (end.flushing) return
    end.flushing = true
    this.#world.call(this.#random.range(0, this.#init.retransmitMsMax), this.#flush, end)
  }

  readonly #flush = (end: End): void => {
    const packet = this.#reachesOther(end) ? end.stalled.shift() : undefined
    if (packet === undefined) {
      end.flushing = false
      return
    }
    // Before the delivery: what arrives at this moment stays behind what is still stalled.
    if (end.stalled.length > 0) {
      this.#world.call(0, this.#flush, end)
    } else {
      end.flushing = false
      this.#acknowledged(end)
    }
    this.#deliver(packet)
  }

  /** Starts or ends the wait for a ping that is not answered. */
  #review(end: End): void {
    if (this.#init.keepAliveMs === 0) return
    const dead = this.#seemsDead(end)
    if (dead && end.probeTimer === undefined) {
      end.probeTimer = this.#world.call(this.#init.keepAliveMs, this.#probed, end)
    } else if (!dead && end.probeTimer !== undefined) {
      end.probeTimer.cancel()
      end.probeTimer = undefined
    }
  }

  readonly #probed = (end: End): void => {
    end.probeTimer = undefined
    if (!this.#seemsDead(end)) return
    const answered = this.#reachesOther(end) && this.#reachesOther(end.other)
    this.#inEnd(end, answered ? this.#reset : this.#timedOut)
  }

  #seemsDead(end: End): boolean {
    const { other } = end
    return end.state === 'open' && (other.state === 'closed' || !this.#reachesOther(end) || !this.#reachesOther(other))
  }

  #reachesOther(end: End): boolean {
    return this.#topology.reaches(end.machine, end.other.machine)
  }

  #inEnd(end: End, task: (end: End) => void): void {
    if (end.process !== undefined) inProcess(end.process, task, end)
  }

  #changed(end: End): void {
    for (const listener of this.#listeners) listener(end)
  }
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${String(value)}`)
}
