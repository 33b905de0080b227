import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { ProtocolError } from './errors.ts'
import { LIMITS } from './limits.ts'
import type { BlobRef, Maker, Probe } from './types.ts'
import type * as wire from './wire/messages.js'

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return toString(bytes, 'base16')
}

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(fromString(hex, 'base16'))
}

export function invalid(what: string): never {
  throw new ProtocolError('invalid', what)
}

/** Half a surrogate pair would change when it is encoded again, so a text that contains one is refused. */
export function text(value: string, charsMax: number, name: string): string {
  if (value.length > charsMax) return invalid(`${name} is longer than ${charsMax} characters`)
  return value.isWellFormed() ? value : invalid(`${name} is not Unicode`)
}

/** What `text` takes: cut to the limit, with half a surrogate pair, which a cut can leave, replaced by U+FFFD. */
export function clipText(value: string, charsMax: number): string {
  return value.slice(0, charsMax).toWellFormed()
}

/** A short, non-empty word without control characters or spaces. */
export function word(value: string, name: string): string {
  return value.length <= LIMITS.wordCharsMax && /^[\x21-\x7e]+$/.test(value) ? value : invalid(`${name} is not a word`)
}

export function wordOrEmpty(value: string, name: string): string {
  return value === '' ? value : word(value, name)
}

export function choice<T extends string>(value: string, choices: readonly T[], name: string): T {
  return (choices as readonly string[]).includes(value)
    ? (value as T)
    : invalid(`${name} is not one of ${choices.join(', ')}`)
}

export function integer(value: number, min: number, max: number, name: string): number {
  return Number.isSafeInteger(value) && value >= min && value <= max
    ? value
    : invalid(`${name} is not an integer from ${min} to ${max}`)
}

export function finite(value: number, name: string): number {
  return Number.isFinite(value) ? value : invalid(`${name} is not a finite number`)
}

export function counter(value: number, name: string): number {
  return integer(value, 0, Number.MAX_SAFE_INTEGER, name)
}

export function hash(bytes: Uint8Array, name: string): string {
  return bytes.byteLength === 32 ? toHex(bytes) : invalid(`${name} is not a sha-256`)
}

export function hashOrEmpty(bytes: Uint8Array, name: string): string {
  return bytes.byteLength === 0 ? '' : hash(bytes, name)
}

export function nonce(bytes: Uint8Array, name: string): string {
  return bytes.byteLength === 16 ? toHex(bytes) : invalid(`${name} is not 16 bytes`)
}

export function peerId(value: string, name: string): string {
  return value.length <= LIMITS.peerIdCharsMax && /^[1-9A-HJ-NP-Za-km-z]{20,}$/.test(value)
    ? value
    : invalid(`${name} is not a peer id`)
}

/** Lower-case base32, 26 characters: 128 bits. */
export function projectId(value: string): string {
  return /^[a-z2-7]{26}$/.test(value) ? value : invalid('not a project id')
}

export function blobRef(value: wire.BlobRef | undefined, name: string): BlobRef {
  if (value == null) return invalid(`${name} is missing`)
  return { sha256: hash(value.sha256, name), bytes: integer(value.bytes, 1, LIMITS.blobBytesMax, `${name}'s length`) }
}

export function toWireBlobRef(ref: BlobRef): wire.BlobRef {
  return { sha256: fromHex(ref.sha256), bytes: ref.bytes }
}

export function quantiser(value: number | undefined): number | undefined {
  return value == null ? undefined : integer(value, 0, LIMITS.quantiserMax, 'quantiser')
}

/** In the wire types, an optional field is absent, not undefined. */
export function withOptional<T extends object, K extends keyof T>(
  message: T,
  key: K
): Omit<T, K> & { readonly [P in K]?: Exclude<T[P], undefined> } {
  const { [key]: value, ...others } = message
  return (value === undefined ? others : message) as Omit<T, K> & { readonly [P in K]?: Exclude<T[P], undefined> }
}

export function maker(raw: wire.Maker | undefined): Maker | undefined {
  if (raw == null) return undefined
  return { build: word(raw.encoderBuild, "the maker's build"), probe: hashOrEmpty(raw.probe, "the maker's probe") }
}

export function probe(raw: wire.Probe | undefined): Probe | undefined {
  return raw == null ? undefined : { frames: hash(raw.frames, 'probe'), header: hash(raw.header, "probe's header") }
}

/** Runs a decoder and turns what it throws on bad bytes into `malformed`. */
export function decoding<T>(bytes: Uint8Array, bytesMax: number, decode: (bytes: Uint8Array) => T): T {
  if (bytes.byteLength > bytesMax)
    throw new ProtocolError('too-large', `${bytes.byteLength} bytes; the limit is ${bytesMax}`)
  try {
    return decode(bytes)
  } catch (cause) {
    throw new ProtocolError('malformed', 'not a message of this protocol', { cause })
  }
}
