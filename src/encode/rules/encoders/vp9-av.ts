import { cicpNumber, COLOUR_CODES } from '../cicp.ts'
import { ParamsError } from '../errors.ts'
import { readParams } from '../params/read.ts'
import { TARGET_FLAG } from '../quality/target.ts'
import type { EncoderCommandInput, EncoderModule, EncoderParams } from '../types.ts'
import { AV_COMPLAINT, AV_VERSION, avArgs, parseAvProgress } from './av-args.ts'
import { outputBitDepth } from './bit-depth.ts'
import { threadsFor } from './threads.ts'
import { AV_NAMES, VP9_AV_FACTS, VP9_AV_FLAGS } from './vp9-av-flags.ts'
import { tileRowsThreads, vp9Encoder } from './vp9.ts'

/** As vpxenc has it. */
const CQ_LEVEL_DEFAULT = 10

/** Matrices that VP9 has a number for. */
const MATRICES = new Set(['bt709', 'bt470bg', 'smpte170m', 'smpte240m', 'bt2020nc'])

/** One pass reaches the quality of two, which `vp9` makes, with a lower quantiser. */
const DEFAULT_PARAMS = '--cpu-used=2 --end-usage=q --cq-level=27 --lag-in-frames=25 --auto-alt-ref=1'

function parseParams(text: string): EncoderParams {
  const { flags, withFlags } = readParams(
    {
      encoder: 'vp9-av',
      table: VP9_AV_FLAGS,
      defaults: DEFAULT_PARAMS,
      constantQuality: ['end-usage', 'q'],
      facts: VP9_AV_FACTS
    },
    text
  )
  const mode = flags.find(({ name }) => name === 'end-usage')?.value ?? 'q'
  const hasBitrate = flags.some(({ name }) => name === 'target-bitrate')
  if (mode !== 'q' && !hasBitrate)
    throw new ParamsError('bad-value', `--end-usage=${mode} needs a --target-bitrate in kilobits per second.`)
  return withFlags(flags)
}

/** FFmpeg takes the mode from which of quantiser and bitrate it is given. */
function rateOptions(value: (name: string) => string | undefined): [string, string | number][] {
  const mode = value('end-usage') ?? 'q'
  const crf: [string, string | number] = ['crf', value('cq-level') ?? CQ_LEVEL_DEFAULT]
  const bitrate: [string, number] = ['b', Number(value('target-bitrate') ?? 0) * 1000]
  return mode === 'q' ? [crf, ['b', 0]] : mode === 'cq' ? [crf, bitrate] : [bitrate]
}

const RATE_FLAGS = new Set(['end-usage', 'cq-level', 'target-bitrate', TARGET_FLAG])

function buildArgs(input: EncoderCommandInput): string[] {
  const { params, video } = input
  const flags = params.tokens.map((token): [string, string] => {
    const at = token.indexOf('=')
    return [token.slice(2, at), token.slice(at + 1)]
  })
  const { matrix } = video.colour
  const options: [string, string | number][] = [
    ...rateOptions((name) => flags.find((flag) => flag[0] === name)?.[1]),
    ...flags
      .filter(([name]) => !RATE_FLAGS.has(name))
      .map(([name, value]): [string, string] => [AV_NAMES.get(name) ?? name, value]),
    ['deadline', 'good'],
    ['row-mt', 0],
    ['g', 9999],
    ['threads', threadsFor(input.threads, tileRowsThreads(params))]
  ]
  if (matrix !== undefined && MATRICES.has(matrix))
    options.push(['colorspace', cicpNumber(COLOUR_CODES.matrix, matrix) ?? 2])
  return avArgs(input, { name: 'libvpx-vp9', fourcc: 'VP90', options })
}

/** VP9 by the libvpx of the npm package node-av: for machines that have only Node. In one pass, because the package passes no statistics from one pass to the next. */
export const vp9AvEncoder: EncoderModule = {
  ...vp9Encoder,
  name: 'vp9-av',
  aliases: ['vp9-node-av'],
  program: 'node-av',
  version: AV_VERSION,
  help: undefined,
  decodes: true,
  defaultParams: DEFAULT_PARAMS,
  presets: {
    archive: '--cpu-used=1 --end-usage=q --cq-level=22 --lag-in-frames=25 --auto-alt-ref=1',
    quick: '--cpu-used=4 --end-usage=q --cq-level=30 --lag-in-frames=25 --auto-alt-ref=1'
  },
  flags: VP9_AV_FLAGS,
  passes: 1,
  firstPassShare: 0,
  lookAheadFrames: 5,
  // One package, whose version says all.
  sameBytes: [],
  parseParams,
  checkVideo: outputBitDepth,
  buildArgs,
  parseProgress: parseAvProgress,
  complaint: AV_COMPLAINT
}
