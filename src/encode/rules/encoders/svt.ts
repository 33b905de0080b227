import { cicpNumber, COLOUR_CODES } from '../cicp.ts'
import { ParamsError } from '../errors.ts'
import type { FlagTable } from '../params/flag-rules.ts'
import { isListed, isSince, versionOf } from '../params/option-table.ts'
import { isOwnToken } from '../params/own-flags.ts'
import { readParams } from '../params/read.ts'
import { pixelLayout } from '../pixel-format.ts'
import type {
  Colour,
  EncoderCommandInput,
  EncoderModule,
  EncoderName,
  EncoderParams,
  ProgramFacts,
  VideoFormat
} from '../types.ts'
import { outputBitDepth } from './bit-depth.ts'
import { checkGrain, grainTable, hasGrain, isGrainToken } from './grain.ts'
import { SVT_CHANGED_DEFAULTS, SVT_FLAGS } from './svt-flags.ts'

const DEFAULT_PARAMS = '--preset=6 --crf=35'

const SIDE_PIXELS_MIN = 4
/** Before version 4. */
const OLD_SIDE_PIXELS_MIN = 64
const HEIGHT_PIXELS_MAX = 8704
const FPS_MAX = 240

/** Bitrate mode insists on a distance between key frames; no scene of a film is as long as this. */
export const NO_KEY_FRAMES = { crf: '-1', vbr: '9999' }

/** Parameters of SVT-AV1, however it is run. */
export function readSvtParams(
  init: { readonly encoder: EncoderName; readonly table: FlagTable; readonly defaults: string },
  text: string,
  facts: ProgramFacts | undefined
): EncoderParams {
  const { flags, withFlags } = readParams({ ...init, constantQuality: ['rc', '0'], facts }, text)
  checkGrain(flags, ['film-grain'])
  const depth = flags.find((flag) => flag.name === 'bit-depth')?.value
  return withFlags(flags, depth === undefined ? undefined : Number(depth))
}

/** The option by which SvtAv1EncApp takes a table, from 2.0 on. */
const TABLE_OPTION = 'fgs-table'

function parseParams(text: string, facts?: ProgramFacts): EncoderParams {
  const params = readSvtParams({ encoder: 'svt', table: SVT_FLAGS, defaults: DEFAULT_PARAMS }, text, facts)
  const grain = params.tokens.find(isGrainToken)?.split('=')[0]
  if (grain !== undefined && facts !== undefined && !isListed(facts, TABLE_OPTION))
    throw new ParamsError('other-version', `${grain} needs SVT-AV1 2.0 or later; this node has ${facts.version}.`, {
      flag: grain
    })
  return params
}

/** The depth is said with the frames. */
export const isDepthToken = (token: string): boolean => token.startsWith('--bit-depth=')

const refuse = (what: string): never => {
  throw new ParamsError('bad-video', `SVT-AV1 cannot encode this video: ${what}. Choose the encoder aom or vp9.`, {
    field: 'encoder'
  })
}

/** What this encoder takes, however it is run. @throws ParamsError `bad-video` */
export function checkSvtVideo(params: EncoderParams, video: VideoFormat, facts?: ProgramFacts): void {
  const { width, height, pixelFormat, fps } = video
  const layout = pixelLayout(pixelFormat)
  if (layout?.chroma !== '420')
    refuse(`it is ${layout?.chroma.split('').join(':') ?? pixelFormat}, and SVT-AV1 encodes only 4:2:0`)
  if (layout?.bitDepth === 12) refuse('it has 12 bits per sample, and the maximum is 10')
  if (width % 2 !== 0 || height % 2 !== 0) refuse(`it is ${width}x${height}, and both sides must be even`)
  const version = versionOf(facts)
  const sideMin = version === undefined || isSince(version, '4.0') ? SIDE_PIXELS_MIN : OLD_SIDE_PIXELS_MIN
  if (Math.min(width, height) < sideMin)
    refuse(
      `it is ${width}x${height}, and each side needs ${sideMin} pixels` +
        (sideMin === SIDE_PIXELS_MIN ? '' : ` before SVT-AV1 4.0; this node has ${version}`)
    )
  if (height > HEIGHT_PIXELS_MAX) refuse(`it is ${height} pixels high, and the maximum is ${HEIGHT_PIXELS_MAX}`)
  if (fps.num > FPS_MAX * fps.den) refuse(`it has more than ${FPS_MAX} frames per second`)
  outputBitDepth(params, video)
}

function colourArgs(colour: Colour): string[] {
  const option = (flag: string, number: number | undefined): string[] =>
    number === undefined || number === 0 ? [] : [`--${flag}=${number}`]
  return [
    ...option('color-primaries', cicpNumber(COLOUR_CODES.primaries, colour.primaries)),
    ...option('transfer-characteristics', cicpNumber(COLOUR_CODES.transfer, colour.transfer)),
    ...option('matrix-coefficients', cicpNumber(COLOUR_CODES.matrix, colour.matrix))
  ]
}

