import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  clipText,
  decodeBeat,
  decodeBlobHeader,
  decodeBlobReceipt,
  decodeBlobRequest,
  decodeClaim,
  decodeCommand,
  decodeCommandReply,
  decodeGrant,
  decodeLogRecord,
  decodeNodeInfo,
  encodeNodeInfo,
  decodeSessionMessage,
  decodeSyncReply,
  decodeSyncRequest,
  encodeBeat,
  encodeLogRecord,
  encodeSessionMessage,
  fromHex,
  GOSSIP_VERDICT,
  LIMITS
} from '../../../../src/swarm/protocol/index.ts'
import * as wire from '../../../../src/swarm/protocol/wire/messages.js'
import { announceSample, hashNo, planNo, PROJECT, refusal, WORKER } from '../../../fixtures/protocol-samples.ts'

const HASH = fromHex(hashNo(7))
const NONCE = fromHex(announceSample.nonce)
const TOKEN = { projectId: PROJECT, scene: 1, epoch: 1, attempt: 1 }
const BLOB = { sha256: HASH, bytes: 10 }

const announce = { ...announceSample, nonce: NONCE }
const CROP = { x: 0, y: 0, width: 16, height: 16 }
const PICTURE = { width: 64, height: 64, bitDepth: 8 }
const first = { projectId: PROJECT, epoch: 1, seq: 0, prev: new Uint8Array(), announce }
const later = { projectId: PROJECT, epoch: 1, seq: 1, prev: HASH }
const accept = { scene: 0, result: BLOB, worker: WORKER, epoch: 1, attempt: 1, encodeMs: 5, provedBy: '' }
const withdraw = { worker: WORKER, reason: 'other bytes' }
const end = { state: 'failed', reason: '', outputSha256: new Uint8Array(), outputBytes: 0, endedAtMs: 0 }
const plan = { index: 0, start: 0, frames: 10, piece: BLOB, skip: 0, inputHash: HASH, encoderParams: '' }

const record = (raw: Partial<wire.LogRecord>): string => refusal(() => decodeLogRecord(wire.LogRecord.encode(raw)))

test('the samples that the others are made from are taken', () => {
  expect(record(first)).toBe('taken')
  expect(record({ ...later, accept })).toBe('taken')
  expect(record({ ...later, end })).toBe('taken')
  expect(record({ ...later, withdraw })).toBe('taken')
  expect(record({ ...later, accept: { ...accept, provedBy: WORKER } })).toBe('taken')
  expect(record({ ...later, scenes: { scenes: [plan] } })).toBe('taken')
  expect(record({ ...later, planned: { scenes: 1, frames: 1 } })).toBe('taken')
  expect(record({ ...later, update: { priority: -1.5 } })).toBe('taken')
})

