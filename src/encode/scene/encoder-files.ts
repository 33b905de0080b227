import { appendFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { thisSystem } from '../../platform/index.ts'
import {
  BitstreamError,
  complaintOf,
  type EncoderModule,
  type EncoderParams,
  frameBytes,
  IVF_HEADER_BYTES,
  type VideoFormat
} from '../rules/index.ts'
import type { GivenFiles } from '../programs/boxed-program.ts'
import { MediaError } from '../programs/errors.ts'
import { type IvfSummary, readIvfFile } from '../programs/ivf-file.ts'
import type { ProcessEnd } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Where an encoder finds and leaves its files; owners name none. */
export interface EncoderFiles {
  /** The scene's frames, where they are kept for both passes. */
  readonly framesFile: string
  readonly statsFile: string
  readonly grainFile: string
  readonly outputFile: string
  /** Where a first pass writes output that nobody reads. */
  readonly nullDevice: string
}

/** Headers of an encoded frame and of the file around it, with room. */
const FRAME_OVERHEAD_BYTES = 64 * 1024

/** What an encoder is given. No frame gets longer than its samples by more than its headers. */
export const givenFiles = (
  { statsFile, grainFile, outputFile }: EncoderFiles,
  video: VideoFormat,
  frames: number
): GivenFiles & { readonly fileBytesMax: number } => ({
  reads: [grainFile],
  writes: [outputFile, statsFile],
  fileBytesMax: IVF_HEADER_BYTES + frames * (2 * frameBytes(video) + FRAME_OVERHEAD_BYTES)
})

/** Writes the files that the parameters need into an empty folder. */
export async function prepareFiles(
  folder: string,
  encoder: EncoderModule,
  params: EncoderParams,
  video: VideoFormat
): Promise<EncoderFiles> {
  const at = (name: string): string => join(folder, name)
  const grainFile = at('grain.tbl')
  const table = encoder.grainTable?.(params, video)
  if (table !== undefined) await writeFile(grainFile, table)
  return {
    framesFile: at('frames.y4m'),
    statsFile: at('pass.log'),
    grainFile,
    outputFile: at('scene.ivf'),
    nullDevice: thisSystem.nullDevice
  }
}

/** Leaves the encoded scene only. */
export async function dropInputs({ framesFile, statsFile, grainFile }: EncoderFiles): Promise<void> {
  await Promise.all([framesFile, statsFile, grainFile].map(async (file) => rm(file, { force: true })))
}

/** More than is left of a block where a full disk cut a file. */
const SPACE_PROBE_BYTES = 64 * 1024

export interface EncoderOutput {
  readonly encoder: EncoderModule
  /** How the last pass ended, with exit code 0. */
  readonly end: ProcessEnd
  readonly file: string
  readonly frames: number
}

/**
 * Reads what an encoder wrote. An exit code of 0 is not enough: SvtAv1EncApp has it after values that it refused and on a full disk, and aomenc after an input that ended early.
 * @throws MediaError `encode-failed`; the system's error where the file is cut because the disk is full
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
    if (!(error instanceof BitstreamError)) throw error
    const { size } = await stat(file)
    await appendFile(file, new Uint8Array(SPACE_PROBE_BYTES))
    if (size > 0) throw failure(`The encoder's file is damaged: ${error.message}.`, error)
    const said = complaintOf(encoder, end.stderrTail) || 'it printed nothing'
    throw failure(`${encoder.program} wrote nothing: ${said}`, error)
  }
}
