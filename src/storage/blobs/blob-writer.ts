import { createHash } from 'node:crypto'
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { sayingWhenFull } from '../disk-errors.ts'
import { StorageError } from '../errors.ts'
import { hashFile } from '../../common/hash-file.ts'
import type { BlobWriter } from '../ports.ts'
import type { BlobRef } from '../../swarm/protocol/index.ts'

export interface BlobWriterInit {
  /** What is stored beyond a multiple of this is the rest. */
  readonly chunkBytes: number
  /** Gives the whole file its name. */
  readonly moveIn: (file: string) => Promise<void>
  /** Called once, when nothing more happens to the file. */
  readonly onEnd: () => void
}

const NOTHING = new Uint8Array()

/** Receives a blob into its own file; resumes what an earlier transfer left there. */
export async function openBlobWriter(file: string, ref: BlobRef, init: BlobWriterInit): Promise<BlobWriter> {
  const handle = await open(file, 'a+', 0o600)
  let bytes: number
  let rest: Uint8Array = NOTHING
  try {
    const there = (await handle.stat()).size
    const isWhole = there === ref.bytes
    bytes = there > ref.bytes ? 0 : there - (isWhole ? 0 : there % init.chunkBytes)
    if (there < ref.bytes) rest = await readFrom(handle, bytes, there - bytes)
    await handle.truncate(bytes)
  } catch (error) {
    await handle.close()
    throw error
  }
  const offset = bytes
  // What lay here before has to be read for its hash; what comes is hashed as it is written.
  const hash = offset === 0 ? createHash('sha256') : undefined
  let isOpen = true
  let isTorn = false

  async function cutTorn(): Promise<void> {
    if (isTorn) await handle.truncate(bytes)
    isTorn = false
  }

  async function end(task: () => Promise<void>): Promise<void> {
    isOpen = false
    try {
      await task()
    } finally {
      init.onEnd()
    }
  }

  async function write(chunk: Uint8Array): Promise<void> {
    await cutTorn()
    try {
      await handle.appendFile(chunk)
      bytes += chunk.byteLength
      hash?.update(chunk)
    } catch (error) {
      isTorn = true
      await cutTorn().catch(() => {})
      throw error
    }
  }

  return {
    offset,
    rest,
    write: async (chunk) => sayingWhenFull(async () => write(chunk)),
    close: async (left = NOTHING) => {
      if (!isOpen) return
      await end(async () => {
        try {
          // Worth less than the transfer that ends here.
          if (left.byteLength > 0) await write(left).catch(() => {})
        } finally {
          await handle.close()
        }
      })
    },
    // No other transfer may receive it before it has its name: that would truncate the file.
    commit: async () =>
      end(async () =>
        sayingWhenFull(async () => {
          try {
            await cutTorn()
          } finally {
            await handle.close()
          }
          if ((await stat(file)).size !== ref.bytes || (hash?.digest('hex') ?? (await hashFile(file))) !== ref.sha256) {
            await rm(file, { force: true })
            throw new StorageError('hash-mismatch', 'the received bytes do not match the announced hash')
          }
          await init.moveIn(file)
        })
      )
  }
}

async function readFrom(handle: FileHandle, at: number, bytes: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(bytes), 0, bytes, at)
  return buffer.subarray(0, bytesRead)
}
