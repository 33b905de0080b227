import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Container,
  type FieldOrder,
  headerEdits,
  headerOptions,
  type PictureHeader,
  type SegmentUids,
  uidOptions
} from '../rules/index.ts'
import { MediaError } from '../programs/errors.ts'
import { expectSuccess, lastWords, runProcess, startProcess } from '../programs/process.ts'
import { writeTimes } from './times-file.ts'
import type { RunOptions } from '../programs/run-options.ts'

export interface MuxInput {
  /** For files in between. */
  readonly workDir: string
  /** Of an interlaced picture. */
  readonly fieldOrder: FieldOrder | undefined
  readonly timestampsMs: readonly number[]
  /** Description of the video. */
  readonly header: PictureHeader
  /** Of the film; empty for none. Default: the source's. */
  readonly title?: string | undefined
  readonly uids: SegmentUids
  readonly videoFile: string
  /** mkvmerge's further inputs, each after its options. */
  readonly others: readonly string[]
  /** Files that they are, besides those in `workDir`. */
  readonly othersFiles: readonly string[]
  /** The same for the same segments, so that the file is. */
  readonly seed: string
  readonly container: Container
  readonly target: string
}

/** A film that becomes MP4 keeps its times in microseconds on the way. */
const FORMAT: Readonly<Record<Container, readonly string[]>> = {
  mkv: [],
  webm: ['--webm'],
  mp4: ['--timestamp-scale', '1000']
}

/** mkvmerge's option for an interlaced picture; without it players take it for progressive. */
const fieldOrderOptions = (order: FieldOrder | undefined): string[] =>
  order === undefined ? [] : ['--field-order', order === 'tff' ? '0:1' : '0:6']

/** What mkvmerge has no option for. It writes the order of the fields, but not that there are any, and players look at that first. The same file becomes the same bytes. */
async function editHeader({ fieldOrder, header, target }: MuxInput, { signal }: RunOptions): Promise<void> {
  const interlaced = fieldOrder === undefined ? [] : ['--set', 'interlaced=1']
  const edit = ['--quiet', target, '--edit', 'track:v1', ...interlaced, ...headerEdits(header)]
  expectSuccess(
    await startProcess('mkvpropedit', edit, { signal, writes: [target] }).ended,
    'mkvpropedit',
    'join-failed'
  )
}

/** Muxes the final file with mkvmerge; for MP4 a Matroska file to be made into it. @throws MediaError `join-failed`, or `unsupported` when WebM cannot hold the streams */
export async function mux(input: MuxInput, { signal }: RunOptions): Promise<void> {
  const { workDir } = input
  const timesFile = join(workDir, 'timestamps.txt')
  const optionsFile = join(workDir, 'mkvmerge.json')
  await writeTimes(timesFile, input.timestampsMs)
  const options = [
    '--quiet',
    ...FORMAT[input.container],
    '--deterministic',
    input.seed,
    ...uidOptions(input.uids),
    ...(input.title === undefined ? [] : ['--title', input.title]),
    '--disable-track-statistics-tags',
    // Packets of a lace have no times of their own: one that is shorter than the others, as where sound was spliced, makes those behind it late.
    '--disable-lacing',
    '--output',
    input.target,
    '--timestamps',
    `0:${timesFile}`,
    ...headerOptions(input.header),
    ...fieldOrderOptions(input.fieldOrder),
    input.videoFile,
    ...input.others
  ]
  await writeFile(optionsFile, JSON.stringify(options))
  const given = { reads: [workDir, input.videoFile, ...input.othersFiles], writes: [input.target] }
  const result = await runProcess('mkvmerge', [`@${optionsFile}`], { signal, ...given })
  // 1 means warnings.
  if (result.code === 0 || result.code === 1) {
    await editHeader(input, { signal })
    return
  }
  const said = lastWords(result.stdout) || lastWords(result.stderrTail)
  throw new MediaError(
    input.container === 'webm' ? 'unsupported' : 'join-failed',
    `mkvmerge could not write the file: ${said}`,
    {
      stderrTail: result.stdout.slice(-8192) + result.stderrTail
    }
  )
}
