import { choice, decoding, fromHex, hash, integer, invalid } from './codec-checks.ts'
import { LIMITS } from './limits.ts'
import * as wire from './wire/messages.js'

export interface BlobRequest {
  readonly sha256: string
  /** A multiple of the chunk length: where a broken transfer goes on. */
  readonly offset: number
}

export interface BlobHeader {
  readonly status: 'ok' | 'not-found' | 'busy'
  /** Length of the whole blob. */
  readonly bytes: number
  /** sha-256 of each chunk of the whole blob, one after the other. */
  readonly chunkHashes: Uint8Array
}

export function encodeBlobRequest(request: BlobRequest): Uint8Array {
  return wire.BlobRequest.encode({ sha256: fromHex(request.sha256), offset: request.offset })
}

export function decodeBlobRequest(payload: Uint8Array): BlobRequest {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) => wire.BlobRequest.decode(bytes))
  const offset = integer(raw.offset, 0, LIMITS.blobBytesMax, 'offset')
  if (offset % LIMITS.chunkBytes !== 0) invalid('offset is not a multiple of the chunk length')
  return { sha256: hash(raw.sha256, 'blob'), offset }
}

export function encodeBlobHeader(header: BlobHeader): Uint8Array {
  return wire.BlobHeader.encode({ ...header, chunkHashes: new Uint8Array(header.chunkHashes) })
}

export function decodeBlobHeader(payload: Uint8Array): BlobHeader {
  const raw = decoding(payload, LIMITS.blobHeaderBytesMax, (bytes) => wire.BlobHeader.decode(bytes))
  const status = choice(raw.status, ['ok', 'not-found', 'busy'], 'status')
  const bytes = integer(raw.bytes, status === 'ok' ? 1 : 0, LIMITS.blobBytesMax, 'length')
  const hashBytes = Math.ceil(bytes / LIMITS.chunkBytes) * 32
  if (status === 'ok' && raw.chunkHashes.byteLength !== hashBytes) invalid('chunk hashes do not fit the length')
  return { status, bytes, chunkHashes: raw.chunkHashes }
}
