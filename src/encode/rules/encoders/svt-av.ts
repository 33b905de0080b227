import { cicpNumber, COLOUR_CODES } from '../cicp.ts'
import { isOwnToken } from '../params/own-flags.ts'
import type { Colour, EncoderCommandInput, EncoderModule, EncoderParams } from '../types.ts'
import { handedVideo } from './bit-depth.ts'
import { AV_COMPLAINT, AV_VERSION, avArgs, parseAvProgress } from './av-args.ts'
import { SVT_AV_FACTS, SVT_AV_FLAGS } from './svt-av-flags.ts'
import { checkSvtVideo, isDepthToken, NO_KEY_FRAMES, readSvtParams, svtEncoder } from './svt.ts'

/** What SVT-AV1 3 needs for the size and the quality that those of `svt` give with 1.4: it is faster by two presets. */
const DEFAULT_PARAMS = '--preset=4 --crf=33'

const parseParams = (text: string): EncoderParams =>
  readSvtParams({ encoder: 'svt-av', table: SVT_AV_FLAGS, defaults: DEFAULT_PARAMS }, text, SVT_AV_FACTS)

function colourOptions(colour: Colour): [string, number][] {
  const numbers: [string, number | undefined][] = [
    ['color_primaries', cicpNumber(COLOUR_CODES.primaries, colour.primaries)],
    ['color_trc', cicpNumber(COLOUR_CODES.transfer, colour.transfer)],
    // 0 stands for RGB here.
    ['colorspace', cicpNumber(COLOUR_CODES.matrix, colour.matrix) || undefined]
  ]
  return numbers.filter((entry): entry is [string, number] => entry[1] !== undefined)
}

function buildArgs(input: EncoderCommandInput): string[] {
  const { params, video } = input
  const given = params.tokens
    .filter((token) => !isOwnToken(token) && !isDepthToken(token))
    .map((token) => token.replace(/^--/, ''))
  const pinned = [
    `keyint=${params.tokens.includes('--rc=1') ? NO_KEY_FRAMES.vbr : NO_KEY_FRAMES.crf}`,
    'irefresh-type=2',
    'scd=0',
    // The same bytes on every machine, however many cores it has.
    'lp=1'
  ]
  const options: [string, string | number][] = [
    ...colourOptions(video.colour),
    ['color_range', video.colour.range === 'pc' ? 'pc' : 'tv'],
    ['threads', 1],
    ['svtav1-params', [...given, ...pinned].join(':')]
  ]
  return avArgs(input, { name: 'libsvtav1', fourcc: 'AV01', options }, handedVideo(svtEncoder, params, video))
}

/** AV1 by the SVT-AV1 of the npm package node-av, in one pass: for machines that have only Node. */
export const svtAvEncoder: EncoderModule = {
  ...svtEncoder,
  grainTable: () => undefined,
  name: 'svt-av',
  aliases: ['svt-node-av'],
  program: 'node-av',
  version: AV_VERSION,
  help: undefined,
  decodes: true,
  defaultParams: DEFAULT_PARAMS,
  presets: {
    archive: '--preset=2 --crf=28 --bit-depth=10',
    quick: '--preset=10 --crf=40'
  },
  newerStarts: [],
  flags: SVT_AV_FLAGS,
  parseParams,
  checkVideo: (params, video) => checkSvtVideo(params, video, SVT_AV_FACTS),
  buildArgs,
  parseProgress: parseAvProgress,
  complaint: AV_COMPLAINT
}
