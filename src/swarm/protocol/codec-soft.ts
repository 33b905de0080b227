import {
  choice,
  clipText,
  counter,
  decoding,
  finite,
  fromHex,
  hash,
  integer,
  invalid,
  peerId,
  projectId,
  text,
  withOptional,
  word
} from './codec-checks.ts'
import { IDLE_CODES, TOLD_CODES, type ToldIdle } from './idle.ts'
import { LIMITS } from './limits.ts'
import type { Beat, BeatState, Head, NodeInfo, BeatSceneState } from './types.ts'
import { WAIT_CODES, type Waits } from './waits.ts'
import * as wire from './wire/messages.js'

/** Order is the wire value of a scene's status, 4 bits each. */
const BEAT_SCENE_STATES: readonly BeatSceneState[] = ['open', 'leased', 'verifying', 'accepted', 'failed']

const BEAT_STATES: readonly BeatState[] = ['queued', 'analysing', 'encoding', 'joining', 'waiting', 'ended']

export function encodeBeat(beat: Beat): Uint8Array {
  const { waits, ...others } = beat
  return wire.Beat.encode({
    ...others,
    ...(waits == null ? {} : { waits: { ...waits, detail: clipText(waits.detail, LIMITS.waitDetailCharsMax) } }),
    sceneStates: packStates(beat.sceneStates),
    leases: beat.leases.slice(0, LIMITS.beatLeasesMax),
    failures: beat.failures.slice(0, LIMITS.beatFailuresMax)
  })
}

export function decodeBeat(payload: Uint8Array): Beat {
  const raw = decoding(payload, LIMITS.envelopeBytesMax, (bytes) =>
    wire.Beat.decode(bytes, { limits: { leases: LIMITS.beatLeasesMax + 1, failures: LIMITS.beatFailuresMax + 1 } })
  )
  const scene = (value: number): number => integer(value, 0, LIMITS.scenesMax - 1, 'scene')
  integer(raw.leases.length, 0, LIMITS.beatLeasesMax, 'number of leases')
  integer(raw.failures.length, 0, LIMITS.beatFailuresMax, 'number of failures')
  const state = choice(raw.state, BEAT_STATES, 'state')
  if (raw.waits != null && state !== 'waiting') return invalid('a reason to wait in a project that does not wait')
  const waits = raw.waits == null ? undefined : decodeWaits(raw.waits)
  return {
    projectId: projectId(raw.projectId),
    epoch: counter(raw.epoch, 'epoch'),
    beatNo: counter(raw.beatNo, 'beat'),
    state,
    ...(waits == null ? {} : { waits }),
    sceneStates: unpackStates(raw.sceneStates),
    leases: raw.leases.map((lease) => ({
      scene: scene(lease.scene),
      worker: peerId(lease.worker, 'worker'),
      attempt: counter(lease.attempt, 'attempt'),
      pass: integer(lease.pass, 0, 2, 'pass'),
      frames: integer(lease.frames, 0, LIMITS.framesMax, 'frames')
    })),
    fps: Math.max(0, finite(raw.fps, 'fps')),
    failures: raw.failures.map((failure) => ({
      scene: scene(failure.scene),
      attempts: counter(failure.attempts, 'attempts'),
      reason: text(failure.reason, LIMITS.reasonCharsMax, 'reason')
    })),
    seq: integer(raw.seq, 0, LIMITS.recordsPerProjectMax, 'seq')
  }
}

/** A newer owner may know reasons that this node does not: the project still counts as waiting. */
function decodeWaits(raw: wire.Waits): Waits | undefined {
  const told = word(raw.code, 'reason to wait')
  const detail = text(raw.detail, LIMITS.waitDetailCharsMax, 'detail of why it waits')
  const code = WAIT_CODES.find((one) => one === told)
  return code == null ? undefined : { code, detail }
}

export function encodeNodeInfo(info: NodeInfo): Uint8Array {
  const idle = info.idle.slice(0, LIMITS.idleMax)
  return wire.NodeInfo.encode({
    ...withOptional(info, 'awayMs'),
    encoders: [...info.encoders],
    idle: idle.map((one) => ({ ...one, detail: clipText(one.detail, LIMITS.idleDetailCharsMax) }))
  })
}

export function decodeNodeInfo(payload: Uint8Array): NodeInfo {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) =>
    wire.NodeInfo.decode(bytes, { limits: { encoders: LIMITS.encodersMax + 1, idle: LIMITS.idleMax + 1 } })
  )
  integer(raw.encoders.length, 0, LIMITS.encodersMax, 'number of encoders')
  integer(raw.idle.length, 0, LIMITS.idleMax, 'number of idle projects')
  return {
    name: text(raw.name, LIMITS.wordCharsMax, 'name'),
    version: word(raw.version, 'version'),
    slots: integer(raw.slots, 0, 65_536, 'slots'),
    busy: integer(raw.busy, 0, 65_536, 'busy slots'),
    encoders: raw.encoders.map((build) => word(build, 'encoder build')),
    health: choice(raw.health, ['ok', 'disk-full'], 'health'),
    paused: raw.paused,
    ...(raw.awayMs > 0 ? { awayMs: integer(raw.awayMs, 1, LIMITS.awayMsMax, 'time away') } : {}),
    idle: raw.idle.flatMap(decodeIdle)
  }
}

