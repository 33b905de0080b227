import { isOwnToken } from '../params/own-flags.ts'
import { readParams } from '../params/read.ts'
import { pixelLayout } from '../pixel-format.ts'
import type {
  EncoderCommandInput,
  EncoderModule,
  EncoderParams,
  ProgramFacts,
  ThreadsClass,
  VideoFormat
} from '../types.ts'
import { aomColourArgs } from './aom-colour.ts'
import { AOM_CHANGED_DEFAULTS, AOM_FLAGS } from './aom-flags.ts'
import { outputBitDepth } from './bit-depth.ts'
import { checkGrain, grainTable, hasGrain, isGrainToken, valueOf } from './grain.ts'
import { parsePassProgress } from './progress.ts'
import { threadsFor } from './threads.ts'
import { outputArgs, passArgs } from './two-pass-args.ts'

const DEFAULT_PARAMS = '--cpu-used=4 --end-usage=q --cq-level=30 --lag-in-frames=35'

/** Flags of aomenc that describe the grain. */
const AOM_GRAIN = ['film-grain-test', 'denoise-noise-level']

function parseParams(text: string, facts?: ProgramFacts): EncoderParams {
  const { flags, withFlags } = readParams(
    { encoder: 'aom', table: AOM_FLAGS, defaults: DEFAULT_PARAMS, constantQuality: ['end-usage', 'q'], facts },
    text
  )
  checkGrain(flags, AOM_GRAIN)
  const depth = flags.find((flag) => flag.name === 'bit-depth')?.value
  return withFlags(flags, depth === undefined ? undefined : Number(depth))
}

/** From this speed on libaom 3.12 and later leave loop restoration out as soon as they have two threads, so the bytes would depend on the machine. */
const SPEED_OF_ONE_THREAD = 5

/** More than one does nothing without tiles. */
function threadsClass(params: EncoderParams): ThreadsClass {
  const isFast = Number(valueOf(params, 'cpu-used') ?? 0) >= SPEED_OF_ONE_THREAD
  return isFast && valueOf(params, 'enable-restoration') !== '0' ? 'one' : 'any'
}

/** AV1 profile: 0 main, 1 high (4:4:4), 2 professional (4:2:2 or 12 bits). */
function profileOf(video: VideoFormat, bitDepth: number): number {
  const chroma = pixelLayout(video.pixelFormat)?.chroma
  if (chroma === '422' || bitDepth === 12) return 2
  return chroma === '444' ? 1 : 0
}

/** libaom refuses less than a frame a second. The container has the frames' true times. */
const rateOf = ({ fps: { num, den } }: VideoFormat): string => (num < den ? '1/1' : `${num}/${den}`)

const isDepth = (token: string): boolean => token.startsWith('--bit-depth=')

function buildArgs(input: EncoderCommandInput): string[] {
  const { params, video } = input
  const bitDepth = outputBitDepth(params, video)
  const tokens = params.tokens.filter((token) => !isOwnToken(token) && !isDepth(token) && !isGrainToken(token))
  const given = new Set(tokens.map((token) => token.split('=')[0]))
  return [
    '-',
    ...tokens,
    ...aomColourArgs(video.colour).filter((option) => !given.has(option.split('=')[0])),
    ...(hasGrain(params) ? [`--film-grain-table=${input.grainFile}`] : []),
    ...passArgs(input, threadsFor(input.threads, threadsClass(params))),
    // Otherwise a scene of one frame becomes a still picture, with another sequence header than its siblings.
    '--force-video-mode=1',
    `--fps=${rateOf(video)}`,
    ...outputArgs(input, { profile: profileOf(video, bitDepth), bitDepth })
  ]
}

/** AV1 by libaom's `aomenc`. */
export const aomEncoder: EncoderModule = {
  name: 'aom',
  aliases: ['aomenc', 'av1', 'libaom-av1'],
  program: 'aomenc',
  help: ['--help'],
  version: { args: ['--help'], pattern: /^\s*av1\s+-.*\sv?(\d[\w.-]*)/m },
  passes: 2,
  firstPassShare: 0.05,
  lookAheadFrames: 12,
  fourcc: 'AV01',
  defaultParams: DEFAULT_PARAMS,
  presets: {
    archive: '--cpu-used=2 --end-usage=q --cq-level=24 --lag-in-frames=48',
    quick: '--cpu-used=6 --end-usage=q --cq-level=34 --lag-in-frames=25'
  },
  flags: AOM_FLAGS,
  changedDefaults: AOM_CHANGED_DEFAULTS,
  canaryParams: '--cpu-used=4 --end-usage=q --cq-level=30 --lag-in-frames=20',
  threadsClass,
  gibPerMegapixel: 0.4,
  bitDepths: [8, 10, 12],
  quantiser: {
    flag: 'cq-level',
    min: 1,
    max: 63,
    start: 30,
    speed: { flag: 'cpu-used', value: 6 },
    trialWithout: ['photon-noise', 'grain-table', 'film-grain-test', 'denoise-noise-level', 'denoise-block-size']
  },
  parseParams,
  checkVideo: outputBitDepth,
  grainTable,
  buildArgs,
  parseProgress: parsePassProgress
}
