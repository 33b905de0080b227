import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
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
  decodeSessionMessage,
  decodeSyncReply,
  decodeSyncRequest,
  encodeBeat,
  encodeBlobHeader,
  encodeBlobReceipt,
  encodeBlobRequest,
  encodeClaim,
  encodeCommand,
  encodeCommandReply,
  encodeGrant,
  encodeLogRecord,
  encodeNodeInfo,
  encodeSessionMessage,
  encodeSyncReply,
  encodeSyncRequest,
  LIMITS,
  ProtocolError
} from '../../../../src/swarm/protocol/index.ts'
import * as arbitrary from '../../../fixtures/protocol-arbitraries.ts'
import { refusal } from '../../../fixtures/protocol-samples.ts'

interface Codec<T> {
  readonly name: string
  readonly values: fc.Arbitrary<T>
  readonly encode: (value: T) => Uint8Array
  readonly decode: (bytes: Uint8Array) => T
  readonly bytesMax: number
}

const codec = <T>(one: Codec<T>): Codec<unknown> => one as unknown as Codec<unknown>

const CODECS = [
  codec({
    name: 'log record',
    values: arbitrary.logRecord,
    encode: encodeLogRecord,
    decode: decodeLogRecord,
    bytesMax: LIMITS.envelopeBytesMax
  }),
  codec({
    name: 'command',
    values: arbitrary.command,
    encode: encodeCommand,
    decode: decodeCommand,
    bytesMax: LIMITS.sessionMessageBytesMax
  }),
  codec({
    name: 'command reply',
    values: arbitrary.commandReply,
    encode: encodeCommandReply,
    decode: decodeCommandReply,
    bytesMax: LIMITS.sessionMessageBytesMax
  }),
  codec({
    name: 'blob receipt',
    values: arbitrary.sha256,
    encode: encodeBlobReceipt,
    decode: decodeBlobReceipt,
    bytesMax: LIMITS.sessionMessageBytesMax
  }),
  codec({
    name: 'claim',
    values: arbitrary.claim,
    encode: encodeClaim,
    decode: decodeClaim,
    bytesMax: LIMITS.sessionMessageBytesMax
  }),
  codec({
    name: 'grant',
    values: arbitrary.grant,
    encode: encodeGrant,
    decode: decodeGrant,
    bytesMax: LIMITS.sessionMessageBytesMax
  }),
  codec({
    name: 'session message',
    values: arbitrary.sessionMessage,
    encode: encodeSessionMessage,
    decode: decodeSessionMessage,
    bytesMax: LIMITS.sessionMessageBytesMax
  }),
  codec({
    name: 'beat',
    values: arbitrary.beat,
    encode: encodeBeat,
    decode: decodeBeat,
    bytesMax: LIMITS.envelopeBytesMax
  }),
  codec({
    name: 'node info',
    values: arbitrary.nodeInfo,
    encode: encodeNodeInfo,
    decode: decodeNodeInfo,
    bytesMax: LIMITS.sessionMessageBytesMax
  }),
  codec({
    name: 'sync request',
    values: arbitrary.syncRequest,
    encode: encodeSyncRequest,
    decode: decodeSyncRequest,
    bytesMax: LIMITS.syncMessageBytesMax
  }),
  codec({
    name: 'sync reply',
    values: arbitrary.syncReply,
    encode: encodeSyncReply,
    decode: decodeSyncReply,
    bytesMax: LIMITS.syncMessageBytesMax
  }),
  codec({
    name: 'blob request',
    values: arbitrary.blobRequest,
    encode: encodeBlobRequest,
    decode: decodeBlobRequest,
    bytesMax: LIMITS.sessionMessageBytesMax
  }),
  codec({
    name: 'blob header',
    values: arbitrary.blobHeader,
    encode: encodeBlobHeader,
    decode: decodeBlobHeader,
    bytesMax: LIMITS.blobHeaderBytesMax
  })
]

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? [...part] : part)))

describe.for(CODECS)('$name', ({ values, encode, decode, bytesMax }) => {
  test('comes back as it went', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(plain(decode(encode(value)))).toEqual(plain(value))
      }),
      { numRuns: 200 }
    )
  })

  test('equal values give equal bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(encode(decode(encode(value)))).toEqual(encode(value))
      }),
      { numRuns: 50 }
    )
  })

  test('random bytes are a ProtocolError or a value, never another exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(['taken', 'malformed', 'invalid']).toContain(refusal(() => decode(bytes)))
      }),
      { numRuns: 500 }
    )
  })

  test('a cut or flipped message is a ProtocolError or another value that round-trips', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(7), fc.boolean(), (value, at, bit, cut) => {
        const bytes = Uint8Array.from(encode(value))
        if (bytes.byteLength === 0) return
        const index = at % bytes.byteLength
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit)
        const damaged = cut ? bytes.subarray(0, index) : bytes
        try {
          const taken = decode(damaged)
          expect(plain(decode(encode(taken)))).toEqual(plain(taken))
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
          expect(['malformed', 'invalid']).toContain(error.code)
        }
      }),
      { numRuns: 300 }
    )
  })

  test('one byte more than the limit is too large, before anything is parsed', () => {
    expect(refusal(() => decode(new Uint8Array(bytesMax + 1)))).toBe('too-large')
    expect(refusal(() => decode(new Uint8Array(bytesMax)))).not.toBe('too-large')
  })

  test('groups nested to the limit and length prefixes beyond the end are malformed', () => {
    expect(refusal(() => decode(new Uint8Array(bytesMax).fill(0x0b)))).toBe('malformed')
    expect(refusal(() => decode(Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f)))).toBe('malformed')
    expect(refusal(() => decode(Uint8Array.from({ length: 30 }, () => 0xff)))).toBe('malformed')
  })

  test('fields of a later version are passed over', () => {
    const later = Uint8Array.of(0xa2, 0x06, 3, 1, 2, 3)
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(value)
        const longer = new Uint8Array(bytes.byteLength + later.byteLength)
        longer.set(bytes)
        longer.set(later, bytes.byteLength)
        expect(plain(decode(longer))).toEqual(plain(value))
      }),
      { numRuns: 30 }
    )
  })
})
