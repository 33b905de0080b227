import { checkParams, tokenOf } from '../params/check.ts'
import { pixelLayout } from '../pixel-format.ts'
import type { EncoderCommandInput, EncoderModule, EncoderParams, VideoFormat } from '../types.ts'
import { aomColourArgs } from './aom-colour.ts'
import { AOM_RULES } from './aom-flags.ts'
import { outputBitDepth } from './bit-depth.ts'
import { parsePassProgress } from './progress.ts'
import { clampThreads } from './threads.ts'

const DEFAULT_PARAMS = '--cpu-used=4 --end-usage=q --cq-level=30 --lag-in-frames=35'

function parseParams(text: string): EncoderParams {
  const given = text.trim() === '' || text.trim() === '-1' ? DEFAULT_PARAMS : text
  const flags = checkParams(AOM_RULES, given)
  const depth = flags.find((flag) => flag.name === 'bit-depth')?.value
  return {
    encoder: 'aom',
    text: given,
    tokens: flags.map(tokenOf),
    bitDepth: depth === undefined ? undefined : Number(depth)
  }
}

/** AV1 profile: 0 main, 1 high (4:4:4), 2 professional (4:2:2 or 12 bits). */
function profileOf(video: VideoFormat, bitDepth: number): number {
  const chroma = pixelLayout(video.pixelFormat)?.chroma
  if (chroma === '422' || bitDepth === 12) return 2
  return chroma === '444' ? 1 : 0
}

function buildArgs(input: EncoderCommandInput): string[] {
  const { params, video, pass } = input
  const bitDepth = outputBitDepth(params, video)
  const tokens = params.tokens.filter((token) => !token.startsWith('--bit-depth='))
  const given = new Set(tokens.map((token) => token.split('=')[0]))
  return [
    '-',
    ...tokens,
    ...aomColourArgs(video.colour).filter((option) => !given.has(option.split('=')[0])),
    '--ivf',
    '--passes=2',
    `--pass=${pass}`,
    `--fpf=${input.statsFile}`,
    `--threads=${clampThreads(input.threads)}`,
    '--row-mt=0',
    '--kf-max-dist=9999',
    // Otherwise a scene of one frame becomes a still picture, with another sequence header than its siblings.
    '--force-video-mode=1',
    `--fps=${video.fps.num}/${video.fps.den}`,
    `--profile=${profileOf(video, bitDepth)}`,
    `--bit-depth=${bitDepth}`,
    `--input-bit-depth=${video.bitDepth}`,
    '-o',
    pass === 1 ? '/dev/null' : input.outputFile
  ]
}

/** AV1 by libaom's `aomenc`. */
export const aomEncoder: EncoderModule = {
  name: 'aom',
  aliases: ['aomenc', 'av1', 'libaom-av1'],
  program: 'aomenc',
  passes: 2,
  fourcc: 'AV01',
  defaultParams: DEFAULT_PARAMS,
  bitDepths: [8, 10, 12],
  parseParams,
  buildArgs,
  parseProgress: parsePassProgress
}