describe('a log record', () => {
  test.for([
    ['no body', later],
    ['two bodies', { ...later, accept, end }],
    ['an announcement that is not the first', { ...later, announce }],
    ['a first record that announces nothing', { ...first, announce: undefined, end }],
    ['a first record with one before it', { ...first, prev: HASH }],
    ['a later record with none before it', { ...later, prev: new Uint8Array(), end }],
    ['a short hash before it', { ...later, prev: HASH.subarray(0, 31), end }],
    ['a long hash before it', { ...later, prev: new Uint8Array(33), end }],
    ['a project id in capitals', { ...first, projectId: PROJECT.toUpperCase() }],
    ['a project id with a line break', { ...first, projectId: `${PROJECT}\n` }],
    ['an empty project id', { ...first, projectId: '' }],
    ['a seq beyond the limit', { ...later, seq: LIMITS.recordsPerProjectMax + 1, end }],
    ['a short nonce', { ...first, announce: { ...announce, nonce: NONCE.subarray(1) } }],
    ['no width', { ...first, announce: { ...announce, width: 0 } }],
    ['too great a width', { ...first, announce: { ...announce, width: LIMITS.sidePixelsMax + 1 } }],
    ['a piece without height', { ...first, announce: { ...announce, picture: { ...PICTURE, height: 0 } } }],
    ['a piece that is too wide', { ...first, announce: { ...announce, picture: { ...PICTURE, width: 16_385 } } }],
    ['a piece of 7 bits', { ...first, announce: { ...announce, picture: { ...PICTURE, bitDepth: 7 } } }],
    [
      'a crop of nothing',
      { ...first, announce: { ...announce, picture: { ...PICTURE, crop: { ...CROP, width: 0 } } } }
    ],
    [
      'a crop beyond all',
      { ...first, announce: { ...announce, picture: { ...PICTURE, crop: { ...CROP, x: 16_385 } } } }
    ],
    ['a frame rate of 1/0', { ...first, announce: { ...announce, fpsDen: 0 } }],
    ['7 bits', { ...first, announce: { ...announce, bitDepth: 7 } }],
    ['a priority that is no number', { ...first, announce: { ...announce, priority: Number.NaN } }],
    ['an infinite priority', { ...later, update: { priority: Number.POSITIVE_INFINITY } }],
    ['too long a title', { ...first, announce: { ...announce, title: 'x'.repeat(LIMITS.titleCharsMax + 1) } }],
    ['too long parameters', { ...first, announce: { ...announce, encoderParams: 'x'.repeat(4097) } }],
    ['an encoder with a space', { ...first, announce: { ...announce, encoderName: 'a b' } }],
    ['no encoder', { ...first, announce: { ...announce, encoder: '' } }],
    ['a build with a control character', { ...first, announce: { ...announce, encoderBuild: 'a\u001b[2J' } }],
    [
      'too long parameters of a scene',
      { ...later, scenes: { scenes: [{ ...plan, encoderParams: 'x'.repeat(4097) }] } }
    ],
    [
      'parameters of a scene that are not Unicode',
      { ...later, scenes: { scenes: [{ ...plan, encoderParams: '\ud800' }] } }
    ],
    ['no scenes', { ...later, scenes: { scenes: [] } }],
    [
      'too many scenes',
      { ...later, scenes: { scenes: Array.from({ length: LIMITS.scenesPerRecordMax + 1 }, () => plan) } }
    ],
    ['a scene without frames', { ...later, scenes: { scenes: [{ ...plan, frames: 0 }] } }],
    ['a scene without a piece', { ...later, scenes: { scenes: [{ ...plan, piece: undefined }] } }],
    ['an empty piece', { ...later, scenes: { scenes: [{ ...plan, piece: { ...BLOB, bytes: 0 } }] } }],
    [
      'too great a piece',
      { ...later, scenes: { scenes: [{ ...plan, piece: { ...BLOB, bytes: LIMITS.blobBytesMax + 1 } }] } }
    ],
    ['a scene beyond the limit', { ...later, scenes: { scenes: [{ ...plan, index: LIMITS.scenesMax }] } }],
    ['an empty plan', { ...later, planned: { scenes: 0, frames: 0 } }],
    ['a result without a hash', { ...later, accept: { ...accept, result: { sha256: new Uint8Array(), bytes: 1 } } }],
    ['a worker that is no peer id', { ...later, accept: { ...accept, worker: '../../etc/passwd' } }],
    ['an end of an unknown kind', { ...later, end: { ...end, state: 'paused' } }],
    ['too long a reason', { ...later, end: { ...end, reason: 'x'.repeat(LIMITS.reasonCharsMax + 1) } }],
    ['a short output hash', { ...later, end: { ...end, outputSha256: new Uint8Array(20) } }]
  ] as readonly (readonly [string, Partial<wire.LogRecord>])[])('%s is invalid', ([, raw]) => {
    expect(record(raw)).toBe('invalid')
  })

  test('a number above 2^53 is malformed', () => {
    // epoch = 2^63
    const epoch = Uint8Array.of(0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)
    expect(['malformed', 'invalid']).toContain(refusal(() => decodeLogRecord(epoch)))
  })

  test('the largest number of scenes in one record fits into an envelope', () => {
    const scenes = Array.from({ length: LIMITS.scenesPerRecordMax }, (_, index) => ({
      ...planNo(LIMITS.scenesMax - 1 - index, LIMITS.framesMax, LIMITS.framesMax),
      piece: { sha256: hashNo(index), bytes: LIMITS.blobBytesMax },
      skip: LIMITS.framesMax
    }))
    const bytes = encodeLogRecord({
      projectId: PROJECT,
      epoch: Number.MAX_SAFE_INTEGER,
      seq: LIMITS.recordsPerProjectMax,
      prev: hashNo(1),
      body: { type: 'scenes', scenes }
    })
    expect(bytes.byteLength).toBeLessThan(LIMITS.envelopeBytesMax - 1024)
    expect(refusal(() => decodeLogRecord(bytes))).toBe('taken')
  })

  test('the longest announcement fits into an envelope', () => {
    const bytes = encodeLogRecord({
      projectId: PROJECT,
      epoch: 1,
      seq: 0,
      prev: '',
      body: {
        type: 'announce',
        announce: {
          ...announceSample,
          title: '\u{ffff}'.repeat(LIMITS.titleCharsMax),
          encoderParams: '\u{ffff}'.repeat(LIMITS.paramsCharsMax)
        }
      }
    })
    expect(bytes.byteLength).toBeLessThan(LIMITS.envelopeBytesMax - 1024)
  })
})

describe('claims and grants', () => {
  const claim = { projectId: PROJECT, owner: WORKER, claimId: NONCE, encoderBuild: 'b', prefetch: false }
  const grant = { claim: new Uint8Array(9), scene: 0, epoch: 1, attempt: 1, ttlMs: 1, hardMs: 1 }

  test.for([
    ['an owner that is no peer id', { owner: 'me' }],
    ['a short claim id', { claimId: NONCE.subarray(2) }],
    ['no build', { encoderBuild: '' }],
    ['no project', { projectId: '' }]
  ] as readonly (readonly [string, Partial<wire.LeaseClaim>])[])('a claim with %s is invalid', ([, change]) => {
    expect(refusal(() => decodeClaim(wire.LeaseClaim.encode({ ...claim, ...change })))).toBe('invalid')
  })

  test.for([
    ['a ttl of nothing', { ttlMs: 0 }],
    ['a ttl of a week', { ttlMs: 7 * 24 * 3_600_000 }],
    ['no hard limit', { hardMs: 0 }],
    ['a hard limit of years', { hardMs: 366 * 24 * 3_600_000 }],
    ['a scene beyond the limit', { scene: LIMITS.scenesMax }]
  ] as readonly (readonly [string, Partial<wire.LeaseGrant>])[])('a grant with %s is invalid', ([, change]) => {
    expect(refusal(() => decodeGrant(wire.LeaseGrant.encode({ ...grant, ...change })))).toBe('invalid')
  })
})