/** SvtAv1EncApp takes a flag and its value as two words only. */
function words(token: string): string[] {
  const at = token.indexOf('=')
  return at < 0 ? [token] : [token.slice(0, at), token.slice(at + 1)]
}

function buildArgs({ params, facts, video, grainFile, outputFile }: EncoderCommandInput): string[] {
  const given = new Set(params.tokens.map((token) => token.split('=')[0]))
  const pinned = [
    '--input-depth',
    String(outputBitDepth(params, video)),
    '--color-range',
    video.colour.range === 'pc' ? '1' : '0',
    '--passes',
    '1',
    '--keyint',
    params.tokens.includes('--rc=1') ? NO_KEY_FRAMES.vbr : NO_KEY_FRAMES.crf,
    '--irefresh-type',
    '2',
    '--scd',
    '0',
    // In bitrate mode, the bytes depend on the number of cores that it is given.
    '--lp',
    '1',
    // Older ones would put every encoder on the same core; SVT-AV1 4 has no such option.
    ...(facts.options.has('pin') ? ['--pin', '0'] : []),
    '--progress',
    '2'
  ]
  return [
    '-i',
    'stdin',
    ...params.tokens
      .filter((token) => !isOwnToken(token) && !isDepthToken(token) && !isGrainToken(token))
      .flatMap(words),
    ...(hasGrain(params) ? [`--${TABLE_OPTION}`, grainFile] : []),
    ...colourArgs(video.colour)
      .filter((option) => !given.has(option.split('=')[0]))
      .flatMap(words),
    ...pinned,
    '-b',
    outputFile
  ]
}

/** Longest run of a chunk that is looked at; a progress line has about 50 bytes. */
const LOOK_CHARS = 8192

/** `Encoding frame   12 6.76 kbps 16.22 fps`; from SVT-AV1 4 on `Encoding:   12/24 Frames @ 16.22 fps`, with colours in between. */
const PROGRESS = /Encoding(?: frame\s+(\d+) [\d.]+ \w?bps|:\s*(?:\S+m)?\s*(\d+)(?:\/\s*\d+)? Frames)/g

/** Packets written, from a chunk of stderr; lines are separated by carriage returns. */
function parseProgress(text: string): number | undefined {
  const last = [...text.slice(-LOOK_CHARS).matchAll(PROGRESS)].at(-1)
  return last === undefined ? undefined : Number(last[1] ?? last[2])
}

/** AV1 by SVT-AV1's `SvtAv1EncApp`, in one pass. */
export const svtEncoder: EncoderModule = {
  name: 'svt',
  aliases: ['svt-av1', 'svtav1', 'svtav1encapp', 'libsvtav1'],
  program: 'SvtAv1EncApp',
  help: ['--help'],
  version: { args: ['--version'], pattern: /^SVT-AV1[\w-]* v?(\d[\w.-]*)/m },
  passes: 1,
  firstPassShare: 0,
  lookAheadFrames: 32,
  fourcc: 'AV01',
  defaultParams: DEFAULT_PARAMS,
  presets: {
    archive: '--preset=4 --crf=28 --bit-depth=10',
    quick: '--preset=10 --crf=42'
  },
  newerStarts: [
    // Slower presets of newer versions take no longer than 6 did in 1.4.1.
    {
      since: '2.0',
      defaultParams: '--preset=5 --crf=35',
      presets: { archive: '--preset=3 --crf=28 --bit-depth=10', quick: '--preset=9 --crf=42' }
    },
    // And at the same quantiser they make smaller files of a lower quality.
    {
      since: '4.0',
      defaultParams: '--preset=4 --crf=32',
      presets: { archive: '--preset=2 --crf=25 --bit-depth=10', quick: '--preset=8 --crf=46' }
    }
  ],
  flags: SVT_FLAGS,
  changedDefaults: SVT_CHANGED_DEFAULTS,
  canaryParams: '--preset=6 --crf=35',
  threadsClass: () => 'one',
  gibPerMegapixel: 0.6,
  bitDepths: [8, 10],
  quantiser: {
    flag: 'crf',
    min: 1,
    max: 63,
    start: 35,
    speed: { flag: 'preset', value: 8 },
    trialWithout: ['photon-noise', 'grain-table', 'film-grain', 'film-grain-denoise', 'adaptive-film-grain']
  },
  parseParams,
  checkVideo: checkSvtVideo,
  inputDepth: outputBitDepth,
  grainTable,
  buildArgs,
  parseProgress,
  complaint:
    /^(?:Svt\[error\]|\[?SVT-Error\]?|Error)(?: ?: ?| )(?!in configuration|found when)(?:Instance \d+ ?: *)?(.+)$/i
}
