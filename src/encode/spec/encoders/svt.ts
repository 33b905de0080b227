import { cicpNumber, COLOUR_CODES } from '../cicp.ts'
import { ParamsError } from '../errors.ts'
import { checkParams, tokenOf } from '../params/check.ts'
import { isOwnToken, orDefaults, readTarget } from '../params/own-flags.ts'
import { pixelLayout } from '../pixel-format.ts'
import type { Colour, EncoderCommandInput, EncoderModule, EncoderParams, VideoFormat } from '../types.ts'
import { SVT_RULES } from './svt-flags.ts'

const DEFAULT_PARAMS = '--preset=6 --crf=35'

/** What SvtAv1EncApp 1.4.1 takes. */
const SIDE_PIXELS_MIN = 64
const HEIGHT_PIXELS_MAX = 8704
const FPS_MAX = 240

/** Bitrate mode insists on a distance between key frames; no scene of a film is as long as this. */
export const NO_KEY_FRAMES = { crf: '-1', vbr: '9999' }

function parseParams(text: string): EncoderParams {
  const given = orDefaults(text, DEFAULT_PARAMS)
  const { flags, target } = readTarget(checkParams(SVT_RULES, given), ['rc', '0'])
  return { encoder: 'svt', text: given, tokens: flags.map(tokenOf), bitDepth: undefined, target }
}

const refuse = (what: string): never => {
  throw new ParamsError('bad-video', `SVT-AV1 cannot encode this video: ${what}. Choose the encoder aom or vp9.`)
}

/** What this encoder takes, however it is run. @throws ParamsError `bad-video` */
export function checkSvtVideo(_params: EncoderParams, { width, height, pixelFormat, fps }: VideoFormat): void {
  const layout = pixelLayout(pixelFormat)
  if (layout?.chroma !== '420')
    refuse(`it is ${layout?.chroma.split('').join(':') ?? pixelFormat}, and only 4:2:0 is possible`)
  if (layout?.bitDepth === 12) refuse('it has 12 bits a sample, and 10 are the most')
  if (width % 2 !== 0 || height % 2 !== 0) refuse(`it is ${width}x${height}, and both sides have to be even`)
  if (Math.min(width, height) < SIDE_PIXELS_MIN)
    refuse(`it is ${width}x${height}, and each side needs ${SIDE_PIXELS_MIN} pixels`)
  if (height > HEIGHT_PIXELS_MAX) refuse(`it is ${height} pixels high, and ${HEIGHT_PIXELS_MAX} are the most`)
  if (fps.num > FPS_MAX * fps.den) refuse(`it has more than ${FPS_MAX} frames a second`)
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

function buildArgs({ params, facts, video, outputFile }: EncoderCommandInput): string[] {
  const given = new Set(params.tokens.map((token) => token.split('=')[0]))
  const pinned = [
    '--input-depth',
    String(video.bitDepth),
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
    // The bytes of bitrate mode depend on the number of cores that it is told of.
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
    ...params.tokens.filter((token) => !isOwnToken(token)).flatMap(words),
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
  version: { args: ['--version'], pattern: /^SVT-AV1 v?(\d[\w.-]*)/m },
  passes: 1,
  fourcc: 'AV01',
  defaultParams: DEFAULT_PARAMS,
  presets: {
    archive: '--preset=4 --crf=28',
    quick: '--preset=10 --crf=42'
  },
  rules: SVT_RULES,
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
    trialWithout: ['film-grain', 'film-grain-denoise']
  },
  parseParams,
  checkVideo: checkSvtVideo,
  buildArgs,
  parseProgress,
  complaint:
    /^(?:Svt\[error\]|\[?SVT-Error\]?|Error)(?: ?: ?| )(?!in configuration|found when)(?:Instance \d+ ?: *)?(.+)$/i
}