describe('a session message', () => {
  const message = (raw: Partial<wire.SessionMessage>): string =>
    refusal(() => decodeSessionMessage(wire.SessionMessage.encode(raw)))

  test.for([
    ['nothing in it', {}],
    ['two kinds', { claim: HASH, grant: HASH }],
    [
      'two kinds of which neither is an envelope',
      { wake: { projectId: PROJECT }, revoke: { token: TOKEN, reason: '' } }
    ],
    ['no token', { renew: { token: undefined, pass: 1, frames: 1 } }],
    ['a third pass', { renew: { token: TOKEN, pass: 3, frames: 1 } }],
    ['a token of no project', { revoke: { token: { ...TOKEN, projectId: 'x' }, reason: '' } }],
    ['a result without a blob', { result: { token: TOKEN, blob: undefined, encodeMs: 1 } }],
    ['an empty result', { result: { token: TOKEN, blob: { ...BLOB, bytes: 0 }, encodeMs: 1 } }],
    ['an unknown kind of release', { release: { token: TOKEN, kind: 'bored', reason: '' } }],
    ['too long a reason', { settled: { token: TOKEN, accepted: false, reason: 'x'.repeat(2001) } }],
    ['a short claim id', { noWork: { claimId: NONCE.subarray(1), reason: '' } }]
  ] as readonly (readonly [string, Partial<wire.SessionMessage>])[])('with %s is invalid', ([, raw]) => {
    expect(message(raw)).toBe('invalid')
  })

  test('half a surrogate pair is invalid, and no cut of ours leaves one', () => {
    const halved = 'x\u{10000}'.slice(0, 2)
    expect(message({ settled: { token: TOKEN, accepted: false, reason: halved } })).toBe('invalid')
    const reason = clipText('x\u{10000}', 2)
    expect(reason).toBe('x\ufffd')
    expect(message({ settled: { token: TOKEN, accepted: false, reason } })).toBe('taken')
  })

  test('the longest reason fits', () => {
    const reason = '\u{ffff}'.repeat(LIMITS.reasonCharsMax)
    const bytes = encodeSessionMessage({ type: 'release', token: TOKEN, kind: 'failed', reason })
    expect(refusal(() => decodeSessionMessage(bytes))).toBe('taken')
  })
})

