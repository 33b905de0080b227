import {
  DEFAULT_TIMING,
  decodeClaim,
  decodeGrant,
  decodeSessionMessage,
  decodeSyncReply,
  encodeClaim,
  encodeLogRecord,
  encodeSessionMessage,
  encodeSyncRequest,
  type BlobRef,
  type LogBody,
  type LogRecord,
  type Token
} from '../../../src/swarm/protocol/index.ts'
import { deriveProjectId, sha256Hex } from '../../../src/swarm/signer.ts'
import type { Connection, Network } from '../engine/network-types.ts'
import type { Random } from '../engine/random.ts'
import type { World } from '../engine/world.ts'
import { cheaperScene, createFilm, encodedScene, falseResult, type Film } from './film.ts'
import { FRAME, framed } from './host.ts'
import { OWNERS } from './makers.ts'
import { createSimKey, forgeSimEnvelope, openSimEnvelope, openSimRecord, type SimKey } from './keys.ts'

export type AdversaryKind = 'squatter' | 'fibber' | 'equivocator' | 'spammer' | 'echoer' | 'mute' | 'cheat'

/** Whom owners have reason to know all the same, as machines of the same house that are broken or do not say what they do. */
export const isKnownLiar = (id: string): boolean => /^(mute|cheat)/.test(id)

export interface AdversaryParts {
  readonly world: World
  readonly network: Network
  readonly random: Random
  /** All other nodes. */
  readonly peers: readonly string[]
  /** Grants to others that got about: workers need not keep them to themselves. */
  readonly grants: readonly Uint8Array[]
  /** Hands a false result in: whoever asks this node for the blob gets it. */
  readonly give: (blob: BlobRef) => void
}

const MUTE_SLOTS = 2
const CHEAT_SLOTS = 2

/** A node that follows no rule. It sees what any node sees and can say anything, but it cannot forge a signature. */
export abstract class Adversary {
  readonly id: string
  protected readonly parts: AdversaryParts
  protected readonly key: SimKey
  /** Running projects that it has heard of, with what was planned. */
  protected readonly records = new Map<string, LogRecord[]>()
  protected readonly owners = new Map<string, string>()
  /** The last record of each. */
  protected readonly heads = new Map<string, { readonly seq: number; readonly epoch: number; readonly hash: string }>()
  protected active = true

  constructor(id: string, parts: AdversaryParts) {
    this.id = id
    this.parts = parts
    this.key = createSimKey(id)
  }

  start(): void {
    this.parts.network.join(this.id, {
      onConnection: (connection) => this.onConnected(connection),
      onMessage: (connection, peer, bytes) => {
        if (this.active) this.onFrame(connection, peer, bytes)
      },
      onGossip: (topic, bytes) => {
        if (this.active) this.hear(topic, bytes)
        return 'accept'
      }
    })
    this.every(5000, () => this.#dialAll())
    this.#dialAll()
  }

  /** Faults are over: from here on it is silent. */
  stop(): void {
    this.active = false
    this.parts.network.leave(this.id)
  }

  protected hear(topic: string, bytes: Uint8Array): void {
    if (topic !== 'log') return
    try {
      const { record, signer, hash } = openSimRecord(bytes)
      const { seq, epoch } = record
      if (seq >= (this.heads.get(record.projectId)?.seq ?? 0)) this.heads.set(record.projectId, { seq, epoch, hash })
      if (record.body.type === 'announce') this.owners.set(record.projectId, signer)
      this.records.set(record.projectId, [...(this.records.get(record.projectId) ?? []), record])
    } catch {
      // Of another liar.
    }
  }

  protected onConnected(connection: Connection): void {
    this.parts.network.send(connection, framed(FRAME.syncRequest, encodeSyncRequest([])), 'sync')
  }

  protected onFrame(connection: Connection, _peer: string, bytes: Uint8Array): void {
    if (bytes[0] === FRAME.syncReply)
      for (const record of decodeSyncReply(bytes.subarray(1)).records) this.hear('log', record)
    if (bytes[0] === FRAME.session && bytes[1] === 0) this.onSession(connection, bytes.subarray(2))
  }

  protected onSession(_connection: Connection, _bytes: Uint8Array): void {}

  protected session(connection: Connection, message: Parameters<typeof encodeSessionMessage>[0]): void {
    this.parts.network.send(connection, framed(FRAME.session, framed(1, encodeSessionMessage(message))))
  }

  protected openSession(connection: Connection): void {
    this.parts.network.send(connection, framed(FRAME.openSession, new Uint8Array()))
  }

  protected every(ms: number, task: () => void): void {
    this.parts.world.at(ms * (0.8 + 0.4 * this.parts.random.next()), () => {
      if (!this.active) return
      task()
      this.every(ms, task)
    })
  }

  protected claimAt(connection: Connection, projectId: string): void {
    const owner = connection.peer
    const claimId = this.parts.random.hex(32)
    const { build: encoderBuild, probe } = OWNERS
    const claim = { projectId, owner, claimId, encoderBuild, probe, prefetch: false }
    this.session(connection, { type: 'claim', envelope: this.key.sign('claim', encodeClaim(claim)) })
  }

  protected connections(): Connection[] {
    return this.parts.network.connections(this.id).filter((connection) => connection.open)
  }

  #dialAll(): void {
    const connected = new Set(this.connections().map((connection) => connection.peer))
    for (const peer of this.parts.peers) {
      if (connected.has(peer)) continue
      this.parts.network.dial(this.id, peer, (result) => {
        if (result.status === 'connected' && this.active) this.onConnected(result.connection)
      })
    }
  }
}

