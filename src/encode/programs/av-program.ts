import { filterWords, type PictureFilters } from '../rules/index.ts'
import { EXIT } from './av/errors.ts'
import type { PieceFrames } from './decode.ts'
import { MediaError } from './errors.ts'
import { expectSuccess, lastWords, type ProcessEnd } from './process.ts'

const avFilters = (filters: PictureFilters): string[] => [
  `--piece-width=${filters.from.width}`,
  `--piece-height=${filters.from.height}`,
  `--piece-format=${filters.from.pixelFormat}`,
  `--filters=${filterWords(filters)}`
]

/** The arguments that tell `av/main.ts` what to decode. */
export const avPiece = ({ pieceFile, skip, frames, filters }: PieceFrames): string[] => [
  `--piece=${pieceFile}`,
  `--skip=${skip}`,
  `--frames=${frames}`,
  ...(filters === undefined ? [] : avFilters(filters))
]

/** @throws MediaError `decode-failed`, `input-mismatch` or, for all else, `encode-failed`, unless the program ended well */
export function expectAvSuccess(end: ProcessEnd, program: string): void {
  if (end.code === EXIT.mismatch) {
    const what = `The piece decodes to another format: ${lastWords(end.stderrTail)}`
    throw new MediaError('input-mismatch', what, { stderrTail: end.stderrTail })
  }
  expectSuccess(end, program, end.code === EXIT.decode ? 'decode-failed' : 'encode-failed')
}