describe('soft state', () => {
  const beat = {
    projectId: PROJECT,
    epoch: 1,
    beatNo: 1,
    seq: 1,
    state: 'encoding',
    sceneStates: Uint8Array.of(0, 0, 0, 3, 0x10, 0x02),
    leases: [],
    fps: 1,
    failures: []
  }
  const lease = { scene: 0, worker: WORKER, attempt: 1, pass: 1, frames: 1 }
  const failure = { scene: 0, attempts: 1, reason: '' }
  const states = (...bytes: number[]): Partial<wire.Beat> => ({ sceneStates: Uint8Array.from(bytes) })

  test('four bits a scene, in order', () => {
    expect(decodeBeat(wire.Beat.encode(beat)).sceneStates).toEqual(['open', 'leased', 'verifying'])
  })

  test.for([
    ['no scene states', states()],
    ['states cut short', states(0, 0, 0)],
    ['more states than it counts', states(0, 0, 0, 1, 0, 0)],
    ['fewer states than it counts', states(0, 0, 0, 3, 0)],
    ['an unknown state', states(0, 0, 0, 1, 5)],
    ['billions of scenes', states(0xff, 0xff, 0xff, 0xff, 0)],
    ['an unknown project state', { state: 'resting' }],
    ['an fps that is no number', { fps: Number.NaN }],
    ['a reason to wait in a project that does not wait', { waits: { code: 'no-room', detail: '' } }],
    ['a reason to wait without a code', { state: 'waiting', waits: { code: '', detail: '' } }],
    ['a reason to wait that is not Unicode', { state: 'waiting', waits: { code: 'no-room', detail: '\ud800' } }],
    ['too many leases', { leases: Array.from({ length: LIMITS.beatLeasesMax + 1 }, () => lease) }],
    ['too many failures', { failures: Array.from({ length: LIMITS.beatFailuresMax + 1 }, () => failure) }],
    ['a lease of nobody', { leases: [{ ...lease, worker: '' }] }]
  ] as readonly (readonly [string, Partial<wire.Beat>])[])('a beat with %s is invalid', ([, change]) => {
    expect(refusal(() => decodeBeat(wire.Beat.encode({ ...beat, ...change })))).toBe('invalid')
  })

  test('a reason to wait that this node does not know is left out, and the project waits', () => {
    const waits = { code: 'newer', detail: 'words' }
    const read = decodeBeat(wire.Beat.encode({ ...beat, state: 'waiting', waits }))
    expect([read.state, read.waits]).toEqual(['waiting', undefined])
  })

  test('a beat never has more leases or failures than the limit', () => {
    const beat = decodeBeat(
      encodeBeat({
        projectId: PROJECT,
        epoch: 1,
        beatNo: 1,
        seq: 1,
        state: 'encoding',
        sceneStates: Array.from({ length: LIMITS.scenesMax }, () => 'accepted' as const),
        leases: Array.from({ length: 300 }, () => lease),
        fps: 1,
        failures: Array.from({ length: 20 }, () => failure)
      })
    )
    expect(beat.leases).toHaveLength(LIMITS.beatLeasesMax)
    expect(beat.failures).toHaveLength(LIMITS.beatFailuresMax)
    expect(beat.sceneStates).toHaveLength(LIMITS.scenesMax)
  })

  const info = { name: 'n', version: '1', slots: 1, busy: 0, encoders: ['a'] }
  test.for([
    ['too long a name', { name: 'x'.repeat(LIMITS.wordCharsMax + 1) }],
    ['no version', { version: '' }],
    ['too many slots', { slots: 65_537 }],
    ['too many encoders', { encoders: Array.from({ length: LIMITS.encodersMax + 1 }, () => 'a') }],
    ['an encoder with a space', { encoders: ['a b'] }],
    ['an idle reason without a code', { idle: [{ projectId: PROJECT, code: '', detail: '' }] }],
    ['an idle reason of no project', { idle: [{ projectId: 'x', code: 'memory', detail: '' }] }],
    ['an idle reason with too long a text', { idle: [{ projectId: PROJECT, code: 'new', detail: 'x'.repeat(201) }] }]
  ] as readonly (readonly [string, Partial<wire.NodeInfo>])[])('node info with %s is invalid', ([, change]) => {
    expect(refusal(() => decodeNodeInfo(wire.NodeInfo.encode({ ...info, ...change })))).toBe('invalid')
  })

  test('node info of a version that knows no pause is of one that is not paused', () => {
    expect(decodeNodeInfo(wire.NodeInfo.encode({ ...info, health: 'ok' }))).toMatchObject({ paused: false })
  })

  test('reasons that a node does not know, or can see itself, are left out', () => {
    const told = (code: string) => ({ projectId: PROJECT, code, detail: 'd' })
    const { idle } = decodeNodeInfo(
      wire.NodeInfo.encode({ ...info, health: 'ok', idle: ['of-a-later-version', 'memory', 'no-slots'].map(told) })
    )
    expect(idle).toEqual([told('memory')])
  })

  test('what a node tells of itself is cut to the limits', () => {
    const idle = Array.from({ length: LIMITS.idleMax + 1 }, () => ({
      projectId: PROJECT,
      code: 'parameters' as const,
      detail: `${'x'.repeat(LIMITS.idleDetailCharsMax - 1)}\u{1f600}`
    }))
    const decoded = decodeNodeInfo(encodeNodeInfo({ ...info, health: 'ok', paused: false, idle }))
    expect(decoded.idle).toHaveLength(LIMITS.idleMax)
    expect(decoded.idle[0]?.detail).toHaveLength(LIMITS.idleDetailCharsMax)
  })

  test('an exchange with too many heads or records is invalid', () => {
    const heads = Array.from({ length: LIMITS.projectsMax + 1 }, () => ({
      projectId: PROJECT,
      epoch: 1,
      seq: 1,
      hash: HASH,
      frozen: false
    }))
    expect(refusal(() => decodeSyncRequest(wire.SyncRequest.encode({ heads, news: false })))).toBe('invalid')
    const records = Array.from({ length: LIMITS.syncRecordsMax + 1 }, () => new Uint8Array(1))
    expect(refusal(() => decodeSyncReply(wire.SyncReply.encode({ records, beats: [], more: false })))).toBe('invalid')
  })
})

test.for([
  ['heads', 0x0a, decodeSyncRequest],
  ['records', 0x0a, decodeSyncReply],
  ['beats', 0x12, decodeSyncReply]
] as const)(
  'a message full of empty %s is given up while it is read, not after a million of them',
  ([, tag, decode]) => {
    const flood = Uint8Array.from({ length: LIMITS.syncMessageBytesMax }, (_, at) => (at % 2 === 0 ? tag : 0))
    expect(refusal(() => decode(flood))).toBe('malformed')
  }
)

describe('blobs', () => {
  test.for([
    ['a short hash', { sha256: HASH.subarray(1), offset: 0 }],
    ['an offset beyond any blob', { sha256: HASH, offset: LIMITS.blobBytesMax + LIMITS.chunkBytes }]
  ] as const)('a request with %s is invalid', ([, raw]) => {
    expect(refusal(() => decodeBlobRequest(wire.BlobRequest.encode(raw)))).toBe('invalid')
  })

  test.for([
    ['an unknown status', { status: 'maybe', bytes: 1, chunkHashes: HASH }],
    ['no bytes', { status: 'ok', bytes: 0, chunkHashes: new Uint8Array() }],
    ['a hash too few', { status: 'ok', bytes: LIMITS.chunkBytes + 1, chunkHashes: HASH }],
    ['a hash too many', { status: 'ok', bytes: LIMITS.chunkBytes, chunkHashes: new Uint8Array(64) }],
    ['too many bytes', { status: 'ok', bytes: LIMITS.blobBytesMax + 1, chunkHashes: HASH }]
  ] as const)('a header with %s is invalid', ([, raw]) => {
    expect(refusal(() => decodeBlobHeader(wire.BlobHeader.encode(raw)))).toBe('invalid')
  })

  test("the largest blob's header fits", () => {
    const chunkHashes = new Uint8Array((LIMITS.blobBytesMax / LIMITS.chunkBytes) * 32)
    const bytes = wire.BlobHeader.encode({ status: 'ok', bytes: LIMITS.blobBytesMax, chunkHashes })
    expect(refusal(() => decodeBlobHeader(bytes))).toBe('taken')
  })
})

