import { ParamsError } from '../errors.ts'
import { isOwnToken } from '../params/own-flags.ts'
import { readParams } from '../params/read.ts'
import { pixelLayout } from '../pixel-format.ts'
import type {
  Colour,
  EncoderCommandInput,
  EncoderModule,
  EncoderParams,
  ProgramFacts,
  ThreadsClass,
  VideoFormat
} from '../types.ts'
import { outputBitDepth } from './bit-depth.ts'
import { parsePassProgress } from './progress.ts'
import { threadsFor } from './threads.ts'
import { outputArgs, passArgs } from './two-pass-args.ts'
import { VP9_FLAGS } from './vp9-flags.ts'

const DEFAULT_PARAMS = '--cpu-used=2 --end-usage=q --cq-level=32 --lag-in-frames=25 --auto-alt-ref=1'

const COLOUR_SPACES: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  bt470bg: 'bt601',
  smpte170m: 'smpte170',
  smpte240m: 'smpte240',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020'
}

/** Profiles 0 and 1 are 8 bits, 2 and 3 are more; which of the two follows from the source's chroma. */
function checkProfile(profile: number | undefined, bitDepth: number | undefined): number | undefined {
  if (profile === undefined) return bitDepth
  if (profile >= 2 && (bitDepth ?? 8) === 8)
    throw new ParamsError(
      'bad-value',
      `--profile=${profile} is for 10 and 12 bits: add -b 10, or leave the profile to grav1.`
    )
  if (profile < 2 && (bitDepth ?? 8) !== 8)
    throw new ParamsError(
      'bad-value',
      `--profile=${profile} is for 8 bits, not ${bitDepth}: leave the profile to grav1.`
    )
  return bitDepth ?? 8
}

function parseParams(text: string, facts?: ProgramFacts): EncoderParams {
  const { flags, withFlags } = readParams(
    { encoder: 'vp9', table: VP9_FLAGS, defaults: DEFAULT_PARAMS, constantQuality: ['end-usage', 'q'], facts },
    text
  )
  const value = (name: string): number | undefined => {
    const found = flags.find((flag) => flag.name === name)?.value
    return found === undefined ? undefined : Number(found)
  }
  const bitDepth = checkProfile(value('profile'), value('bit-depth'))
  const used = flags.filter((flag) => flag.name !== 'profile')
  if (bitDepth !== undefined && value('bit-depth') === undefined)
    used.push({ name: 'bit-depth', value: String(bitDepth) })
  return withFlags(used, bitDepth)
}

function profileOf(video: VideoFormat, bitDepth: number): number {
  return (pixelLayout(video.pixelFormat)?.chroma === '420' ? 0 : 1) + (bitDepth > 8 ? 2 : 0)
}

function colourArgs(colour: Colour): string[] {
  const space = colour.matrix === undefined ? undefined : COLOUR_SPACES[colour.matrix]
  return space === undefined ? [] : [`--color-space=${space}`]
}

/** libvpx drops tile rows as soon as it has two threads, so the bytes would depend on the machine. */
export const tileRowsThreads = ({ tokens }: EncoderParams): ThreadsClass =>
  tokens.some((token) => token.startsWith('--tile-rows=')) ? 'one' : 'any'

function buildArgs(input: EncoderCommandInput): string[] {
  const { params, video } = input
  const bitDepth = outputBitDepth(params, video)
  const tokens = params.tokens.filter((token) => !token.startsWith('--bit-depth=') && !isOwnToken(token))
  return [
    '-',
    ...tokens,
    ...(tokens.some((token) => token.startsWith('--color-space=')) ? [] : colourArgs(video.colour)),
    '--codec=vp9',
    '--good',
    ...passArgs(input, threadsFor(input.threads, tileRowsThreads(params))),
    `--fps=${video.fps.num}/${video.fps.den}`,
    `--timebase=${video.fps.den}/${video.fps.num}`,
    ...outputArgs(input, { profile: profileOf(video, bitDepth), bitDepth })
  ]
}

/** VP9 by libvpx's `vpxenc`. */
export const vp9Encoder: EncoderModule = {
  name: 'vp9',
  aliases: ['vpx', 'vpxenc', 'libvpx-vp9'],
  program: 'vpxenc',
  help: ['--help'],
  version: { args: ['--help'], pattern: /^\s*vp9\s+-.*\sv?(\d[\w.-]*)/m },
  passes: 2,
  firstPassShare: 0.05,
  lookAheadFrames: 5,
  fourcc: 'VP90',
  defaultParams: DEFAULT_PARAMS,
  presets: {
    archive: '--cpu-used=1 --end-usage=q --cq-level=26 --lag-in-frames=25 --auto-alt-ref=1',
    quick: '--cpu-used=4 --end-usage=q --cq-level=36 --lag-in-frames=25 --auto-alt-ref=1'
  },
  flags: VP9_FLAGS,
  changedDefaults: [],
  canaryParams: '--cpu-used=4 --end-usage=q --cq-level=30 --lag-in-frames=20',
  sameBytes: [['1.15', '1.16', '1.17']],
  threadsClass: tileRowsThreads,
  gibPerMegapixel: 0.3,
  bitDepths: [8, 10, 12],
  quantiser: {
    flag: 'cq-level',
    min: 1,
    max: 63,
    start: 32,
    speed: { flag: 'cpu-used', value: 4 },
    trialWithout: []
  },
  parseParams,
  checkVideo: outputBitDepth,
  buildArgs,
  parseProgress: parsePassProgress
}
