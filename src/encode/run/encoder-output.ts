import { BitstreamError, complaintOf, type EncoderModule } from '../spec/index.ts'
import { MediaError } from './errors.ts'
import { type IvfSummary, readIvfFile } from './ivf-file.ts'
import type { ProcessEnd } from './process.ts'
import type { RunOptions } from './types.ts'

export interface EncoderOutput {
  readonly encoder: EncoderModule
  /** How the last pass ended, with exit code 0. */
  readonly end: ProcessEnd
  readonly file: string
  readonly frames: number
}

/**
 * Reads what an encoder wrote. An exit code of 0 is not enough: SvtAv1EncApp has it after values that it refused, and aomenc after an input that ended early.
 * @throws MediaError `encode-failed`
 */
export async function checkOutput(output: EncoderOutput, options: RunOptions): Promise<IvfSummary> {
  const { encoder, end, file, frames } = output
  const failure = (what: string, cause?: unknown): MediaError =>
    new MediaError('encode-failed', what, { cause, stderrTail: end.stderrTail })
  try {
    const summary = await readIvfFile(file, () => {}, options)
    if (summary.frames === frames) return summary
    throw failure(`The encoder wrote ${summary.frames} frames, not ${frames}.`)
  } catch (error) {
    if (error instanceof BitstreamError) throw failure(`The encoder's file is damaged: ${error.message}.`, error)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const said = complaintOf(encoder, end.stderrTail) || 'it said nothing'
    throw failure(`${encoder.program} wrote no file: ${said}`, error)
  }
}