/** Takes whatever it can get and does nothing but to say how far it is. */
export class Squatter extends Adversary {
  readonly #held = new Map<string, { readonly token: Token; frames: number }>()

  override start(): void {
    super.start()
    this.every(3000, () => this.#ask())
    this.every(20_000, () => this.#pretend())
  }

  protected override onSession(_connection: Connection, bytes: Uint8Array): void {
    const message = decodeSessionMessage(bytes)
    if (message.type === 'grant') {
      const grant = decodeGrant(openSimEnvelope('grant', message.envelope).payload)
      const projectId = [...this.owners.keys()].find((id) => this.owners.get(id) === _connection.peer) ?? ''
      const token = { projectId, scene: grant.scene, epoch: grant.epoch, attempt: grant.attempt }
      this.#held.set(`${grant.epoch}.${grant.attempt}`, { token, frames: 0 })
    }
  }

  #ask(): void {
    for (const connection of this.connections()) {
      for (const [projectId, owner] of this.owners) {
        if (owner !== connection.peer) continue
        this.openSession(connection)
        this.claimAt(connection, projectId)
      }
    }
  }

  #pretend(): void {
    for (const connection of this.connections()) {
      for (const held of this.#held.values()) {
        if (this.owners.get(held.token.projectId) !== connection.peer) continue
        held.frames += 1
        this.session(connection, { type: 'renew', token: held.token, pass: 1, frames: held.frames, paused: false })
      }
    }
  }
}

/** Takes a scene for each of its slots, and nothing is ever heard of it. Its sessions stay, and it asks again when the leases are over. */
export class Mute extends Adversary {
  readonly #asked = new WeakSet<Connection>()
  #grantedAtMs: readonly number[] = []

