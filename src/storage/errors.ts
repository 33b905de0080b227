/**
 * Codes are API: documented, never reused. `in-use`: another node has the folder. `open-failed`: the database cannot be opened, and not for damage.
 * `too-new`: written by a later version. `no-space`: the disk or the quota for cached blobs is full; nothing of the request is stored.
 * `hash-mismatch`: received bytes are not the announced ones. `busy`: this blob is being received already.
 */
export type StorageErrorCode = 'in-use' | 'open-failed' | 'too-new' | 'no-space' | 'hash-mismatch' | 'busy'

/** The data folder could not do what was asked. */
export class StorageError extends Error {
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StorageError'
    this.code = code
  }
}