const command = { projectId: PROJECT, owner: WORKER, commandId: NONCE, kind: 'cancel', priority: 0 }
const newOutput = { ...command, kind: 'set-output' }
const reply = { commandId: NONCE, status: 'done', message: '' }
const claim = { projectId: PROJECT, owner: WORKER, claimId: NONCE, encoderBuild: 'b', prefetch: false }
const grant = { claim: new Uint8Array(9), scene: 0, epoch: 1, attempt: 1, ttlMs: 1, hardMs: 1, holders: [] }
const info = { name: 'n', version: '1', slots: 1, busy: 0, encoders: ['a'], health: 'ok' }
const beat = {
  projectId: PROJECT,
  epoch: 1,
  beatNo: 1,
  seq: 1,
  state: 'encoding',
  sceneStates: new Uint8Array(4),
  leases: [],
  fps: 1,
  failures: []
}
const lease = { scene: 0, worker: WORKER, attempt: 1, pass: 1, frames: 1 }
const failure = { scene: 0, attempts: 1, reason: '' }
const waiting = { ...beat, state: 'waiting' }
const head = { projectId: PROJECT, epoch: 1, seq: 1, hash: HASH, frozen: false }
const toldIdle = { projectId: PROJECT, code: 'memory', detail: '' }
const answer = { records: [], beats: [], more: false }

const SAMPLES = {
  'a log record': [wire.LogRecord.encode({ ...later, accept }), decodeLogRecord],
  'a beat': [wire.Beat.encode(beat), decodeBeat],
  'a claim': [wire.LeaseClaim.encode(claim), decodeClaim],
  'a grant': [wire.LeaseGrant.encode(grant), decodeGrant],
  'a session message': [wire.SessionMessage.encode({ wake: { projectId: PROJECT } }), decodeSessionMessage],
  'node info': [wire.NodeInfo.encode(info), decodeNodeInfo],
  'a command': [wire.Command.encode(command), decodeCommand],
  'the reply to a command': [wire.CommandReply.encode(reply), decodeCommandReply],
  'a sync request': [wire.SyncRequest.encode({ heads: [head], news: false }), decodeSyncRequest],
  'a sync reply': [wire.SyncReply.encode(answer), decodeSyncReply],
  'a blob request': [wire.BlobRequest.encode({ sha256: HASH, offset: 0, probe: false }), decodeBlobRequest],
  'a blob header': [wire.BlobHeader.encode({ status: 'ok', bytes: 1, chunkHashes: HASH }), decodeBlobHeader],
  'a blob receipt': [wire.BlobReceipt.encode({ sha256: HASH }), decodeBlobReceipt]
} as const satisfies Record<string, readonly [Uint8Array, (bytes: Uint8Array) => unknown]>

/** The sample with a field of a later version that fills it up to so many bytes. */
function padded(name: keyof typeof SAMPLES, bytes: number): string {
  const [sample, decode] = SAMPLES[name]
  const long = new Uint8Array(bytes)
  long.set(sample)
  // Field 100, length-delimited; the length as five bytes whatever it is.
  const rest = bytes - sample.byteLength - 7
  const length = [0, 7, 14, 21].map((bits) => ((rest >> bits) & 127) | 128)
  long.set([0xa2, 0x06, ...length, 0], sample.byteLength)
  return refusal(() => decode(long))
}

const sizeOf = (name: keyof typeof SAMPLES): Case => [`bytes of ${name}`, (bytes) => padded(name, bytes)]
const announcing = (change: (value: number) => Partial<wire.Announce>) => (value: number) =>
  record({ ...first, announce: { ...announce, ...change(value) } })
const planning = (change: (value: number) => Partial<wire.ScenePlan>) => (value: number) =>
  record({ ...later, scenes: { scenes: [{ ...plan, ...change(value) }] } })
const accepting = (change: (value: number) => Partial<wire.Accept>) => (value: number) =>
  record({ ...later, accept: { ...accept, ...change(value) } })
const saying = (change: (value: number) => Partial<wire.SessionMessage>) => (value: number) =>
  refusal(() => decodeSessionMessage(wire.SessionMessage.encode(change(value))))
const granting = (change: (value: number) => Partial<wire.LeaseGrant>) => (value: number) =>
  refusal(() => decodeGrant(wire.LeaseGrant.encode({ ...grant, ...change(value) })))
const beating = (change: (value: number) => Partial<wire.Beat>) => (value: number) =>
  refusal(() => decodeBeat(wire.Beat.encode({ ...beat, ...change(value) })))