  override start(): void {
    super.start()
    this.every(3000, () => this.#ask())
  }

  protected override onSession(_connection: Connection, bytes: Uint8Array): void {
    if (decodeSessionMessage(bytes).type === 'grant')
      this.#grantedAtMs = [...this.#grantedAtMs, this.parts.world.nowMs].slice(-MUTE_SLOTS)
  }

  #ask(): void {
    const sinceMs = this.parts.world.nowMs - DEFAULT_TIMING.leaseTtlMs - DEFAULT_TIMING.leaseGraceMs
    if (this.#grantedAtMs.filter((atMs) => atMs > sinceMs).length >= MUTE_SLOTS) return
    for (const connection of this.connections()) {
      const projects = [...this.owners].filter(([, owner]) => owner === connection.peer)
      if (projects.length === 0) continue
      if (!this.#asked.has(connection)) this.openSession(connection)
      this.#asked.add(connection)
      for (const [projectId] of projects) this.claimAt(connection, projectId)
    }
  }
}

/** Works as the others do. Once its first scene was taken, it hands in cheaper encodes of a part of its scenes, and now and then other bytes. */
export class Cheat extends Adversary {
  readonly #asked = new WeakSet<Connection>()
  #held = 0
  #delivered = 0

  override start(): void {
    super.start()
    this.every(3000, () => this.#ask())
  }

  protected override onSession(connection: Connection, bytes: Uint8Array): void {
    const message = decodeSessionMessage(bytes)
    if (message.type === 'settled' || message.type === 'revoke') this.#held = Math.max(0, this.#held - 1)
    if (message.type !== 'grant') return
    this.#held += 1
    const { claim, scene, epoch, attempt } = decodeGrant(openSimEnvelope('grant', message.envelope).payload)
    const { projectId } = decodeClaim(openSimEnvelope('claim', claim).payload)
    const plan = this.records
      .get(projectId)
      ?.flatMap(({ body }) => (body.type === 'scenes' ? body.scenes : []))
      .find(({ index }) => index === scene)
    if (plan == null) return
    const { random, world, give } = this.parts
    const encodeMs = Math.round(plan.frames * 400)
    world.at(encodeMs, () => {
      if (!this.active) return
      const luck = this.#delivered > 0 ? random.next() : 1
      const blob = luck < 0.1 ? falseResult(plan, this.id) : luck < 0.4 ? cheaperScene(plan) : encodedScene(plan)
      this.#delivered += 1
      give(blob)
      const token = { projectId, scene, epoch, attempt }
      this.session(connection, { type: 'result', token, blob, encodeMs })
    })
  }

  #ask(): void {
    if (this.#held >= CHEAT_SLOTS) return
    for (const connection of this.connections()) {
      const projects = [...this.owners].filter(([, owner]) => owner === connection.peer)
      if (projects.length === 0) continue
      if (!this.#asked.has(connection)) this.openSession(connection)
      this.#asked.add(connection)
      for (const [projectId] of projects) this.claimAt(connection, projectId)
    }
  }
}

/** Takes scenes and hands in bytes that are no encode of them. */
export class Fibber extends Squatter {
  protected override onSession(connection: Connection, bytes: Uint8Array): void {
    super.onSession(connection, bytes)
    const message = decodeSessionMessage(bytes)
    if (message.type !== 'grant') return
    const grant = decodeGrant(openSimEnvelope('grant', message.envelope).payload)
    for (const [projectId, records] of this.records) {
      if (this.owners.get(projectId) !== connection.peer) continue
      const plan = records
        .flatMap(({ body }) => (body.type === 'scenes' ? body.scenes : []))
        .find((scene) => scene.index === grant.scene)
      if (plan == null) continue
      const blob = falseResult(plan, this.id)
      this.parts.give(blob)
      const token = { projectId, scene: grant.scene, epoch: grant.epoch, attempt: grant.attempt }
      this.session(connection, { type: 'result', token, blob, encodeMs: 1 })
      // And once more for a scene that it was never given, under a token that somebody else has.
      const stolen = { ...token, attempt: Math.max(1, grant.attempt - 1) }
      this.session(connection, { type: 'result', token: stolen, blob, encodeMs: 1 })
    }
  }
}

/** The owner of a project who tells half of the swarm one story and half of it another. */
export class Equivocator extends Adversary {
  projectId = ''

  override start(): void {
    super.start()
    this.parts.world.at(10_000, () => {
      if (this.active) this.#lie()
    })
  }

  #lie(): void {
    const film = createFilm(this.parts.random, `two stories of ${this.id}`, { scenes: 3, frames: [20, 40] })
    const nonce = this.parts.random.hex(32)
    this.projectId = deriveProjectId(this.id, nonce)
    const announce = this.#record(0, '', { type: 'announce', announce: { ...film.announce, nonce } })
    this.parts.network.publish(this.id, 'log', announce)
    const { random, world } = this.parts
    const groups = random.shuffle(this.parts.peers)
    const half = groups.length >> 1
    const bodies = random.chance(0.5) ? twoCuts(film) : twoOutcomes(film, this.id)
    const [one, other] = [this.#chain(announce, bodies[0]), this.#chain(announce, bodies[1])]
    // Or the second story goes on with what belongs to the first.
    const second = random.chance(0.5) ? other : [...other.slice(0, 2), ...one.slice(2)]
    const gapMs = random.pick([30, 500])
    for (const [story, to] of [
      [one, groups.slice(0, half)],
      [second, groups.slice(half)]
    ] as const) {
      for (const [index, envelope] of story.entries()) {
        // After the announcement has arrived everywhere; each story goes to its half only.
        world.at(2000 + gapMs * index, () => {
          if (this.active) this.parts.network.publish(this.id, 'log', envelope, { to })
        })
      }
    }
  }

  #chain(announce: Uint8Array, bodies: readonly LogBody[]): Uint8Array[] {
    let prev = announce
    return bodies.map((body, index) => (prev = this.#record(index + 1, sha256Hex(prev), body)))
  }

  #record(seq: number, prev: string, body: LogBody): Uint8Array {
    return this.key.sign('log', encodeLogRecord({ projectId: this.projectId, epoch: 1, seq, prev, body }))
  }
}

/** The same film, announced in different groups of scenes. */
function twoCuts(film: Film): readonly [LogBody[], LogBody[]] {
  const cut = (length: number): LogBody[] => {
    const bodies: LogBody[] = []
    for (let at = 0; at < film.plans.length; at += length)
      bodies.push({ type: 'scenes', scenes: film.plans.slice(at, at + length) })
    return bodies
  }
  return [cut(1), cut(2)]
}

/** The same scenes with other results: each record fits both stories, but for the one that it names. */
function twoOutcomes(film: Film, worker: string): readonly [LogBody[], LogBody[]] {
  const told = (encodeMs: number): LogBody[] => [
    { type: 'scenes', scenes: film.plans },
    ...film.plans.map((plan): LogBody => {
      const result = falseResult(plan, `${worker} ${encodeMs}`)
      return { type: 'accept', accept: { scene: plan.index, result, worker, epoch: 1, attempt: 1, encodeMs } }
    })
  ]
  return [told(1), told(2)]
}

/** Sends as much of everything as it can: noise, too long, wrongly signed, and more projects than anybody asked for. */
export class Spammer extends Adversary {
  #count = 0

  override start(): void {
    super.start()
    this.every(400, () => this.#spam())
  }

  #spam(): void {
    const { network, random } = this.parts
    this.#count += 1
    const topic = random.pick(['log', 'log', 'log', 'beats', 'nodes'])
    network.publish(this.id, topic, this.#message())
    for (const connection of this.connections()) {
      if (!random.chance(0.1)) continue
      const tag = random.int(8)
      network.send(connection, framed(tag, random.bytes(random.int(200))))
    }
  }

  #message(): Uint8Array {
    const { random } = this.parts
    const nonce = random.hex(32)
    const film = createFilm(random, `spam ${this.#count}`, { scenes: 1, frames: [1, 2] })
    const announce: LogBody = { type: 'announce', announce: { ...film.announce, nonce } }
    const record = (projectId: string, seq: number, body: LogBody): Uint8Array =>
      this.key.sign('log', encodeLogRecord({ projectId, epoch: 1, seq, prev: seq === 0 ? '' : '00'.repeat(32), body }))
    const others = [...this.heads]
    const [victim, head] = others.length > 0 ? random.pick(others) : [deriveProjectId(this.id, nonce), undefined]
    // What would come next, had its owner said it.
    const next = encodeLogRecord({
      projectId: victim,
      epoch: head?.epoch ?? 1,
      seq: (head?.seq ?? 0) + 1,
      prev: head?.hash ?? '00'.repeat(32),
      body: { type: 'update', priority: -1000 }
    })
    switch (random.int(7)) {
      case 0:
        return random.bytes(1 + random.int(300))
      case 1:
        return new Uint8Array(70_000)
      case 2:
        return this.key.sign('log', next)
      case 3:
        return forgeSimEnvelope(this.owners.get(victim) ?? this.id, 'log', next)
      case 4:
        return record(victim, 0, announce)
      default: {
        // A project of its own, and after it some more: what a node keeps of it has to stay bounded.
        return record(deriveProjectId(this.id, nonce), 0, announce)
      }
    }
  }
}

/** Says again what it heard, later and to the wrong ones. */
export class Echoer extends Adversary {
  readonly #heard: { readonly topic: string; readonly bytes: Uint8Array }[] = []

  override start(): void {
    super.start()
    this.every(700, () => this.#echo())
  }

  protected override hear(topic: string, bytes: Uint8Array): void {
    super.hear(topic, bytes)
    if (this.#heard.length < 2000) this.#heard.push({ topic, bytes })
  }

  #echo(): void {
    const { network, random, grants } = this.parts
    if (this.#heard.length > 0) {
      const { topic, bytes } = random.pick(this.#heard)
      network.publish(this.id, topic, bytes)
    }
    if (grants.length === 0 || !random.chance(0.3)) return
    const envelope = random.pick(grants)
    // Somebody else's grant, shown as its own, and the claim inside it handed in once more.
    for (const to of this.connections()) {
      this.openSession(to)
      this.session(to, { type: 'present', envelope })
      const grant = decodeGrant(openSimEnvelope('grant', envelope).payload)
      this.session(to, { type: 'claim', envelope: grant.claim })
      for (const projectId of this.owners.keys()) {
        const token = { projectId, scene: grant.scene, epoch: grant.epoch, attempt: grant.attempt }
        this.session(to, { type: 'renew', token, pass: 1, frames: 1, paused: false })
        this.session(to, { type: 'release', token, kind: 'failed', reason: '' })
      }
    }
  }
}

export function createAdversary(kind: AdversaryKind, id: string, parts: AdversaryParts): Adversary {
  const kinds = {
    squatter: Squatter,
    fibber: Fibber,
    equivocator: Equivocator,
    spammer: Spammer,
    echoer: Echoer,
    mute: Mute,
    cheat: Cheat
  }
  return new kinds[kind](id, parts)
}
