import { basename } from 'node:path'
import {
  checkTools,
  MediaError,
  NODE_AV,
  probeSource,
  sampleSource,
  tryParams,
  type FoundEncoders,
  type InstalledEncoder,
  type SourceInfo
} from '../../encode/index.ts'
import {
  checkKeepUids,
  checkNamedSize,
  checkSample,
  checkSceneOptions,
  complaintOf,
  defaultSceneOptions,
  estimateFrames,
  findEncoder,
  parseStreamChoice,
  programText,
  startParams,
  submittedParams,
  type EncoderModule,
  type EncoderParams,
  type ProjectEncoder,
  type SceneOptions,
  type StreamChoice,
  type ThreadsClass,
  type Zone
} from '../../encode/rules/index.ts'
import { announceVideo } from '../project-spec.ts'
import { installLine } from '../../platform/index.ts'
import { tryFirstFrames } from './first-frames.ts'
import { isGrowing } from './growth.ts'
import type { OwnedJob } from './job.ts'
import { isOwnResult, type OwnOutput } from './own-result.ts'
import { checkSource } from './source-identity.ts'
import { spaceWarning, type SpaceWarningComponents } from './space-warning.ts'
import { checkField, refusedSource, SubmitError } from './submit-error.ts'
import { tryEnd } from './submit-join.ts'
import { checkOutput, checkTracks, containerFor, defaultOutput } from './submit-output.ts'
import { checkZoneHeaders, sceneWishes } from './submit-scenes.ts'
import type { SubmitRequest } from '../../api/schemas/index.ts'
import { clipText, LIMITS, type Announce } from '../../swarm/protocol/index.ts'

const MIXED =
  'Other builds of the encoder may take part (--builds compatible), so the file differs from the one that a single machine makes.'

/** A project as somebody asks for it, with absolute paths. The output's default is `<stem>.<encoder>.mkv` beside the source. */
export interface SubmitOptions extends SubmitRequest {
  /** What title and output are named after. Default `input`; another where that is what a link leads to. */
  readonly named?: string | undefined
}

export interface CheckedSubmit {
  readonly job: OwnedJob
  readonly announce: Omit<Announce, 'nonce'>
}

export interface SubmitComponents extends SpaceWarningComponents {
  readonly found: FoundEncoders
  /** Finished files of this node's projects. */
  readonly ownOutputs: () => readonly OwnOutput[]
}

/** What of a submission is known without its source. */
export interface CheckedWish {
  readonly encoder: EncoderModule
  readonly build: InstalledEncoder
  readonly params: EncoderParams
  readonly streams: StreamChoice
}

/** Checks what does not depend on the source. @throws SubmitError with a sentence for the user. */
export function checkWish(options: SubmitOptions, found: FoundEncoders): CheckedWish {
  const encoder = checkField('encoder', () => findEncoder(options.encoder))
  const build = found.installed.find((candidate) => candidate.name === encoder.name)
  const params = checkField('encoderParams', () => submittedParams(encoder, options.encoderParams ?? '', build?.facts))
  const streams = checkField('audio', () => parseStreamChoice(options))
  if (build == null) throw new SubmitError('no-encoder', whyNoEncoder(encoder, found), { field: 'encoder' })
  const { missing } = checkTools()
  if (missing.length > 0)
    throw new SubmitError('no-encoder', `missing on this node: ${missing.join(', ')} (${installLine(missing)})`, {
      field: undefined
    })
  return { encoder, build, params, streams }
}

const GROWING =
  'the file is still growing: submit it again when it is complete, or with --wait-complete, which waits for that'

/** Checks everything that can be known before work begins. @throws SubmitError with a sentence for the user. */
export async function checkSubmit(
  options: SubmitOptions,
  components: SubmitComponents,
  signal: AbortSignal
): Promise<CheckedSubmit> {
  // That somebody still writes to it says more than what else is wrong with it.
  const [grows, checked] = await Promise.allSettled([
    isGrowing(options.input, { signal }),
    checkAll(options, components, signal)
  ])
  signal.throwIfAborted()
  if (grows.status === 'fulfilled' && grows.value) throw new SubmitError('growing', GROWING, { field: 'input' })
  if (checked.status === 'rejected') throw checked.reason
  return checked.value
}

async function checkAll(
  options: SubmitOptions,
  components: SubmitComponents,
  signal: AbortSignal
): Promise<CheckedSubmit> {
  const { encoder, build, params, streams } = checkWish(options, components.found)
  const { facts } = build
  const project = { encoder, params, facts }
  const named = options.named ?? options.input
  const [source] = await Promise.all([probe(options, signal), tryOut(project, signal)])
  if (options.encodeResults !== true && (await isOwnResult(named, source, components.ownOutputs())))
    throw new SubmitError('own-result', 'grav1 made this file; --encode-results encodes it anyway', {
      field: 'input'
    })
  checkField('encoderParams', () => encoder.checkVideo(params, source.video, facts))
  checkField('encoderParams', () => checkNamedSize(params, source.video))
  const { zones, cuts, range } = sceneWishes(options, project)
  const scenes = checkField('minFrames', () => sceneOptions(options, defaultSceneOptions(source.video.fps)))
  const { sample } = options
  if (sample !== undefined) checkField('sample', () => checkSample(sample))
  const output = options.output ?? defaultOutput(named, encoder.name, sample)
  const container = containerFor(output)
  const keepUids = options.keepUids === true
  if (keepUids)
    checkField('keepUids', () => checkKeepUids(container, { isPart: range !== undefined || sample !== undefined }))
  await checkOutput(output, options.input, options.overwrite === true)
  // A sample holds nothing but its video.
  if (sample === undefined) await checkTracks(container, source, streams, { signal })
  const losses = await tryEnd({ source, container, streams, keepUids, videoOnly: sample !== undefined, output }, signal)
  await checkZoneHeaders(zones, project, source, signal)
  const overwrite = options.overwrite === true
  const deinterlace = options.deinterlace === true
  await tryReal(project, source, deinterlace, signal)
  const frames =
    range === undefined ? source.framesEstimated : estimateFrames(range, source.framesEstimated, source.video.fps)
  const film = { source, frames, output, build: build.build, params: params.text }
  const warnings = [
    ...params.notes,
    ...zones.flatMap(({ notes = [] }) => notes),
    ...submitWarnings(source, deinterlace),
    ...losses,
    ...(options.builds === 'compatible' ? [MIXED] : []),
    ...(sample === undefined ? await spaceWarning(film, components) : [])
  ]
  const wishes = { streams, keepUids, range, cuts, zones, sample, deinterlace }
  const sourceSamples = await sampleSource(source.path)
  // Read with one and the same file from the first look to the last.
  await checkSource(source, sourceSamples).catch((cause: unknown) => {
    throw new SubmitError('growing', GROWING, { field: 'input', cause })
  })
  const job: OwnedJob = { source, sourceSamples, output, overwrite, scenes, ...wishes, warnings }
  return {
    job,
    announce: {
      ...announceVideo(source),
      framesEstimated: frames,
      ...announceWish(options, { encoder, build, params, streams }),
      threads: threadsOf(encoder, params, zones)
    }
  }
}

