import {
  carried,
  type ColourNumbers,
  type Container,
  type DisplayMatrix,
  frameNs,
  type HeaderValue,
  isUpright,
  matrixOf,
  ParamsError,
  parseDisplayMatrix,
  filteredHeader,
  type PictureFilters,
  type PictureHeader,
  pixelLayout,
  poseOf,
  type SourceInfo
} from '../rules/index.ts'
import { colourHeader, hdrHeader } from './cicp.ts'
import { readCropping } from './cropping.ts'
import { MediaError } from '../programs/errors.ts'
import { filmStream, isMatroska, type ProbedStream, type ProbeReport } from '../programs/ffprobe.ts'
import { identify } from '../programs/identify.ts'
import { roundedHeader } from './stereo.ts'
import type { RunOptions } from '../programs/run-options.ts'

const isValue = (value: unknown): value is HeaderValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** The header of a Matroska file's video track; empty where there is none of that number. */
export async function readHeader(path: string, index: number, options: RunOptions): Promise<PictureHeader> {
  const { tracks } = await identify(path, options)
  const { properties = {} } = tracks.find((track) => track.type === 'video' && track.id === index) ?? {}
  const values = Object.entries(properties).filter((one): one is [string, HeaderValue] => isValue(one[1]))
  const header = carried(Object.fromEntries(values))
  const cropping = header['cropping'] ?? (await readCropping(path, index, options))
  return cropping === undefined ? header : { ...header, cropping }
}

/** Half a sample of luma to the right and below is 2, at the sample is 1. */
const SITINGS: Readonly<Record<string, string>> = { left: '1,2', center: '2,2', topleft: '1,1', top: '2,1' }

const FLAGS: Readonly<Record<string, string>> = {
  forced: 'forced_track',
  hearing_impaired: 'flag_hearing_impaired',
  visual_impaired: 'flag_visual_impaired',
  descriptions: 'flag_text_descriptions',
  original: 'flag_original',
  comment: 'flag_commentary'
}

function wordsHeader({ tags, disposition }: ProbedStream): PictureHeader {
  const { title, language } = tags
  const flags = Object.entries(FLAGS).filter(([name]) => disposition[name] === 1)
  return {
    ...(title === undefined ? {} : { track_name: title }),
    ...(language !== undefined && /^[a-z]{2,3}$/.test(language) ? { language_ietf: language } : {}),
    ...Object.fromEntries(flags.map(([, property]) => [property, true]))
  }
}

function displayHeader({ sampleAspect: { num, den }, video: { width, height } }: SourceInfo): PictureHeader {
  if (num === den) return {}
  const size =
    num > den ? `${Math.round((width * num) / den)}x${height}` : `${width}x${Math.round((height * den) / num)}`
  return { display_dimensions: size }
}

/** The required description of the video in the finished film's container. */
export interface PicturePlan {
  readonly header: PictureHeader
  /** How players turn it; undefined where they do not. */
  readonly matrix: DisplayMatrix | undefined
}

/** A source's description of its video, in Matroska's terms. */
export interface SourcePicture {
  readonly header: PictureHeader
  readonly matrix: DisplayMatrix | undefined
}

function matrixIn(sideData: ProbedStream['side_data_list']): DisplayMatrix | undefined {
  const text = sideData.find((data) => data['side_data_type'] === 'Display Matrix')?.['displaymatrix']
  const matrix = typeof text === 'string' ? parseDisplayMatrix(text) : undefined
  return matrix === undefined || isUpright(matrix) ? undefined : matrix
}

/** Of a rectangular picture only: a sphere is turned otherwise. */
function matrixOfHeader(header: PictureHeader): DisplayMatrix | undefined {
  if ((header['projection_type'] ?? 0) !== 0) return undefined
  const roll = Number(header['projection_pose_roll'] ?? 0)
  const yaw = Math.abs(Number(header['projection_pose_yaw'] ?? 0)) === 180 ? 180 : 0
  return roll === 0 && yaw === 0 ? undefined : matrixOf({ yaw, roll })
}

/** Says a container's own size only where it says more than the stream. */
function sizeHeader(own: PictureHeader): PictureHeader {
  const { display_dimensions: size, ...others } = own
  const says = size !== undefined && (own['stereo_mode'] !== undefined || own['cropping'] !== undefined)
  return says ? own : others
}

