import { writeSync } from 'node:fs'
import { decodeFrames } from './frames.ts'
import { type Piece, pieceFrames } from './piece.ts'
import { AvError } from './errors.ts'
import { type AvFrame, type AvLibrary } from './library.ts'

export interface PairsJob {
  readonly piece: Piece
  /** An IVF file with an encode of these frames. */
  readonly encoded: string
  /** Of an encoded frame, planes without padding. */
  readonly frameBytes: number
  /** Bits by which samples of the source are shifted up to the depth of the encode, which is then two bytes a sample. */
  readonly shift: number
}

const STDOUT = 1

function shifted(planes: Uint8Array, bits: number): Uint8Array {
  return new Uint8Array(Uint16Array.from(planes, (sample) => sample << bits).buffer)
}

function writeFrame(frame: AvFrame, bytes: number, shift = 0): void {
  const planes = shift === 0 ? frame.toBuffer() : shifted(frame.toBuffer(), shift)
  if (planes.length !== bytes) throw new AvError('mismatch', 'a frame is not of the size of the video')
  for (let at = 0; at < bytes;) at += writeSync(STDOUT, planes, at)
}

/** Writes source and encode, frame by frame in turn. */
export function writePairs(av: AvLibrary, { piece, encoded, frameBytes, shift }: PairsJob): void {
  const theirs = decodeFrames(av, { file: encoded, container: 'ivf' })
  for (const frame of pieceFrames(av, piece)) {
    const other = theirs.next()
    if (other.done === true) break
    writeFrame(frame, frameBytes, shift)
    writeFrame(other.value, frameBytes)
  }
  theirs.return()
}