/** What of an announcement the submission gives. */
export type AnnouncedWish = Pick<
  Announce,
  'title' | 'encoder' | 'encoderName' | 'encoderParams' | 'encoderBuild' | 'builds' | 'priority' | 'createdAtMs'
>

export function announceWish(options: SubmitOptions, { encoder, build, params }: CheckedWish): AnnouncedWish {
  return {
    title: clipText(basename(options.named ?? options.input), LIMITS.titleCharsMax),
    encoder: options.encoder,
    encoderName: encoder.name,
    encoderParams: params.text,
    encoderBuild: build.build,
    builds: options.builds ?? 'same',
    priority: options.priority ?? 0,
    createdAtMs: Date.now()
  }
}

/** One where the bytes of any scene depend on it. */
function threadsOf(encoder: EncoderModule, params: EncoderParams, zones: readonly Zone[]): ThreadsClass {
  const texts = new Set(zones.map((zone) => zone.params).filter((text) => text !== ''))
  const all = [params, ...[...texts].map((text) => encoder.parseParams(text))]
  return all.some((one) => encoder.threadsClass(one) === 'one') ? 'one' : 'any'
}

function whyNoEncoder({ name, program }: EncoderModule, { broken }: FoundEncoders): string {
  const here = broken.find((one) => one.name === name)
  if (here != null) return `${programText(here)} is installed, but does not work here: ${here.problem}`
  const how =
    program === NODE_AV ? 'run "grav1 encoders add"' : `install it (${installLine([program])}) and start the node again`
  return `${program} is not installed on this node, which must check the results: ${how}`
}

async function probe({ input, videoTrack }: SubmitOptions, signal: AbortSignal): Promise<SourceInfo> {
  try {
    return await probeSource(input, { videoTrack, signal })
  } catch (error) {
    throw refusedSource(error)
  }
}

function submitWarnings({ fieldOrder, warnings = [] }: SourceInfo, deinterlace: boolean): string[] {
  if (fieldOrder === undefined || deinterlace) return [...warnings]
  const first = fieldOrder === 'tff' ? 'top' : 'bottom'
  const kept = `The video is interlaced (${first} field first) and is encoded as it is; --deinterlace makes it progressive.`
  return [kept, ...warnings]
}

/** Some combinations that pass the allow-list make the encoder give up: better here than on every worker. */
async function tryOut({ encoder, params, facts }: ProjectEncoder, signal: AbortSignal): Promise<void> {
  if (params.text === startParams(encoder, facts).defaultParams) return
  try {
    await tryParams(params, { signal })
  } catch (cause) {
    if (!(cause instanceof MediaError)) throw cause
    const said = complaintOf(encoder, cause.stderrTail)
    throw new SubmitError(
      'bad-params',
      `${encoder.program} does not accept these parameters: ${said === '' ? cause.message : said}`,
      { field: 'encoderParams', cause }
    )
  }
}

/** The encoder with the source's own first frames: it may not take what the tiny clip does not have. */
async function tryReal(
  { encoder, params }: ProjectEncoder,
  source: SourceInfo,
  deinterlace: boolean,
  signal: AbortSignal
): Promise<void> {
  try {
    await tryFirstFrames({ params, source, deinterlace }, { signal })
  } catch (cause) {
    if (!(cause instanceof MediaError)) throw cause
    if (cause.code !== 'encode-failed') throw refusedSource(cause)
    const said = complaintOf(encoder, cause.stderrTail)
    const message = `${encoder.program} does not encode the first frames of this video with ${params.text}: ${said === '' ? cause.message : said}`
    throw new SubmitError('unsupported', message, { field: 'encoderParams', cause })
  }
}

function sceneOptions(options: SubmitOptions, defaults: SceneOptions): SceneOptions {
  // -1 stands for the default, as in the original's API.
  const given = (value: number | undefined): number | undefined => (value == null || value === -1 ? undefined : value)
  const minFrames = given(options.minFrames)
  const maxFrames = given(options.maxFrames)
  const scenes: SceneOptions = {
    minFrames: minFrames ?? Math.min(defaults.minFrames, maxFrames ?? defaults.minFrames),
    maxFrames: maxFrames ?? Math.max(defaults.maxFrames, minFrames ?? 0),
    threshold: given(options.threshold)
  }
  checkSceneOptions(scenes)
  return scenes
}