const naming = (change: (value: number) => Partial<wire.NodeInfo>) => (value: number) =>
  refusal(() => decodeNodeInfo(wire.NodeInfo.encode({ ...info, ...change(value) })))
const heading = (change: (value: number) => Partial<wire.BlobHeader>) => (value: number) =>
  refusal(() => decodeBlobHeader(wire.BlobHeader.encode({ status: 'ok', bytes: 1, ...change(value) })))
const asking = (offset: number): string =>
  refusal(() => decodeBlobRequest(wire.BlobRequest.encode({ sha256: HASH, offset })))
const long = (count: number): string => 'x'.repeat(count)
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

type Case = readonly [what: string, run: (value: number) => string]

/** What each limit bounds when a message is decoded, or the test that is about it. A new limit without either does not compile. */
const BOUNDS: { readonly [K in keyof typeof LIMITS]: readonly Case[] | `${string}.test.ts` } = {
  inviteCharsMax: 'invite-text.test.ts',
  inviteAddressesMax: 'invite-text.test.ts',
  inviteAddressBytesMax: 'invite-text.test.ts',
  joinMessageBytesMax: 'join-messages.test.ts',
  joinNameCharsMax: 'join-messages.test.ts',
  reachPortsMax: 'reach-rules.test.ts',
  reachMessageBytesMax: 'reach-rules.test.ts',
  punchMessageBytesMax: 'reach-rules.test.ts',
  envelopeBytesMax: [sizeOf('a log record'), sizeOf('a beat')],
  sessionMessageBytesMax: [
    sizeOf('a claim'),
    sizeOf('a grant'),
    sizeOf('a session message'),
    sizeOf('node info'),
    sizeOf('a command'),
    sizeOf('the reply to a command'),
    sizeOf('a blob request'),
    sizeOf('a blob receipt')
  ],
  syncMessageBytesMax: [sizeOf('a sync request'), sizeOf('a sync reply')],
  blobHeaderBytesMax: [sizeOf('a blob header')],
  titleCharsMax: [['title', announcing((count) => ({ title: long(count) }))]],
  paramsCharsMax: [
    ['parameters', announcing((count) => ({ encoderParams: long(count) }))],
    ['parameters of a scene', planning((count) => ({ encoderParams: long(count) }))]
  ],
  reasonCharsMax: [
    ['reason of an end', (count) => record({ ...later, end: { ...end, reason: long(count) } })],
    [
      'reason why there is no work',
      saying((count) => ({ noWork: { claimId: NONCE, code: 'none', reason: long(count) } }))
    ],
    ['reason of a release', saying((count) => ({ release: { token: TOKEN, kind: 'left', reason: long(count) } }))],
    ['reason of a revocation', saying((count) => ({ revoke: { token: TOKEN, reason: long(count) } }))],
    ['reason of a verdict', saying((count) => ({ settled: { token: TOKEN, accepted: false, reason: long(count) } }))],
    ['reason of a failure in a beat', beating((count) => ({ failures: [{ ...failure, reason: long(count) }] }))],
    [
      'message of a reply to a command',
      (count) => refusal(() => decodeCommandReply(wire.CommandReply.encode({ ...reply, message: long(count) })))
    ]
  ],
  wordCharsMax: [
    ['encoder', announcing((count) => ({ encoder: long(count) }))],
    ['encoder name', announcing((count) => ({ encoderName: long(count) }))],
    ['encoder build', announcing((count) => ({ encoderBuild: long(count) }))],
    ['pixel format', announcing((count) => ({ pixelFormat: long(count) }))],
    ['primaries', announcing((count) => ({ primaries: long(count) }))],
    ['transfer', announcing((count) => ({ transfer: long(count) }))],
    ['matrix', announcing((count) => ({ matrix: long(count) }))],
    ['range', announcing((count) => ({ range: long(count) }))],
    [
      'build of a claim',
      (count) => refusal(() => decodeClaim(wire.LeaseClaim.encode({ ...claim, encoderBuild: long(count) })))
    ],
    ['name of a node', naming((count) => ({ name: long(count) }))],
    ['version of a node', naming((count) => ({ version: long(count) }))],
    ['encoder of a node', naming((count) => ({ encoders: [long(count)] }))],
    // A code that this node does not know is left out; it has to be a word all the same.
    [
      'code of why a project waits',
      (count) => refusal(() => decodeBeat(wire.Beat.encode({ ...waiting, waits: { code: long(count), detail: '' } })))
    ],
    ['code of an idle reason', naming((count) => ({ idle: [{ ...toldIdle, code: long(count) }] }))]
  ],
  peerIdCharsMax: [
    ['worker of a receipt', accepting((count) => ({ worker: long(count) }))],
    [
      'owner of a claim',
      (count) => refusal(() => decodeClaim(wire.LeaseClaim.encode({ ...claim, owner: long(count) })))
    ],
    [
      'owner of a command',
      (count) => refusal(() => decodeCommand(wire.Command.encode({ ...command, owner: long(count) })))
    ],
    ['holder of a piece', granting((count) => ({ holders: [long(count)] }))],
    ['worker in a beat', beating((count) => ({ leases: [{ ...lease, worker: long(count) }] }))]
  ],
  outputCharsMax: [
    [
      'output in a command',
      (count) => refusal(() => decodeCommand(wire.Command.encode({ ...newOutput, output: long(count) })))
    ]
  ],
  waitDetailCharsMax: [
    [
      'detail of why a project waits',
      (count) =>
        refusal(() => decodeBeat(wire.Beat.encode({ ...waiting, waits: { code: 'no-room', detail: long(count) } })))
    ]
  ],
  framesMax: [
    ['estimated frames', announcing((framesEstimated) => ({ framesEstimated }))],
    ['start of a scene', planning((start) => ({ start }))],
    ['frames of a scene', planning((frames) => ({ frames }))],
    ['frames to skip', planning((skip) => ({ skip }))],
    ['frames of a plan', (frames) => record({ ...later, planned: { scenes: 1, frames } })],
    [
      'frames of a renewal',
      saying((frames) => ({ renew: { token: TOKEN, pass: 1, frames, paused: false, fetched: false } }))
    ],
    ['frames in a beat', beating((frames) => ({ leases: [{ ...lease, frames }] }))]
  ],
  scenesMax: [
    ['number of scenes of a plan', (scenes) => record({ ...later, planned: { scenes, frames: 1 } })],
    ['index of a scene', planning((count) => ({ index: count - 1 }))],
    ['scene of a receipt', accepting((count) => ({ scene: count - 1 }))],
    ['scene of a grant', granting((count) => ({ scene: count - 1 }))],
    ['scene of a token', saying((count) => ({ revoke: { token: { ...TOKEN, scene: count - 1 }, reason: '' } }))],
    ['scene of a lease in a beat', beating((count) => ({ leases: [{ ...lease, scene: count - 1 }] }))],
    ['scene of a failure in a beat', beating((count) => ({ failures: [{ ...failure, scene: count - 1 }] }))],
    [
      'states of scenes in a beat',
      beating((count) => {
        const sceneStates = new Uint8Array(4 + Math.ceil(count / 2))
        new DataView(sceneStates.buffer).setUint32(0, count)
        return { sceneStates }
      })
    ]
  ],
  scenesPerRecordMax: [['scenes of a record', (count) => record({ ...later, scenes: { scenes: times(count, plan) } })]],
  sidePixelsMax: [
    ['width', announcing((width) => ({ width }))],
    ['height', announcing((height) => ({ height }))]
  ],
  blobBytesMax: [
    ['piece', planning((bytes) => ({ piece: { sha256: HASH, bytes } }))],
    ['accepted result', accepting((bytes) => ({ result: { sha256: HASH, bytes } }))],
    ['delivered result', saying((bytes) => ({ result: { token: TOKEN, blob: { sha256: HASH, bytes }, encodeMs: 1 } }))],
    ['length of a blob', heading((bytes) => ({ bytes }))],
    ['offset', asking]
  ],
  chunkBytes: [['length of a blob of one chunk', heading((bytes) => ({ bytes, chunkHashes: HASH }))]],
  hardMsMax: [['hard limit of a grant', granting((hardMs) => ({ hardMs }))]],
  slotsMax: [['slots of a claim', (slots) => refusal(() => decodeClaim(wire.LeaseClaim.encode({ ...claim, slots })))]],
  awayMsMax: [
    ['time away of an owner', saying((forMs) => ({ away: { projectId: PROJECT, forMs } }))],
    ['time away of a node', naming((awayMs) => ({ awayMs }))]
  ],
  holdersMax: [['holders of a piece', granting((count) => ({ holders: times(count, WORKER) }))]],
  beatLeasesMax: [['leases in a beat', beating((count) => ({ leases: times(count, lease) }))]],
  beatFailuresMax: [['failures in a beat', beating((count) => ({ failures: times(count, failure) }))]],
  quantiserMax: [
    ['of a receipt', accepting((quantiser) => ({ quantiser }))],
    ['of a result', saying((quantiser) => ({ result: { token: TOKEN, blob: BLOB, encodeMs: 1, quantiser } }))]
  ],
  encodersMax: [['encoders of a node', naming((count) => ({ encoders: times(count, 'a') }))]],
  idleMax: [['projects that a node is idle for', naming((count) => ({ idle: times(count, toldIdle) }))]],
  idleDetailCharsMax: [
    ['detail of an idle reason', naming((count) => ({ idle: [{ ...toldIdle, detail: long(count) }] }))]
  ],
  syncRecordsMax: [
    [
      'records of an answer',
      (count) =>
        refusal(() => decodeSyncReply(wire.SyncReply.encode({ ...answer, records: times(count, new Uint8Array(1)) })))
    ]
  ],
  projectsMax: [
    [
      'heads',
      (count) => refusal(() => decodeSyncRequest(wire.SyncRequest.encode({ heads: times(count, head), news: false })))
    ],
    [
      'beats of an answer',
      (count) =>
        refusal(() => decodeSyncReply(wire.SyncReply.encode({ ...answer, beats: times(count, new Uint8Array(1)) })))
    ]
  ],
  recordsPerProjectMax: [
    ['number of a record', (seq) => record({ ...later, seq, end })],
    ['number in a beat', beating((seq) => ({ seq }))]
  ],
  aheadMax: 'away.test.ts',
  aheadKeepMs: 'away.test.ts',
  withdrawalsMax: 'view.test.ts',
  projectsPerOwnerMax: 'ledger.test.ts',
  strangersProjectsMax: 'ledger.test.ts',
  strangerProjectsMax: 'ledger.test.ts',
  logBytesMax: 'ledger.test.ts',
  logBytesPerOwnerMax: 'ledger.test.ts',
  strangersLogBytesMax: 'ledger.test.ts',
  strangerLogBytesMax: 'ledger.test.ts',
  tombstonesPerOwnerMax: 'ledger.test.ts',
  endedKeepMs: 'ledger.test.ts',
  grantedPerSceneMax: 'owner.test.ts',
  workersMax: 'trust-ledger.test.ts',
  syncBytesMax: 'codec-limits.test.ts'
}

