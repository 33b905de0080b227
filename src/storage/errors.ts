/** Codes are API: documented, never reused. */
export type StorageErrorCode = 'in-use' | 'open-failed' | 'hash-mismatch' | 'busy'

/** The data folder could not do what was asked. */
export class StorageError extends Error {
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StorageError'
    this.code = code
  }
}
