import { describe, expect, test } from 'vitest'
import {
  decodeBeat,
  decodeBlobHeader,
  decodeBlobRequest,
  decodeClaim,
  decodeGrant,
  decodeLogRecord,
  decodeNodeInfo,
  decodeSessionMessage,
  decodeSyncReply,
  decodeSyncRequest,
  encodeBeat,
  encodeLogRecord,
  encodeSessionMessage,
  fromHex,
  LIMITS
} from '../../../../src/swarm/protocol/index.ts'
import * as wire from '../../../../src/swarm/protocol/wire/messages.js'
import { announceSample, hashNo, planNo, PROJECT, refusal, WORKER } from '../../../fixtures/protocol-samples.ts'

const HASH = fromHex(hashNo(7))
const NONCE = fromHex(announceSample.nonce)
const TOKEN = { projectId: PROJECT, scene: 1, epoch: 1, attempt: 1 }
const BLOB = { sha256: HASH, bytes: 10 }

const announce = { ...announceSample, nonce: NONCE }
const first = { projectId: PROJECT, epoch: 1, seq: 0, prev: new Uint8Array(), announce }
const later = { projectId: PROJECT, epoch: 1, seq: 1, prev: HASH }
const accept = { scene: 0, result: BLOB, worker: WORKER, epoch: 1, attempt: 1, encodeMs: 5 }
const end = { state: 'failed', reason: '', outputSha256: new Uint8Array(), outputBytes: 0, endedAtMs: 0 }
const plan = { index: 0, start: 0, frames: 10, piece: BLOB, skip: 0, inputHash: HASH }

const record = (raw: Partial<wire.LogRecord>): string => refusal(() => decodeLogRecord(wire.LogRecord.encode(raw)))

test('the samples that the others are made from are taken', () => {
  expect(record(first)).toBe('taken')
  expect(record({ ...later, accept })).toBe('taken')
  expect(record({ ...later, end })).toBe('taken')
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
    ['a frame rate of 1/0', { ...first, announce: { ...announce, fpsDen: 0 } }],
    ['7 bits', { ...first, announce: { ...announce, bitDepth: 7 } }],
    ['a priority that is no number', { ...first, announce: { ...announce, priority: Number.NaN } }],
    ['an infinite priority', { ...later, update: { priority: Number.POSITIVE_INFINITY } }],
    ['too long a title', { ...first, announce: { ...announce, title: 'x'.repeat(LIMITS.titleCharsMax + 1) } }],
    ['too long parameters', { ...first, announce: { ...announce, encoderParams: 'x'.repeat(4097) } }],
    ['an encoder with a space', { ...first, announce: { ...announce, encoderName: 'a b' } }],
    ['no encoder', { ...first, announce: { ...announce, encoder: '' } }],
    ['a build with a control character', { ...first, announce: { ...announce, encoderBuild: 'a\u001b[2J' } }],
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
    ['too many leases', { leases: Array.from({ length: LIMITS.beatLeasesMax + 1 }, () => lease) }],
    ['too many failures', { failures: Array.from({ length: LIMITS.beatFailuresMax + 1 }, () => failure) }],
    ['a lease of nobody', { leases: [{ ...lease, worker: '' }] }]
  ] as readonly (readonly [string, Partial<wire.Beat>])[])('a beat with %s is invalid', ([, change]) => {
    expect(refusal(() => decodeBeat(wire.Beat.encode({ ...beat, ...change })))).toBe('invalid')
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
    ['an encoder with a space', { encoders: ['a b'] }]
  ] as readonly (readonly [string, Partial<wire.NodeInfo>])[])('node info with %s is invalid', ([, change]) => {
    expect(refusal(() => decodeNodeInfo(wire.NodeInfo.encode({ ...info, ...change })))).toBe('invalid')
  })

  test('an exchange with too many heads or records is invalid', () => {
    const heads = Array.from({ length: LIMITS.projectsMax + 1 }, () => ({
      projectId: PROJECT,
      epoch: 1,
      seq: 1,
      frozen: false
    }))
    expect(refusal(() => decodeSyncRequest(wire.SyncRequest.encode({ heads })))).toBe('invalid')
    const records = Array.from({ length: LIMITS.syncRecordsMax + 1 }, () => new Uint8Array(1))
    expect(refusal(() => decodeSyncReply(wire.SyncReply.encode({ records, beats: [], more: false })))).toBe('invalid')
  })
})

describe('blobs', () => {
  test.for([
    ['a short hash', { sha256: HASH.subarray(1), offset: 0 }],
    ['an offset inside a chunk', { sha256: HASH, offset: 1 }],
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