describe.for(Object.entries(BOUNDS).flatMap(([key, bounds]) => (typeof bounds === 'string' ? [] : [{ key, bounds }])))(
  '$key',
  ({ key, bounds }) => {
    const limit = LIMITS[key as keyof typeof LIMITS]
    const code = key === 'chunkBytes' || key === 'blobBytesMax' || !key.endsWith('BytesMax') ? 'invalid' : 'too-large'
    test.for(bounds)('%s: taken at the limit, refused above it', ([, run]) => {
      expect(run(limit)).toBe('taken')
      expect(run(limit + 1)).toBe(code)
    })
  }
)

test.for(Object.entries(BOUNDS).flatMap(([key, file]) => (typeof file === 'string' ? [[key, file] as const] : [])))(
  '%s bounds no field of a message; there is a test of it in %s',
  ([key, file]) => {
    const folder = new URL('../../../', import.meta.url)
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(`/${file}`))
    expect(paths).not.toEqual([])
    expect(paths.map((path) => readFileSync(new URL(path, folder), 'utf8')).join('\n')).toContain(key)
  }
)

test('syncBytesMax bounds what a sender puts into an answer: the largest, and the record that reached it, fit into a message', () => {
  const records = times(LIMITS.syncBytesMax / LIMITS.envelopeBytesMax + 1, new Uint8Array(LIMITS.envelopeBytesMax))
  expect(refusal(() => decodeSyncReply(wire.SyncReply.encode({ ...answer, records })))).toBe('taken')
})

