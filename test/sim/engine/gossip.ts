import type { GossipFaults } from './network-types.ts'
import type { Random } from './random.ts'
import { inProcess } from './topology.ts'
import type { Machine, Process, Topology } from './topology.ts'
import type { World } from './world.ts'

interface Message {
  readonly id: number
  readonly author: Machine
  readonly topic: string
  readonly bytes: Uint8Array
}

interface Hop {
  readonly message: Message
  readonly via: Machine
  readonly to: Machine
  process: Process | undefined
}

export interface GossipComponents {
  readonly world: World
  readonly random: Random
  readonly topology: Topology
}

/** What a node aims for, and the most it lets others add. */
const DEGREE = 6
const DEGREE_MAX = 12
/** A node forgets a message after one to two of these. */
const SEEN_MS = 60_000

/** Flooding over a mesh, each message once at each node, passed on only where it was accepted. */
export class Gossip {
  readonly #world: World
  readonly #random: Random
  readonly #topology: Topology
  readonly #seen = new Map<Machine, Seen>()
  #faults: GossipFaults
  #lastId = 0

  constructor({ world, random, topology }: GossipComponents, faults: GossipFaults) {
    this.#world = world
    this.#random = random
    this.#topology = topology
    this.#faults = faults
  }

  setFaults(faults: Partial<GossipFaults>): void {
    this.#faults = { ...this.#faults, ...faults }
  }

  publish(author: Machine, topic: string, bytes: Uint8Array, to: Iterable<Machine> = author.mesh): void {
    if (author.process === undefined) return
    const message = { id: ++this.#lastId, author, topic, bytes }
    this.#seenBy(author).add(message.id, this.#world.nowMs)
    for (const peer of to) if (connected(author, peer)) this.#send(message, author, peer)
  }

  /** Neighbours of this machine have come or gone. */
  neighboursChanged(machine: Machine): void {
    for (const peer of machine.mesh) {
      if (connected(machine, peer)) continue
      machine.mesh.delete(peer)
      peer.mesh.delete(machine)
      this.#fill(peer)
    }
    this.#fill(machine)
  }

  processEnded(machine: Machine): void {
    this.#seen.delete(machine)
  }

  #fill(machine: Machine): void {
    if (machine.mesh.size >= DEGREE || machine.process === undefined) return
    const others = new Set<Machine>()
    for (const end of machine.ends) {
      const peer = end.other.machine
      // Both sides have to know of the connection.
      if (end.state === 'open' && end.other.state === 'open' && !machine.mesh.has(peer)) others.add(peer)
    }
    for (const peer of this.#random.shuffle([...others])) {
      if (machine.mesh.size >= DEGREE) return
      if (peer.mesh.size >= DEGREE_MAX && machine.mesh.size > 0) continue
      machine.mesh.add(peer)
      peer.mesh.add(machine)
    }
  }

  #send(message: Message, via: Machine, to: Machine): void {
    const bytes = message.bytes.length
    const sender = via.counters
    sender.traffic.gossip.sentMessages++
    sender.traffic.gossip.sentBytes += bytes
    const arrivalMs = this.#topology.arrivalMs(via, to, bytes)
    const hop: Hop = { message, via, to, process: undefined }
    if (this.#random.chance(this.#faults.loss)) sender.gossip.lost++
    else this.#schedule(arrivalMs, hop)
    if (this.#random.chance(this.#faults.duplication)) this.#schedule(arrivalMs, { ...hop })
  }

  #schedule(arrivalMs: number, hop: Hop): void {
    this.#world.callAt(arrivalMs + this.#random.next() * this.#faults.reorderMs, this.#arrive, hop)
  }

  readonly #arrive = (hop: Hop): void => {
    const { via, to } = hop
    if (to.process === undefined || !this.#topology.reaches(via, to)) {
      via.counters.gossip.lost++
      return
    }
    hop.process = to.process
    inProcess(to.process, this.#take, hop)
  }

  readonly #take = ({ message, via, to, process }: Hop): void => {
    if (process === undefined || to.process !== process) return
    const { traffic, gossip, rejectedAuthors, rejectedNeighbours } = to.counters
    traffic.gossip.receivedMessages++
    traffic.gossip.receivedBytes += message.bytes.length
    if (!this.#seenBy(to).add(message.id, this.#world.nowMs)) {
      gossip.duplicates++
      return
    }
    const verdict = process.handlers.onGossip?.(message.topic, message.bytes, via.id, message.author.id) ?? 'ignore'
    if (verdict === 'reject') {
      gossip.rejected++
      rejectedAuthors.set(message.author.id, (rejectedAuthors.get(message.author.id) ?? 0) + 1)
      rejectedNeighbours.set(via.id, (rejectedNeighbours.get(via.id) ?? 0) + 1)
    } else if (verdict === 'ignore') {
      gossip.ignored++
    } else {
      gossip.accepted++
      // The handler may have killed its own process.
      if (to.process !== process) return
      for (const peer of to.mesh) if (peer !== via && peer !== message.author) this.#send(message, to, peer)
    }
  }

  #seenBy(machine: Machine): Seen {
    let seen = this.#seen.get(machine)
    if (seen === undefined) this.#seen.set(machine, (seen = new Seen()))
    return seen
  }
}

/** Message ids of the last one to two `SEEN_MS`. */
class Seen {
  #fresh = new Set<number>()
  #old = new Set<number>()
  #sinceMs = 0

  /** False when it is there already. */
  add(id: number, nowMs: number): boolean {
    if (nowMs - this.#sinceMs > SEEN_MS) {
      this.#old = this.#fresh
      this.#fresh = new Set()
      this.#sinceMs = nowMs
    }
    if (this.#fresh.has(id) || this.#old.has(id)) return false
    this.#fresh.add(id)
    return true
  }
}

/** Whether `machine` has an open side of a connection to `peer`. */
export function connected(machine: Machine, peer: Machine): boolean {
  for (const end of machine.ends) if (end.other.machine === peer && end.state === 'open') return true
  return false
}
