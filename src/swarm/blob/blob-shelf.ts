import type { BlobRef } from '../protocol/index.ts'

/** Where blobs are stored. */
export interface BlobShelf {
  path: (sha256: string) => string
  /** Length in bytes; undefined when it is not here. */
  size: (sha256: string) => Promise<number | undefined>
  has: (ref: BlobRef) => Promise<boolean>
  receive: (ref: BlobRef) => Promise<ShelfWriter>
}

/** A blob on its way in. */
export interface ShelfWriter {
  /** Bytes that are stored already: whole chunks, or all of them. */
  readonly offset: number
  /** What an earlier transfer left of the chunk after them. It is not stored any more: `close` stores it again. */
  readonly rest: Uint8Array
  write: (chunk: Uint8Array) => Promise<void>
  /** Checks length and hash and gives it its name. @throws an Error with the code `hash-mismatch`; nothing is kept then. */
  commit: () => Promise<void>
  /** Stops; the received bytes are kept for later. @param rest what came of the next chunk. Default none */
  close: (rest?: Uint8Array) => Promise<void>
}

/** This node's own disk failed: asking another peer would not help. */
export class ShelfError extends Error {
  constructor(cause: unknown) {
    super('the blob could not be stored here', { cause })
    this.name = 'ShelfError'
  }
}

/** @throws ShelfError around whatever the shelf throws. */
export async function onShelf<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new ShelfError(error)
  }
}

/** @returns false when the bytes have another hash; nothing of them is kept then. @throws ShelfError */
export async function commit(writer: ShelfWriter): Promise<boolean> {
  try {
    await writer.commit()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'hash-mismatch') return false
    throw new ShelfError(error)
  }
}
