import { expect, test } from 'vitest'
import {
  nextPieceBytes,
  PIECE_BYTES_FIRST,
  PIECE_BYTES_MAX,
  PIECE_BYTES_MIN
} from '../../../../../src/node/cli/transfer/piece-size.ts'

test.for([
  ['a fast way doubles it', PIECE_BYTES_FIRST, 10, 2 * PIECE_BYTES_FIRST],
  ['up to the largest', PIECE_BYTES_MAX, 10, PIECE_BYTES_MAX],
  ['at two seconds it stays', 4_000_000, 2000, 4_000_000],
  ['a slow way makes it smaller at once', 4_000_000, 16_000, 500_000],
  ['down to the smallest', PIECE_BYTES_MIN, 60_000, PIECE_BYTES_MIN],
  ['a piece that took no time', PIECE_BYTES_FIRST, 0, 2 * PIECE_BYTES_FIRST]
] as const)('%s', ([, bytes, tookMs, next]) => {
  expect(nextPieceBytes(bytes, tookMs)).toBe(next)
})
