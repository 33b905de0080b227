import { ProtocolError } from '../protocol/index.ts'

/**
 * - `not-found`: nobody who was asked has it.
 * - `busy`: somebody may have it and had too much to do, each time.
 * - `wrong-bytes`: what somebody sent is not the blob, or not this protocol.
 * - `unreachable`: somebody could not be reached, broke off or stood still.
 */
export type BlobErrorCode = 'not-found' | 'busy' | 'wrong-bytes' | 'unreachable'

/** A blob could not be had from a peer, or from any of them. */
export class BlobError extends Error {
  readonly code: BlobErrorCode

  constructor(code: BlobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BlobError'
    this.code = code
  }
}

/** A lie first, then what may pass, then what is only absent. */
const TELLING: readonly BlobErrorCode[] = ['wrong-bytes', 'busy', 'unreachable', 'not-found']

/** Of two failures the one that says more; of equals the first. */
export function moreTelling(one: BlobError | undefined, other: BlobError): BlobError {
  if (one == null) return other
  return TELLING.indexOf(other.code) < TELLING.indexOf(one.code) ? other : one
}

/** What went wrong with a peer, in one of the codes. */
export function asBlobError(error: unknown): BlobError {
  if (error instanceof BlobError) return error
  if (error instanceof ProtocolError) return new BlobError('wrong-bytes', error.message, { cause: error })
  return new BlobError('unreachable', 'the peer that holds the blob cannot be reached, or broke off', { cause: error })
}
