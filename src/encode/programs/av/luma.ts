import { writeSync } from 'node:fs'
import { decodeFrames } from './frames.ts'
import { type Piece, pieceFrames } from './piece.ts'
import { AvError } from './errors.ts'
import { type AvFrame, type AvLibrary } from './library.ts'

export interface LumaJob {
  readonly piece: Piece
  /** An IVF file with an encode of these frames. */
  readonly encoded: string
  /** One in this many frames is reported. */
  readonly every: number
  /** Bytes of a luma plane. */
  readonly planeBytes: number
}

const STDOUT = 1

function writePlane(frame: AvFrame, bytes: number): void {
  const plane = frame.toBuffer().subarray(0, bytes)
  if (plane.length < bytes) throw new AvError('mismatch', 'a frame is smaller than the video')
  for (let at = 0; at < bytes;) at += writeSync(STDOUT, plane, at)
}

/** Writes luma of source and encode in turn, for the frames that are measured. */
export function writeLuma(av: AvLibrary, { piece, encoded, every, planeBytes }: LumaJob): void {
  const theirs = decodeFrames(av, { file: encoded, container: 'ivf' })
  let number = 0
  for (const frame of pieceFrames(av, piece)) {
    const other = theirs.next()
    if (other.done === true) break
    if (number % every === 0) {
      writePlane(frame, planeBytes)
      writePlane(other.value, planeBytes)
    }
    number += 1
  }
  theirs.return()
}
