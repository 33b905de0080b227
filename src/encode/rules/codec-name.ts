import { av1SceneStart } from './av1.ts'
import { av1Level, parseAv1Sequence } from './av1-sequence.ts'
import type { ColourNumbers } from './cicp.ts'
import { BitstreamError } from './errors.ts'
import { pixelLayout } from './pixel-format.ts'
import type { VideoFormat } from './types.ts'
import { vp9SceneStart } from './vp9.ts'

/** VP9's levels: number, samples a second, samples a picture. */
const VP9_LEVELS: readonly (readonly [level: number, samplesPerSecond: number, samples: number])[] = [
  [10, 829_440, 36_864],
  [11, 2_764_800, 73_728],
  [20, 4_608_000, 122_880],
  [21, 9_216_000, 245_760],
  [30, 20_736_000, 552_960],
  [31, 36_864_000, 983_040],
  [40, 83_558_400, 2_228_224],
  [41, 160_432_128, 2_228_224],
  [50, 311_951_360, 8_912_896],
  [51, 588_251_136, 8_912_896],
  [52, 1_176_502_272, 8_912_896],
  [60, 1_176_502_272, 35_651_584],
  [61, 2_353_004_544, 35_651_584]
]
const VP9_LEVEL_MAX = 62

const two = (value: number): string => String(value).padStart(2, '0')

/** As the codecs' names have it, for 4:2:0, 4:2:2 and 4:4:4. */
const AV1_CHROMA = { '420': '110', '422': '100', '444': '000' } as const
const VP9_CHROMA = { '420': 1, '422': 2, '444': 3 } as const

/**
 * The full codec name of a scene, from its first frame: `av01.0.08M.10.0.110.09.16.09.0` or `vp09.00.31.08.01.01.01.01.00`.
 * @throws BitstreamError
 */
export function codecName(
  fourcc: string,
  firstFrame: Uint8Array,
  video: VideoFormat,
  { primaries, transfer, matrix, fullRange }: ColourNumbers
): string {
  const colour = [primaries, transfer, matrix].map(two).join('.')
  const range = fullRange ? 1 : 0
  const chroma = pixelLayout(video.pixelFormat)?.chroma ?? '420'
  if (fourcc === 'AV01') {
    const payload = av1SceneStart(firstFrame)
    const { profile, bitDepth } = parseAv1Sequence(payload)
    return `av01.${profile}.${av1Level(payload)}.${two(bitDepth)}.0.${AV1_CHROMA[chroma]}.${colour}.${range}`
  }
  if (fourcc !== 'VP90') throw new BitstreamError('unsupported', `${fourcc} is not played here`)
  const { profile, bitDepth, width, height } = vp9SceneStart(firstFrame)
  const samples = width * height
  const perSecond = (samples * video.fps.num) / video.fps.den
  const level = VP9_LEVELS.find(([, rate, size]) => perSecond <= rate && samples <= size)?.[0] ?? VP9_LEVEL_MAX
  return `vp09.${two(profile)}.${level}.${two(bitDepth)}.${two(VP9_CHROMA[chroma])}.${colour}.${two(range)}`
}