/** @throws MediaError `unsupported` where filters would break what the container says */
function headerAfter(header: PictureHeader, filters: PictureFilters): PictureHeader {
  try {
    return filteredHeader(header, filters)
  } catch (cause) {
    if (!(cause instanceof ParamsError)) throw cause
    throw new MediaError('unsupported', cause.message, { cause, field: cause.field === 'scale' ? 'scale' : 'crop' })
  }
}

/**
 * Reads a source's description of its video. `probed` holds its streams and first frame.
 * @throws MediaError `join-failed`
 */
export async function sourcePicture(
  { source, filters }: { readonly source: SourceInfo; readonly filters?: PictureFilters | undefined },
  probed: ProbeReport,
  options: RunOptions
): Promise<SourcePicture> {
  const stream = filmStream(probed, source)
  if (stream === undefined) return { header: {}, matrix: undefined }
  const sideData = [...stream.side_data_list, ...(probed.frames[0]?.side_data_list ?? [])]
  const own = isMatroska(source.container) ? await readHeader(source.path, stream.index, options) : {}
  const shown = matrixIn(sideData)
  const pose = shown === undefined ? undefined : poseOf(shown)
  const siting = SITINGS[stream.chroma_location ?? '']
  const is420 = pixelLayout(source.video.pixelFormat)?.chroma === '420'
  const { default_duration: _, ...kept } = sizeHeader(own)
  const whole: PictureHeader = {
    ...wordsHeader(stream),
    ...displayHeader(source),
    ...hdrHeader(sideData),
    ...roundedHeader(sideData),
    ...(siting !== undefined && is420 ? { chroma_siting: siting } : {}),
    ...(pose === undefined
      ? {}
      : { projection_type: 0, projection_pose_yaw: pose.yaw, projection_pose_roll: pose.roll }),
    ...kept
  }
  const header = filters === undefined ? whole : headerAfter(whole, filters)
  return { header, matrix: matrixOfHeader(kept) ?? shown }
}

const pair = (text: HeaderValue | undefined): [number, number] => {
  const [a = 0, b = 0] = String(text ?? '')
    .split('x')
    .map(Number)
  return [a, b]
}

/** A film that becomes MP4 is not cropped, so what is around the picture is shown as well, in the same proportions. */
function uncropped({ cropping, ...header }: PictureHeader, { width, height }: SourceInfo['video']): PictureHeader {
  if (cropping === undefined || header['display_dimensions'] === undefined) return header
  const [left = 0, top = 0, right = 0, bottom = 0] = String(cropping).split(',').map(Number)
  const [shownWidth, shownHeight] = pair(header['display_dimensions'])
  const whole = [(shownWidth * width) / (width - left - right), (shownHeight * height) / (height - top - bottom)]
  return { ...header, display_dimensions: whole.map(Math.round).join('x') }
}

/** MP4's own track header says how the picture is turned. */
function forMp4(header: PictureHeader, isTurned: boolean, video: SourceInfo['video']): PictureHeader {
  const flat = uncropped(header, video)
  if (!isTurned) return flat
  return Object.fromEntries(Object.entries(flat).filter(([name]) => !name.startsWith('projection_')))
}

const COLOURS = new Set([
  'color_range',
  'color_primaries',
  'color_transfer_characteristics',
  'color_matrix_coefficients'
])

/** The film's header: the source's, with the colours that the stream has and the rate that its frames have. */
export function planPicture(
  { header, matrix }: SourcePicture,
  { timestampsMs, source }: { readonly timestampsMs: readonly number[]; readonly source: SourceInfo },
  colour: ColourNumbers,
  container: Container
): PicturePlan {
  const lastsNs = frameNs(timestampsMs, source.video.fps)
  const isSaid = source.video.colour.range !== undefined || colour.fullRange
  const range = colour.fullRange ? 'pc' : 'tv'
  const others = Object.fromEntries(Object.entries(header).filter(([name]) => !COLOURS.has(name)))
  const planned = {
    ...others,
    ...colourHeader(colour, isSaid ? range : undefined),
    ...(lastsNs === undefined ? {} : { default_duration: lastsNs })
  }
  return { header: container === 'mp4' ? forMp4(planned, matrix !== undefined, source.video) : planned, matrix }
}
