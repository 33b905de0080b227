import { writeSync } from 'node:fs'
import { decodeFrames, someFrames } from './frames.ts'
import { AvError } from './errors.ts'
import { type AvFrame, type AvLibrary } from './library.ts'

export interface PairsJob {
  readonly piece: { readonly file: string; readonly skip: number; readonly count: number }
  /** An IVF file with an encode of these frames. */
  readonly encoded: string
  /** Of a frame, planes without padding. */
  readonly frameBytes: number
}

const STDOUT = 1

function writeFrame(frame: AvFrame, bytes: number): void {
  const planes = frame.toBuffer()
  if (planes.length !== bytes) throw new AvError('mismatch', 'a frame is not of the size of the video')
  for (let at = 0; at < bytes;) at += writeSync(STDOUT, planes, at)
}

/** Writes source and encode, frame by frame in turn. */
export function writePairs(av: AvLibrary, { piece, encoded, frameBytes }: PairsJob): void {
  const theirs = decodeFrames(av, { file: encoded, container: 'ivf' })
  for (const frame of someFrames(decodeFrames(av, { file: piece.file, container: 'matroska' }), piece)) {
    const other = theirs.next()
    if (other.done === true) break
    writeFrame(frame, frameBytes)
    writeFrame(other.value, frameBytes)
  }
  theirs.return()
}
