const KIB = 1024

/** The first piece: its time says how fast the way is. */
export const PIECE_BYTES_FIRST = 1024 * KIB
export const PIECE_BYTES_MIN = 256 * KIB
/** A piece is held in memory. */
export const PIECE_BYTES_MAX = 16 * 1024 * KIB

const PIECE_MS = 2000

/** The size of the next piece, which takes about 2 s at the speed of the last one. It grows to twice the last piece at most. */
export function nextPieceBytes(bytes: number, tookMs: number): number {
  const wanted = Math.round((bytes * PIECE_MS) / Math.max(1, tookMs))
  return Math.min(PIECE_BYTES_MAX, Math.max(PIECE_BYTES_MIN, Math.min(wanted, 2 * bytes)))
}
