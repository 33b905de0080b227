import { EXIT } from './av/errors.ts'
import type { PieceFrames } from './decode.ts'
import { MediaError } from './errors.ts'
import { expectSuccess, lastWords, type ProcessEnd } from './process.ts'

/** The arguments that tell `av/main.ts` what to decode. */
export const avPiece = ({ pieceFile, skip, frames }: PieceFrames): string[] => [
  `--piece=${pieceFile}`,
  `--skip=${skip}`,
  `--frames=${frames}`
]

/** @throws MediaError `decode-failed`, `input-mismatch` or, for all else, `encode-failed`, unless the program ended well */
export function expectAvSuccess(end: ProcessEnd, program: string): void {
  if (end.code === EXIT.mismatch) {
    const what = `The piece decodes to another format: ${lastWords(end.stderrTail)}`
    throw new MediaError('input-mismatch', what, { stderrTail: end.stderrTail })
  }
  expectSuccess(end, program, end.code === EXIT.decode ? 'decode-failed' : 'encode-failed')
}