test('every limit on lengths, counts and times has its test', () => {
  expect(Object.keys(BOUNDS).toSorted()).toEqual(Object.keys(LIMITS).toSorted())
  for (const [key, bounds] of Object.entries(BOUNDS)) expect(bounds.length, key).toBeGreaterThan(0)
})

/** Fields of any number and wire type, well formed, one after the other. */
const fields = fc
  .array(
    fc.record({
      no: fc.integer({ min: 1, max: 25 }),
      type: fc.constantFrom(0, 1, 2, 5),
      bytes: fc.uint8Array({ minLength: 8, maxLength: 40 })
    }),
    { maxLength: 12 }
  )
  .map((parts) =>
    Uint8Array.from(
      parts.flatMap(({ no, type, bytes }) => {
        const tag = (no << 3) | type
        const start = tag < 128 ? [tag] : [(tag & 127) | 128, tag >> 7]
        if (type === 0) return [...start, (bytes[0] ?? 0) & 127]
        if (type === 2) return [...start, bytes.length, ...bytes]
        return [...start, ...bytes.subarray(0, type === 1 ? 8 : 4)]
      })
    )
  )

describe.for(Object.entries(SAMPLES))('%s', ([, [sample, decode]]) => {
  test('of fields that it does not know, or of another type, is a value or a ProtocolError', () => {
    fc.assert(
      fc.property(fields, fc.boolean(), (bytes, goesOn) => {
        const message = goesOn ? Uint8Array.from([...sample, ...bytes]) : bytes
        expect(['taken', 'invalid', 'malformed']).toContain(refusal(() => decode(message)))
      }),
      { numRuns: 200 }
    )
  })

  test('is taken with any number of fields that it does not know', () => {
    const unknown = [0xf2, 0x07, 1, 0xff, 0xf8, 0x07, 5]
    expect(refusal(() => decode(Uint8Array.from([...sample, ...unknown, ...unknown])))).toBe('taken')
  })
})

test('a kind of message or of record that nobody knows yet is invalid', () => {
  // Field 40 with a sub-message, and nothing that is known.
  expect(refusal(() => decodeSessionMessage(Uint8Array.of(0xc2, 0x02, 2, 8, 1)))).toBe('invalid')
  const unknown = Uint8Array.from([...wire.LogRecord.encode(later), 0xc2, 0x02, 2, 8, 1])
  expect(refusal(() => decodeLogRecord(unknown))).toBe('invalid')
})

test('gossip rejects nothing but a provable lie of the one who forwards', () => {
  const rejected = Object.entries(GOSSIP_VERDICT).filter(([, verdict]) => verdict === 'reject')
  expect(rejected.map(([code]) => code).toSorted()).toEqual(['bad-signature', 'too-large', 'wrong-signer'])
})
