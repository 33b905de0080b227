import { open, writeFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { sayingWhenFull } from '../disk-errors.ts'
import { createInOrder } from '../../common/in-order.ts'
import { syncFolder } from '../../platform/index.ts'

const HEADER_BYTES = 8

export interface JournalInit {
  /** Called when records were lost: this many bytes at the end of the file were not records. They are kept in `<file>.cut`. */
  readonly onDamage: (bytes: number) => void
}

/** A file of records, only ever added to. Each is a length (4 bytes), the crc-32 of its bytes (4), both big-endian, and the bytes. */
export interface Journal {
  /** Durable when it resolves; otherwise nothing of the record is stored. @throws StorageError `no-space` */
  append: (record: Uint8Array) => Promise<void>
  /** All records in order. Everything from the first torn or damaged one on is cut off the file. */
  records: () => Promise<Uint8Array[]>
  /** Waits for work that has begun. A later call reopens the file. */
  close: () => Promise<void>
}

/** Opens and creates no file before the first record. */
export function createJournal(path: string, { onDamage }: JournalInit): Journal {
  const inOrder = createInOrder()
  let handle: FileHandle | undefined
  /** Length of the known good part while the file is open. */
  let goodBytes = 0
  /** A failed record that could not be cut off yet: the file counts up to here only. */
  let cutTo: number | undefined

  async function read(file: FileHandle): Promise<Uint8Array[]> {
    if (cutTo != null) await cut(file, cutTo)
    cutTo = undefined
    const content = await readWhole(file)
    const { records, bytes } = parse(content)
    if (bytes < content.byteLength) {
      const lost = content.subarray(bytes)
      await writeFile(`${path}.cut`, lost, { mode: 0o600 }).catch(() => {})
      await cut(file, bytes)
      onDamage(lost.byteLength)
    }
    goodBytes = bytes
    return records
  }

  async function opened(): Promise<FileHandle> {
    if (handle != null) return handle
    const file = (await openIfThere(path)) ?? (await create(path))
    try {
      await read(file)
    } catch (error) {
      await file.close()
      throw error
    }
    handle = file
    return file
  }

  async function closeHandle(): Promise<void> {
    const file = handle
    handle = undefined
    await file?.close()
  }

  return {
    append: async (record) =>
      inOrder(async () => {
        if (record.byteLength === 0) throw new RangeError('a record has at least one byte')
        return sayingWhenFull(async () => {
          const file = await opened()
          const frame = frameOf(record)
          try {
            await writeAll(file, frame, goodBytes)
            await file.datasync()
          } catch (error) {
            cutTo = goodBytes
            await cut(file, goodBytes).then(
              () => (cutTo = undefined),
              // The next call reopens the file and truncates it before it does anything else.
              async () => closeHandle().catch(() => {})
            )
            throw error
          }
          goodBytes += frame.byteLength
        })
      }),
    records: async () =>
      inOrder(async () => {
        if (handle != null) return read(handle)
        const file = await openIfThere(path)
        if (file == null) return []
        try {
          return await read(file)
        } finally {
          await file.close()
        }
      }),
    close: async () => inOrder(closeHandle)
  }
}

/** Records up to the first incomplete one, and how many bytes they take. A length of 0 is not a record: a crash can leave zeros. */
function parse(content: Buffer): { records: Uint8Array[]; bytes: number } {
  const records: Uint8Array[] = []
  let at = 0
  while (at + HEADER_BYTES < content.byteLength) {
    const length = content.readUInt32BE(at)
    const record = content.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    if (length === 0 || record.byteLength < length || crc32(record) !== content.readUInt32BE(at + 4)) break
    records.push(new Uint8Array(record))
    at += HEADER_BYTES + length
  }
  return { records, bytes: at }
}

function frameOf(record: Uint8Array): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + record.byteLength)
  frame.writeUInt32BE(record.byteLength, 0)
  frame.writeUInt32BE(crc32(record), 4)
  frame.set(record, HEADER_BYTES)
  return frame
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function create(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx+', 0o600)
  try {
    await syncFolder(dirname(path))
  } catch (error) {
    await file.close()
    throw error
  }
  return file
}

async function readWhole(file: FileHandle): Promise<Buffer> {
  const content = Buffer.alloc((await file.stat()).size)
  let at = 0
  while (at < content.byteLength) {
    const { bytesRead } = await file.read(content, at, content.byteLength - at, at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return content.subarray(0, at)
}

/** A full disk first accepts part of a write, and only then fails. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let at = 0
  while (at < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, at, bytes.byteLength - at, position + at)
    at += bytesWritten
  }
}

async function cut(file: FileHandle, bytes: number): Promise<void> {
  await file.truncate(bytes)
  await file.datasync()
}
