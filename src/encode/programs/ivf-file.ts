import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createIvfReader, type IvfFrame, type IvfHeader } from '../rules/index.ts'
import type { RunOptions } from './run-options.ts'

const READ_BYTES = 64 * 1024

/** What an IVF file holds, and its hash, from one reading. */
export interface IvfSummary {
  readonly header: IvfHeader
  readonly frames: number
  readonly bytes: number
  readonly sha256: string
}

/**
 * Reads an IVF file frame by frame, holding one at a time.
 * @throws BitstreamError
 */
export async function readIvfFile(
  file: string,
  onFrame: (frame: IvfFrame, header: IvfHeader) => void | Promise<void>,
  { signal }: RunOptions
): Promise<IvfSummary> {
  const reader = createIvfReader()
  const hash = createHash('sha256')
  let frames = 0
  let bytes = 0
  for await (const chunk of createReadStream(file, {
    signal,
    highWaterMark: READ_BYTES
  }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    bytes += chunk.length
    for (const frame of reader.push(chunk)) {
      if (reader.header !== undefined) await onFrame(frame, reader.header)
      frames += 1
    }
  }
  reader.end()
  const header = reader.header
  if (header === undefined) throw new RangeError('an IVF reader that ended has a header')
  return { header, frames, bytes, sha256: hash.digest('hex') }
}
