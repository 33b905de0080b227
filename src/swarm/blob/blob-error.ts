import { ProtocolError } from '../protocol/index.ts'

/**
 * - `not-found`: none of the asked peers has it.
 * - `busy`: a peer may have it, but was busy each time.
 * - `wrong-bytes`: a peer sent bytes that are not the blob, or not this protocol.
 * - `unreachable`: a peer could not be reached, broke off or stalled.
 */
export type BlobErrorCode = 'not-found' | 'busy' | 'wrong-bytes' | 'unreachable'

/** A blob could not be fetched from a peer, or from any of them. */
export class BlobError extends Error {
  readonly code: BlobErrorCode

  constructor(code: BlobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BlobError'
    this.code = code
  }
}

/** The most serious first: a lie, then a temporary failure, then an absent blob. */
const TELLING: readonly BlobErrorCode[] = ['wrong-bytes', 'busy', 'unreachable', 'not-found']

/** The more informative of two failures; of equals, the first. */
export function moreTelling(one: BlobError | undefined, other: BlobError): BlobError {
  if (one == null) return other
  return TELLING.indexOf(other.code) < TELLING.indexOf(one.code) ? other : one
}

/** The code for an error with a peer. */
export function asBlobError(error: unknown): BlobError {
  if (error instanceof BlobError) return error
  if (error instanceof ProtocolError) return new BlobError('wrong-bytes', error.message, { cause: error })
  return new BlobError('unreachable', 'the peer that holds the blob cannot be reached, or broke off', { cause: error })
}
