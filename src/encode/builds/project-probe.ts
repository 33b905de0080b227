import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { anySignal } from '../../common/any-signal.ts'
import {
  ENCODERS,
  type EncoderParams,
  type IvfFrame,
  outputBitDepth,
  type ProgramFacts,
  type VideoFormat
} from '../rules/index.ts'
import { MediaError } from '../programs/errors.ts'
import { readIvfFile } from '../programs/ivf-file.ts'
import { PROBE_FRAMES, probeClip, probeVideo } from './probe-clip.ts'
import { encoderFacts } from '../programs/program-facts.ts'
import { lookUpProgram } from '../programs/programs.ts'
import { trialEncode } from '../scene/trial-encode.ts'
import { trialHeader } from './trial-header.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { sequenceHeaderOf } from '../verify/verify.ts'

/** What is encoded, and how: as a scene of the project would be. */
export interface ProbeInput {
  /** Of the installed encoder. */
  readonly build: string
  readonly params: EncoderParams
  readonly video: VideoFormat
  readonly threads: number
  readonly nice: number
}

/** What an encoder makes of the probe clip of a project: hex sha-256 of its frames and of its sequence header. */
export interface ProbeSums {
  readonly frames: string
  readonly header: string
}

/** Part of the key: another clip takes another number. */
const VERSION = 1

/** Longer than any encoder needs at its slowest usable setting. */
const PROBE_MS_MAX = 30 * 60_000

/** Placeholder names for files; only the words of the command line count. */
const FILES = { statsFile: 'stats', grainFile: 'grain', outputFile: 'output', nullDevice: 'null' }

/** What a probe depends on: the program, its command lines, and the format. Two projects with the same key have the same probe. */
export async function probeKey(input: ProbeInput, options: RunOptions): Promise<string> {
  const { build, params, video, threads } = input
  const encoder = ENCODERS[params.encoder]
  const path = lookUpProgram(encoder.program)
  const { mtimeMs, size } = path === undefined ? { mtimeMs: 0, size: 0 } : await stat(path)
  const facts: ProgramFacts = await encoderFacts(encoder, options)
  const lines = ([1, 2] as const).map((pass) => encoder.buildArgs({ params, facts, video, threads, pass, ...FILES }))
  const told = [VERSION, build, path, mtimeMs, size, lines, encoder.grainTable?.(params, video), video]
  return createHash('sha256').update(JSON.stringify(told)).digest('hex')
}

export const headerSum = (sequenceHeader: string): string => createHash('sha256').update(sequenceHeader).digest('hex')

/** Without the file's header and the times around the frames. */
function createSums(input: ProbeInput, video: VideoFormat) {
  const { params } = input
  const expected = { encoder: params.encoder, video, bitDepth: outputBitDepth(params, video) }
  const frames = createHash('sha256')
  let header: string | undefined
  return {
    add: (frame: IvfFrame): void => {
      header ??= sequenceHeaderOf(frame, expected)
      frames.update(`${frame.data.length}\n`).update(frame.data)
    },
    end: () => ({ frames: frames.digest('hex'), header })
  }
}

/**
 * Encodes the probe clip of a project with its own parameters, as this node would encode its scenes.
 * @throws MediaError `encode-failed` with the encoder's own words, also when it takes longer than half an hour, or `tool-missing`
 */
export async function probeProject(input: ProbeInput, options: RunOptions): Promise<ProbeSums> {
  const { params, threads, nice } = input
  const video = probeVideo(input.video)
  const late = AbortSignal.timeout(PROBE_MS_MAX)
  const signal = anySignal([options.signal, late])
  const clip = { video, frames: PROBE_FRAMES, y4m: probeClip, threads, nice }
  try {
    const made = await trialEncode(
      params,
      clip,
      async (file) => {
        const sums = createSums(input, video)
        await readIvfFile(file, sums.add, { signal })
        return sums.end()
      },
      { signal }
    )
    // A smaller picture may have another header than the project's own.
    const header = video === input.video ? made.header : await trialHeader(params, input.video, { signal })
    if (header === undefined) throw new MediaError('encode-failed', 'The encoder produced no frames.')
    return { frames: made.frames, header: headerSum(header) }
  } catch (error) {
    if (!late.aborted || options.signal.aborted) throw error
    const tooLong = 'The encoder is too slow: it took more than half an hour for a few frames.'
    throw new MediaError('encode-failed', tooLong, { cause: error })
  }
}
