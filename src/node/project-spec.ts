import {
  quantiserBounds,
  atBitDepth,
  checkFilters,
  findEncoder,
  outputBitDepth,
  ParamsError,
  parseSceneParams,
  pixelLayout
} from '../encode/rules/index.ts'
import type {
  EncoderName,
  EncoderParams,
  PictureFilters,
  ProgramFacts,
  ProjectEncoder,
  QualityGoal,
  VideoFormat
} from '../encode/rules/index.ts'
import type { EncodeSceneInput, InstalledEncoder, SourceInfo } from '../encode/index.ts'
import type { Announce, PieceFrameFormat, ScenePlan } from '../swarm/protocol/index.ts'

/** What a project's announcement means to the encode rooms. */
export interface ProjectSpec extends ProjectEncoder {
  /** The picture that is encoded. */
  readonly video: VideoFormat
  /** How it is made of the frames of pieces, where it is not what they decode to. */
  readonly filters?: PictureFilters | undefined
  /** Bits per sample that results must have. */
  readonly bitDepth: number
  readonly megapixels: number
  /** How many threads its encodes may have at most, whatever the encoder here would do. */
  readonly threads: Announce['threads']
}

/** What of an announcement describes the picture. */
export type AnnouncedPicture = Pick<
  Announce,
  'width' | 'height' | 'pixelFormat' | 'bitDepth' | 'fpsNum' | 'fpsDen' | 'primaries' | 'transfer' | 'matrix' | 'range'
>

/** What of an announcement decides how its scenes are encoded. */
export type AnnouncedEncoding = AnnouncedPicture &
  Pick<Announce, 'picture' | 'encoderName' | 'encoderParams' | 'threads'>

/** The picture that is encoded, as its project announced it. */
export const announcedVideo = (announce: AnnouncedPicture): VideoFormat => ({
  width: announce.width,
  height: announce.height,
  pixelFormat: announce.pixelFormat,
  bitDepth: announce.bitDepth,
  fps: { num: announce.fpsNum, den: announce.fpsDen },
  colour: {
    primaries: announce.primaries || undefined,
    transfer: announce.transfer || undefined,
    matrix: announce.matrix || undefined,
    range: announce.range || undefined
  }
})

/**
 * How the announced picture is made of frames of pieces; undefined where it is what they decode to.
 * @throws ParamsError `bad-picture` when no submission here could ask for it: the announcing peer is not believed
 */
export function announcedFilters(announce: AnnouncedPicture & Pick<Announce, 'picture'>): PictureFilters | undefined {
  if (announce.picture === undefined) return undefined
  const { crop, ...size } = announce.picture
  const { width, height, pixelFormat, bitDepth } = announcedVideo(announce)
  const from = { ...size, pixelFormat: atBitDepth(pixelFormat, size.bitDepth) }
  const filters = { from, crop, to: { width, height, pixelFormat, bitDepth } }
  checkFilters(filters)
  return filters
}

/** What this node's program of an encoder says of itself; undefined where it has none. */
export type FactsOf = (encoder: EncoderName) => ProgramFacts | undefined

/** What installed encoders say of themselves. */
export const factsOf =
  (installed: readonly InstalledEncoder[]): FactsOf =>
  (encoder) =>
    installed.find(({ name }) => name === encoder)?.facts

/**
 * @param facts by which the parameters are checked. Default: what any version takes
 * @throws ParamsError when the announcement asks for what this node's program does not take or grav1 does not allow: the announcing peer is not believed
 */
export function parseSpec(announce: AnnouncedEncoding, facts: FactsOf = () => undefined): ProjectSpec {
  const encoder = findEncoder(announce.encoderName)
  const here = facts(encoder.name)
  const params = encoder.parseParams(announce.encoderParams, here)
  const video = announcedVideo(announce)
  // It becomes part of ffmpeg's filters.
  if (pixelLayout(video.pixelFormat)?.bitDepth !== video.bitDepth)
    throw new ParamsError('bad-video', 'The announced pixel format is none that grav1 makes.')
  const filters = announcedFilters(announce)
  encoder.checkVideo(params, video, here)
  return {
    encoder,
    params,
    facts: here,
    video,
    filters,
    bitDepth: outputBitDepth(params, video),
    megapixels: (video.width * video.height) / 1e6,
    threads: announce.threads
  }
}

/**
 * The parameters of one scene of a project.
 * @throws ParamsError when they are not allowed here, or are none that may differ from the project's
 */
export function sceneParams(spec: ProjectSpec, plan: Pick<ScenePlan, 'encoderParams'>): EncoderParams {
  // [RULE 64]
  return parseSceneParams(spec, plan.encoderParams)
}

/** The quality that a scene's worker chooses a quantiser for; undefined where its parameters set one. @throws ParamsError as `sceneParams` */
export function qualityGoal(spec: ProjectSpec, plan: Pick<ScenePlan, 'encoderParams'>): QualityGoal | undefined {
  const { target } = sceneParams(spec, plan)
  const { min, max } = spec.encoder.quantiser
  return target && { target, ...quantiserBounds(target, { min, max }) }
}

/**
 * What an encode of a scene is made from: the same on the worker and where the owner encodes it again.
 * @throws ParamsError as `sceneParams`
 */
export function sceneInput(
  spec: ProjectSpec,
  plan: Pick<ScenePlan, 'skip' | 'frames' | 'inputHash' | 'encoderParams'>
): Pick<EncodeSceneInput, 'skip' | 'frames' | 'filters' | 'inputHash' | 'encoder' | 'params' | 'video'> {
  const { skip, frames, inputHash } = plan
  const { video, filters } = spec
  return { skip, frames, filters, inputHash, encoder: spec.encoder.name, params: sceneParams(spec, plan), video }
}

/**
 * The part of an announcement that the picture gives.
 * @param source with the picture that is encoded
 */
export function announceVideo(
  source: SourceInfo,
  filters: PictureFilters | undefined
): AnnouncedPicture & Pick<Announce, 'framesEstimated' | 'sourceBytes' | 'picture'> {
  const { video } = source
  return {
    width: video.width,
    height: video.height,
    pixelFormat: video.pixelFormat,
    bitDepth: video.bitDepth,
    fpsNum: video.fps.num,
    fpsDen: video.fps.den,
    primaries: video.colour.primaries ?? '',
    transfer: video.colour.transfer ?? '',
    matrix: video.colour.matrix ?? '',
    range: video.colour.range ?? '',
    framesEstimated: source.framesEstimated,
    sourceBytes: source.bytes,
    ...(filters === undefined ? {} : { picture: announcePicture(filters) })
  }
}

function announcePicture({ from: { width, height, bitDepth }, crop }: PictureFilters): PieceFrameFormat {
  return { width, height, bitDepth, ...(crop === undefined ? {} : { crop }) }
}
