import { filteredFrames, type FilterJob } from './filtered.ts'
import { decodeFrames, someFrames } from './frames.ts'
import type { AvFrame, AvLibrary } from './library.ts'

/** Frames of a source piece, and what is made of them. */
export interface Piece {
  readonly file: string
  readonly skip: number
  readonly count: number
  /** Undefined: nothing. */
  readonly filters: FilterJob | undefined
}

/** The frames that are encoded. One is valid until the next is asked for. */
export function pieceFrames(av: AvLibrary, piece: Piece): Iterable<AvFrame> {
  const decoded = someFrames(decodeFrames(av, { file: piece.file, container: 'matroska' }), piece)
  return piece.filters === undefined ? decoded : filteredFrames(av, decoded, piece.filters)
}