/** A newer node may know reasons that this one does not: they are left out, and the rest counts. */
function decodeIdle(raw: wire.ToldIdle): ToldIdle[] {
  const code = IDLE_CODES.find((one) => one === word(raw.code, 'idle reason'))
  const detail = text(raw.detail, LIMITS.idleDetailCharsMax, 'idle detail')
  const id = projectId(raw.projectId)
  return code != null && TOLD_CODES.has(code) ? [{ projectId: id, code, detail }] : []
}

export interface SyncRequest {
  readonly heads: readonly Head[]
  /** The asker has something new: the other side should ask it, and not answer. */
  readonly news: boolean
}

export function encodeSyncRequest({ heads, news }: SyncRequest): Uint8Array {
  return wire.SyncRequest.encode({ heads: heads.map((head) => ({ ...head, hash: fromHex(head.hash) })), news })
}

export function decodeSyncRequest(payload: Uint8Array): SyncRequest {
  const raw = decoding(payload, LIMITS.syncMessageBytesMax, (bytes) =>
    // Two bytes can stand for a whole head, so decoding stops early at a message with too many.
    wire.SyncRequest.decode(bytes, { limits: { heads: LIMITS.projectsMax + 1 } })
  )
  integer(raw.heads.length, 0, LIMITS.projectsMax, 'number of heads')
  const heads = raw.heads.map((head) => ({
    projectId: projectId(head.projectId),
    epoch: counter(head.epoch, 'epoch'),
    seq: counter(head.seq, 'seq'),
    hash: hash(head.hash, 'head'),
    frozen: head.frozen
  }))
  return { heads, news: raw.news }
}

/** Envelopes are forwarded as received, never encoded again. */
export interface SyncReply {
  readonly records: readonly Uint8Array[]
  readonly beats: readonly Uint8Array[]
  /** Titles of projects of the answering node, which their announcements do not hold. */
  readonly titles: readonly ProjectTitle[]
  /** Asking again would bring more. */
  readonly more: boolean
}

export interface ProjectTitle {
  readonly projectId: string
  readonly title: string
}

export function encodeSyncReply(reply: SyncReply): Uint8Array {
  const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
  const { records, beats, titles, more } = reply
  return wire.SyncReply.encode({ records: records.map(own), beats: beats.map(own), titles: [...titles], more })
}

export function decodeSyncReply(payload: Uint8Array): SyncReply {
  const raw = decoding(payload, LIMITS.syncMessageBytesMax, (bytes) =>
    wire.SyncReply.decode(bytes, {
      limits: {
        records: LIMITS.syncRecordsMax + 1,
        beats: LIMITS.projectsMax + 1,
        titles: LIMITS.projectsMax + 1
      }
    })
  )
  integer(raw.records.length, 0, LIMITS.syncRecordsMax, 'number of records')
  integer(raw.beats.length, 0, LIMITS.projectsMax, 'number of beats')
  integer(raw.titles.length, 0, LIMITS.projectsMax, 'number of titles')
  const titles = raw.titles.map((one) => ({
    projectId: projectId(one.projectId),
    title: text(one.title, LIMITS.titleCharsMax, 'title')
  }))
  return { ...raw, titles }
}

function packStates(states: readonly BeatSceneState[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(Math.ceil(states.length / 2) + 4)
  new DataView(packed.buffer).setUint32(0, states.length)
  states.forEach((status, index) => {
    const at = 4 + (index >> 1)
    packed[at] = (packed[at] ?? 0) | (BEAT_SCENE_STATES.indexOf(status) << (index % 2 === 0 ? 0 : 4))
  })
  return packed
}

function unpackStates(packed: Uint8Array): BeatSceneState[] {
  if (packed.byteLength < 4) return invalid('scene states are cut short')
  const count = new DataView(packed.buffer, packed.byteOffset, packed.byteLength).getUint32(0)
  integer(count, 0, LIMITS.scenesMax, 'number of scenes')
  if (packed.byteLength !== 4 + Math.ceil(count / 2)) return invalid('scene states have another length')
  return Array.from({ length: count }, (_, index) => {
    const nibble = ((packed[4 + (index >> 1)] ?? 0) >> (index % 2 === 0 ? 0 : 4)) & 15
    return BEAT_SCENE_STATES[nibble] ?? invalid('unknown scene status')
  })
}
