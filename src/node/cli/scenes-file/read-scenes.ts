import type { SubmitRequest } from '../../../api/schemas/index.ts'
import { type EncoderModule, findEncoder, ParamsError } from '../../../encode/rules/index.ts'
import { CliError } from '../errors.ts'
import { type FileOverrides, type FileScene, scenesFile } from './shape.ts'

/** What a scenes file says of a submission. */
export interface FileWishes {
  readonly wishes: Required<Pick<SubmitRequest, 'cuts' | 'frames' | 'minFrames' | 'maxFrames' | 'threshold'>> &
    Pick<SubmitRequest, 'zones'>
  /** Its encoder, as the file names it; undefined where it names none. */
  readonly encoder: string | undefined
  /** Parameters of most of its frames, where all its scenes have some: the rest of a file has to fit to them. */
  readonly params: string | undefined
}

/** No cut is detected with it. */
const NO_CUTS = 255

const ISO_PER_NOISE = 100

const refused = (what: string, cause?: unknown): CliError => new CliError('usage', `--scenes: ${what}`, { cause })

const nameOf = (index: number): string => `scene ${index + 1}`

function encoderOf(given: string, index: number): EncoderModule {
  try {
    return findEncoder(given.replaceAll('_', '-'))
  } catch (cause) {
    if (!(cause instanceof ParamsError)) throw cause
    throw refused(`${nameOf(index)}: ${cause.message}`, cause)
  }
}

/** What of the overrides grav1 cannot do. @throws CliError `usage` */
function checkOverrides(overrides: FileOverrides, encoder: EncoderModule | undefined, index: number): void {
  const refuse = (field: string, why: string): never => {
    throw refused(`${nameOf(index)}: ${field} ${why}`)
  }
  const { passes, photon_noise_height: height, photon_noise_width: width, target_quality: quality } = overrides
  if (passes != null && encoder !== undefined && passes !== encoder.passes)
    refuse('passes', `is ${passes}; grav1 makes ${encoder.passes} with ${encoder.name}`)
  if (height != null || width != null)
    refuse('photon_noise_height and photon_noise_width', 'are not supported; the noise always has the size of the film')
  if (overrides.chroma_noise === true) refuse('chroma_noise', 'is not supported; photon noise affects only the luma')
  if (quality?.target != null)
    refuse('target_quality', 'is not supported in a scenes file; use --target-quality for the whole film, or zones')
}

/** The complete parameters of a scene; undefined where it has none of its own. @throws CliError `usage` */
function paramsOf({ zone_overrides: overrides }: FileScene, index: number): string | undefined {
  if (overrides == null) return undefined
  checkOverrides(overrides, overrides.encoder == null ? undefined : encoderOf(overrides.encoder, index), index)
  const { video_params: words, photon_noise: noise } = overrides
  if (words == null) return undefined
  const odd = words.find((word) => /\s/.test(word))
  if (odd !== undefined) throw refused(`${nameOf(index)}: the parameter ${JSON.stringify(odd)} has a space in it`)
  return [...words, ...(noise == null || noise === 0 ? [] : [`--photon-noise=${noise * ISO_PER_NOISE}`])].join(' ')
}

/** @throws CliError `usage` unless the scenes follow one another from frame 0 to the last */
function checkTiles(scenes: readonly FileScene[], frames: number): void {
  let next = 0
  for (const [index, { start_frame: start, end_frame: end }] of scenes.entries()) {
    if (start !== next)
      throw refused(`${nameOf(index)} begins at frame ${start}, but the scene before it ends at ${next}`)
    if (end <= start) throw refused(`${nameOf(index)} has no frames; its end is not part of it`)
    next = end
  }
  if (next !== frames) throw refused(`its scenes have ${next} frames in all, but it says that the source has ${frames}`)
}

/** Scenes that follow one another with the same parameters are one zone. */
function zonesOf(scenes: readonly FileScene[], params: readonly (string | undefined)[]): SubmitRequest['zones'] {
  const zones: { start: number; end: number; reset: true; params: string }[] = []
  for (const [index, { start_frame: start, end_frame: end }] of scenes.entries()) {
    const own = params[index]
    const last = zones.at(-1)
    if (own === undefined) continue
    if (last?.end === start && last.params === own) last.end = end
    else zones.push({ start, end, reset: true, params: own })
  }
  return zones
}

/** The parameters of the most frames; undefined where a scene has none. */
function usualParams(scenes: readonly FileScene[], params: readonly (string | undefined)[]): string | undefined {
  const frames = new Map<string, number>()
  for (const [index, { start_frame: start, end_frame: end }] of scenes.entries()) {
    const own = params[index]
    if (own === undefined) return undefined
    frames.set(own, (frames.get(own) ?? 0) + end - start)
  }
  return [...frames].toSorted(([, a], [, b]) => b - a)[0]?.[0]
}

/** The one encoder that the scenes name. @throws CliError `usage` where they name several */
function namedEncoder(scenes: readonly FileScene[]): string | undefined {
  let found: EncoderModule | undefined
  for (const [index, { zone_overrides: overrides }] of scenes.entries()) {
    if (overrides?.encoder == null) continue
    const encoder = encoderOf(overrides.encoder, index)
    if (found !== undefined && found !== encoder)
      throw refused(
        `${nameOf(index)} is for ${encoder.name}, but others are for ${found.name}: a file has only one encoder`
      )
    found = encoder
  }
  return found?.name
}

/**
 * Reads a scenes file of Av1an: where scenes begin, and their parameters.
 * @throws CliError `usage` that names the scene, for what is not a scenes file or asks for what grav1 cannot do
 */
export function readScenesFile(text: string): FileWishes {
  const { frames, scenes } = parse(text)
  checkTiles(scenes, frames)
  const params = scenes.map(paramsOf)
  const encoder = namedEncoder(scenes)
  const longest = scenes.reduce((most, { start_frame: start, end_frame: end }) => Math.max(most, end - start), 1)
  return {
    wishes: {
      cuts: scenes.slice(1).map(({ start_frame: start }) => start),
      frames,
      minFrames: 1,
      maxFrames: longest,
      threshold: NO_CUTS,
      zones: zonesOf(scenes, params)
    },
    encoder,
    params: usualParams(scenes, params)
  }
}

function parse(text: string): { readonly frames: number; readonly scenes: readonly FileScene[] } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw refused('it is not a scenes file of Av1an, which is JSON', cause)
  }
  const read = scenesFile.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    const at = issue?.path.join('.') ?? ''
    throw refused(`${at === '' ? 'the file' : at}: ${issue?.message ?? 'it has an unexpected form'}`, read.error)
  }
  const { frames, scenes, split_scenes: split } = read.data
  const encoded = split ?? scenes ?? []
  if (encoded.length === 0) throw refused('it has no scenes')
  return { frames, scenes: encoded }
}
