import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { LIMITS } from '../protocol/index.ts'
import { BlobError } from './blob-error.ts'
import { createTurns } from './turns.ts'

export interface ChunkHashesInit {
  /** Total length of the lists kept in memory. */
  readonly bytesMax: number
  /** Files that are read at the same time. */
  readonly parallel: number
  /** Files that are read or wait for it; more are refused. */
  readonly runningMax: number
  readonly signal: AbortSignal
}

/** The sha-256 of each chunk of a blob, one after the other. */
export interface ChunkHashes {
  /**
   * Reads a file once, however many callers ask meanwhile and whether or not they wait; remembers the answer as long as the file is unchanged.
   * @returns undefined when the file does not have its hash (any more). @throws BlobError `busy` when too many files wait to be read.
   */
  of: (sha256: string, path: string) => Promise<Uint8Array | undefined>
}

export function createChunkHashes(init: ChunkHashesInit): ChunkHashes {
  const turns = createTurns(init.parallel)
  const running = new Map<string, Promise<Uint8Array | undefined>>()
  // In the order of last use.
  const lists = new Map<string, Uint8Array>()
  let bytes = 0

  function keep(key: string, list: Uint8Array): void {
    lists.set(key, list)
    bytes += list.byteLength
    for (const [oldest, other] of lists) {
      if (bytes <= init.bytesMax) break
      lists.delete(oldest)
      bytes -= other.byteLength
    }
  }

  async function read(key: string, sha256: string, path: string): Promise<Uint8Array | undefined> {
    const end = await turns.take('', init.signal)
    try {
      const list = await hashFile(sha256, path, init.signal)
      if (list != null) keep(key, list)
      return list
    } finally {
      end()
      running.delete(key)
    }
  }

  return {
    of: async (sha256, path) => {
      // A damaged file may have been replaced by a good one.
      const { ino, size, mtimeMs } = await stat(path)
      const key = `${sha256} ${ino} ${size} ${mtimeMs}`
      const known = lists.get(key)
      if (known != null) {
        lists.delete(key)
        lists.set(key, known)
        return known
      }
      const reading = running.get(key)
      if (reading != null) return reading
      if (running.size >= init.runningMax) throw new BlobError('busy', 'too many blobs wait to be hashed')
      const mine = read(key, sha256, path)
      running.set(key, mine)
      return mine
    }
  }
}

/** Both hashes in one reading: a holder whose disk went bad must not look like a liar. */
async function hashFile(sha256: string, path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const whole = createHash('sha256')
  const hashes: Buffer[] = []
  for await (const chunk of fileChunks(path, 0, signal)) {
    whole.update(chunk)
    hashes.push(createHash('sha256').update(chunk).digest())
  }
  return whole.digest('hex') === sha256 ? new Uint8Array(Buffer.concat(hashes)) : undefined
}

/** A file from an offset on, in chunks of the protocol's length. */
export async function* fileChunks(path: string, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { start: offset, highWaterMark: LIMITS.chunkBytes, signal })
  for await (const chunk of file) yield chunk as Uint8Array
}
