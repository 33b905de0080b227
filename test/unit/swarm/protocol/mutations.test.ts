import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as protocol from '../../../../src/swarm/protocol/index.ts'
import { mutate, MUTATIONS, randomFrom } from '../../../fixtures/mutations.ts'
import * as arbitrary from '../../../fixtures/protocol-arbitraries.ts'
import { isNightly } from '../../../nightly.ts'

/** A million in a night, by seeds; the gate has its share. */
const RUNS = isNightly ? 1_000_000 : 20_400
const SEED = 20_261_130

/** What takes bytes of a peer, and what an honest one sends there. */
const door = <Value>(
  values: fc.Arbitrary<Value>,
  encode: (value: Value) => Uint8Array,
  decode: (bytes: Uint8Array) => unknown
) => ({
  samples: fc.sample(values, { seed: SEED, numRuns: 40 }).map(encode),
  decode
})

const bodies = (type: protocol.LogBody['type']) => arbitrary.logRecord.filter(({ body }) => body.type === type)
const { LIMITS } = protocol

const DOORS = {
  announcement: door(bodies('announce'), protocol.encodeLogRecord, protocol.decodeLogRecord),
  scenes: door(bodies('scenes'), protocol.encodeLogRecord, protocol.decodeLogRecord),
  receipt: door(bodies('accept'), protocol.encodeLogRecord, protocol.decodeLogRecord),
  end: door(bodies('end'), protocol.encodeLogRecord, protocol.decodeLogRecord),
  withdraw: door(bodies('withdraw'), protocol.encodeLogRecord, protocol.decodeLogRecord),
  beat: door(arbitrary.beat, protocol.encodeBeat, protocol.decodeBeat),
  'node info': door(arbitrary.nodeInfo, protocol.encodeNodeInfo, protocol.decodeNodeInfo),
  'sync request': door(arbitrary.syncRequest, protocol.encodeSyncRequest, protocol.decodeSyncRequest),
  'sync reply': door(arbitrary.syncReply, protocol.encodeSyncReply, protocol.decodeSyncReply),
  session: door(arbitrary.sessionMessage, protocol.encodeSessionMessage, protocol.decodeSessionMessage),
  claim: door(arbitrary.claim, protocol.encodeClaim, protocol.decodeClaim),
  grant: door(arbitrary.grant, protocol.encodeGrant, protocol.decodeGrant),
  'blob request': door(arbitrary.blobRequest, protocol.encodeBlobRequest, protocol.decodeBlobRequest),
  'blob header': door(arbitrary.blobHeader, protocol.encodeBlobHeader, protocol.decodeBlobHeader),
  'blob receipt': door(arbitrary.sha256, protocol.encodeBlobReceipt, protocol.decodeBlobReceipt),
  invitation: door(arbitrary.invite, protocol.encodeInvite, protocol.decodeInvite),
  'join request': door(
    arbitrary.joinRequest,
    ({ request, proof }) => protocol.encodeJoinRequest(request, proof),
    protocol.decodeJoinRequest
  ),
  'join reply': door(arbitrary.joinReply, protocol.encodeJoinReply, protocol.decodeJoinReply),
  'reach request': door(arbitrary.ports, protocol.encodeReachRequest, protocol.decodeReachRequest),
  'reach reply': door(arbitrary.reachReply, protocol.encodeReachReply, protocol.decodeReachReply),
  'punch address': door(arbitrary.punchAddress, protocol.encodePunchAddress, protocol.decodePunchAddress),
  'hop request': door(arbitrary.hopRequest, (message) => message, protocol.decodeHopRequest),
  'stop status': door(arbitrary.stopStatus, (message) => message, protocol.decodeStopStatus),
  command: door(arbitrary.command, protocol.encodeCommand, protocol.decodeCommand),
  'command reply': door(arbitrary.commandReply, protocol.encodeCommandReply, protocol.decodeCommandReply)
}

/** Those with lists in them. */
const LISTS = ['scenes', 'beat', 'node info', 'grant', 'sync request', 'sync reply'] as const

/** The most entries that any list of a message may have. */
const ENTRIES_MAX = LIMITS.projectsMax

/** Values that a message consists of, and the bytes and characters in them; ends early where there are more than there may be. */
function weigh(value: unknown): { values: number; bytes: number } {
  const weight = { values: 0, bytes: 0 }
  const open: unknown[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    weight.values += 1
    if (typeof next === 'string') weight.bytes += next.length
    else if (next instanceof Uint8Array) weight.bytes += next.byteLength
    else if (Array.isArray(next)) {
      if (next.length > ENTRIES_MAX) return { ...weight, values: Infinity }
      open.push(...(next as unknown[]))
    } else if (typeof next === 'object' && next !== null) open.push(...Object.values(next))
  }
  return weight
}

describe('whatever is done to a message, its door takes it or refuses it by its own error', () => {
  const doors = Object.entries(DOORS)
  test.for(doors)('%s', { timeout: isNightly ? 1_800_000 : 30_000 }, ([name, { samples, decode }]) => {
    const count = Math.ceil(RUNS / doors.length)
    const index = doors.findIndex(([other]) => other === name)
    let refused = 0
    for (let run = 0; run < count; run += 1) {
      const seed = SEED + index * 10_000_000 + run
      const random = randomFrom(seed)
      const pick = (): Uint8Array => samples[Math.floor(random() * samples.length)] ?? new Uint8Array()
      const bytes = mutate(pick(), pick(), random)
      try {
        const { values, bytes: held } = weigh(decode(bytes))
        // A value takes a byte at least, and one of hex two characters for each byte.
        if (values > bytes.byteLength + 64 || held > 2 * bytes.byteLength + 1024)
          throw new Error(`${values} values and ${held} bytes of ${bytes.byteLength}`)
      } catch (error) {
        if (!(error instanceof protocol.ProtocolError)) throw new Error(`seed ${seed}`, { cause: error })
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(count / 3)
  })
})

describe('lists are not read beyond their limit', () => {
  test.for(LISTS)('%s', (name) => {
    const { samples, decode } = DOORS[name]
    const many = LIMITS.syncMessageBytesMax / 2 - 100
    for (let number = 1; number <= 12; number += 1) {
      const list = Buffer.concat([samples[0] ?? new Uint8Array(), Buffer.alloc(many, Buffer.from([number * 8 + 2, 0]))])
      const before = process.memoryUsage().heapUsed
      try {
        decode(list)
      } catch (error) {
        expect(error).toBeInstanceOf(protocol.ProtocolError)
      }
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(24 << 20)
    }
  })
})

/** Reads a file of this node. */
const NO_DOOR = 'decodeKept'

test('every reader of the wire is behind one of the doors', () => {
  const readers = Object.entries(protocol).filter(([name]) => /^decode[A-Z]/.test(name) && name !== NO_DOOR)
  const tried = new Set<unknown>(Object.values(DOORS).map(({ decode }) => decode))
  expect(readers.flatMap(([name, decode]) => (tried.has(decode) ? [] : [name]))).toEqual([])
})

test('there are the kinds of change that were thought of, and each changes something', () => {
  const sample = DOORS.announcement.samples[0] ?? new Uint8Array()
  const other = DOORS.beat.samples[0] ?? new Uint8Array()
  for (const [name, change] of Object.entries(MUTATIONS)) {
    const changed = Array.from({ length: 50 }, (_, seed) => change(sample, randomFrom(seed), other))
    expect(
      changed.some((bytes) => Buffer.compare(bytes, sample) !== 0),
      name
    ).toBe(true)
  }
})
