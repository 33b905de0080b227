import { choice, decoding, fromHex, hash, integer, invalid } from './codec-checks.ts'
import { LIMITS } from './limits.ts'
import * as wire from './wire/messages.js'

export interface BlobRequest {
  readonly sha256: string
  /** Where an interrupted transfer resumes: any byte of the blob. */
  readonly offset: number
  /** Only asks whether the peer has the blob: the header comes without chunk hashes, and no bytes follow. */
  readonly probe: boolean
}

export interface BlobHeader {
  readonly status: 'ok' | 'not-found' | 'busy'
  /** Length of the whole blob. */
  readonly bytes: number
  /** sha-256 of each chunk of the whole blob, one after the other; empty in the answer to a probe. */
  readonly chunkHashes: Uint8Array
}

export function encodeBlobRequest(request: BlobRequest): Uint8Array {
  return wire.BlobRequest.encode({ sha256: fromHex(request.sha256), offset: request.offset, probe: request.probe })
}

export function decodeBlobRequest(payload: Uint8Array): BlobRequest {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) => wire.BlobRequest.decode(bytes))
  return {
    sha256: hash(raw.sha256, 'blob'),
    offset: integer(raw.offset, 0, LIMITS.blobBytesMax, 'offset'),
    probe: raw.probe
  }
}

export function encodeBlobHeader(header: BlobHeader): Uint8Array {
  return wire.BlobHeader.encode({ ...header, chunkHashes: new Uint8Array(header.chunkHashes) })
}

export function decodeBlobHeader(payload: Uint8Array): BlobHeader {
  const raw = decoding(payload, LIMITS.blobHeaderBytesMax, (bytes) => wire.BlobHeader.decode(bytes))
  const status = choice(raw.status, ['ok', 'not-found', 'busy'], 'status')
  const bytes = integer(raw.bytes, status === 'ok' ? 1 : 0, LIMITS.blobBytesMax, 'length')
  const hashBytes = Math.ceil(bytes / LIMITS.chunkBytes) * 32
  const listed = raw.chunkHashes.byteLength
  if (status === 'ok' && listed !== hashBytes && listed !== 0) invalid('chunk hashes do not match the length')
  return { status, bytes, chunkHashes: raw.chunkHashes }
}

/** The receiver's confirmation that the blob is complete on its disk: the hash that it computed. */
export function encodeBlobReceipt(sha256: string): Uint8Array {
  return wire.BlobReceipt.encode({ sha256: fromHex(sha256) })
}

export function decodeBlobReceipt(payload: Uint8Array): string {
  const raw = decoding(payload, LIMITS.sessionMessageBytesMax, (bytes) => wire.BlobReceipt.decode(bytes))
  return hash(raw.sha256, 'receipt')
}
