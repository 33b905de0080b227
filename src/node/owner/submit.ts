import { access, constants, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, parse } from 'node:path'
import {
  checkTools,
  MediaError,
  NODE_AV,
  probeSource,
  sampleSource,
  probeTracks,
  tryParams,
  type FoundEncoders,
  type SourceInfo
} from '../../encode/index.ts'
import {
  checkNamedSize,
  checkSample,
  checkSceneOptions,
  complaintOf,
  containerOf,
  defaultSceneOptions,
  estimateFrames,
  findEncoder,
  parseStreamChoice,
  programText,
  startParams,
  submittedParams,
  unfitTrack,
  type Container,
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
import type { OwnedJob } from './job.ts'
import { checkField, refusedSource, SubmitError } from './submit-error.ts'
import { tryEnd } from './submit-join.ts'
import { checkZoneHeaders, sceneWishes } from './submit-scenes.ts'
import type { SubmitRequest } from '../../api/schemas/index.ts'
import { clipText, LIMITS, type Announce } from '../../swarm/protocol/index.ts'

const MIXED =
  'Other builds of the encoder may take part (--builds compatible), so the file is not byte for byte the one that a single machine makes.'

/** A project as somebody asks for it, with absolute paths. The output's default is `<stem>.<encoder>.mkv` beside the source. */
export type SubmitOptions = SubmitRequest

export interface CheckedSubmit {
  readonly job: OwnedJob
  readonly announce: Omit<Announce, 'nonce'>
}

/** Checks everything that can be known before work begins. @throws SubmitError with a sentence for the user. */
export async function checkSubmit(
  options: SubmitOptions,
  found: FoundEncoders,
  signal: AbortSignal
): Promise<CheckedSubmit> {
  const encoder = checkField('encoder', () => findEncoder(options.encoder))
  const build = found.installed.find((candidate) => candidate.name === encoder.name)
  const facts = build?.facts
  const params = checkField('encoderParams', () => submittedParams(encoder, options.encoderParams ?? '', facts))
  const streams = checkField('audio', () => parseStreamChoice(options))
  if (build == null) throw new SubmitError('no-encoder', whyNoEncoder(encoder, found), { field: 'encoder' })
  const { missing } = checkTools()
  if (missing.length > 0)
    throw new SubmitError('no-encoder', `missing on this node: ${missing.join(', ')} (${installLine(missing)})`, {
      field: undefined
    })
  const [source] = await Promise.all([probe(options.input, signal), tryOut({ encoder, params, facts }, signal)])
  checkField('encoderParams', () => encoder.checkVideo(params, source.video, facts))
  checkField('encoderParams', () => checkNamedSize(params, source.video))
  const { zones, cuts, range } = sceneWishes(options, { encoder, params, facts })
  const scenes = checkField('minFrames', () => sceneOptions(options, defaultSceneOptions(source.video.fps)))
  const { sample } = options
  if (sample !== undefined) checkField('sample', () => checkSample(sample))
  const output = options.output ?? defaultOutput(options.input, encoder.name, sample)
  const container = containerFor(output)
  await checkOutput(output, options.input, options.overwrite === true)
  // A sample holds nothing but its video.
  if (sample === undefined) await checkTracks(container, source, streams, signal)
  const losses = await tryEnd({ source, container, streams, videoOnly: sample !== undefined, output }, signal)
  await checkZoneHeaders(zones, { encoder, params, facts }, source, signal)
  const overwrite = options.overwrite === true
  const deinterlace = options.deinterlace === true
  const warnings = [
    ...params.notes,
    ...zones.flatMap(({ notes = [] }) => notes),
    ...submitWarnings(source, deinterlace),
    ...losses,
    ...(options.builds === 'compatible' ? [MIXED] : [])
  ]
  const wishes = { streams, range, cuts, zones, sample, deinterlace }
  const sourceSamples = await sampleSource(source.path)
  const job: OwnedJob = { source, sourceSamples, output, overwrite, scenes, ...wishes, warnings }
  return {
    job,
    announce: {
      ...announceVideo(source),
      ...(range === undefined
        ? {}
        : { framesEstimated: estimateFrames(range, source.framesEstimated, source.video.fps) }),
      title: clipText(basename(options.input), LIMITS.titleCharsMax),
      encoder: options.encoder,
      encoderName: encoder.name,
      encoderParams: params.text,
      encoderBuild: build.build,
      builds: options.builds ?? 'same',
      threads: threadsOf(encoder, params, zones),
      priority: options.priority ?? 0,
      createdAtMs: Date.now()
    }
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
  return `${program} is not installed on this node, and its owner has to check the results: ${how}`
}

function defaultOutput(input: string, encoder: string, sample: number | undefined): string {
  return join(dirname(input), `${parse(input).name}${sample === undefined ? '' : '.sample'}.${encoder}.mkv`)
}

async function probe(input: string, signal: AbortSignal): Promise<SourceInfo> {
  try {
    return await probeSource(input, { signal })
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

function containerFor(output: string): Container {
  const container = containerOf(output)
  if (container != null) return container
  throw new SubmitError('unsupported', `the output must end in .mkv, .webm or .mp4, not in "${extname(output)}"`, {
    field: 'output'
  })
}

/** A stream that does not fit would only be found out after all the encoding. */
async function checkTracks(
  container: Container,
  source: SourceInfo,
  streams: StreamChoice,
  signal: AbortSignal
): Promise<void> {
  const tracks = await probeTracks(source, { signal }).catch((error: unknown) => {
    throw refusedSource(error)
  })
  const unfit = unfitTrack(container, tracks, streams)
  if (unfit != null) throw new SubmitError('unsupported', unfit.sentence, { field: unfit.field })
}

/** Another place for the finished file of a job. @throws SubmitError */
export async function checkNewOutput(
  job: OwnedJob,
  output: string,
  overwrite: boolean,
  signal: AbortSignal
): Promise<void> {
  const container = containerFor(output)
  await checkOutput(output, job.source.path, overwrite)
  if (container === containerFor(job.output) || job.sample !== undefined || job.streams == null) return
  await checkTracks(container, job.source, job.streams, signal)
}

async function checkOutput(output: string, input: string, overwrite: boolean): Promise<void> {
  const folder = dirname(output)
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw new SubmitError('output-unwritable', `cannot write into ${folder}; choose another place with --output`, {
      field: 'output',
      cause
    })
  })
  const there = await stat(output).catch(() => undefined)
  if (there == null) return
  const source = await stat(input).catch(() => undefined)
  if (source != null && there.ino === source.ino && there.dev === source.dev)
    throw new SubmitError('output-exists', 'the output is the source itself; choose another name with --output', {
      field: 'output'
    })
  if (there.isDirectory())
    throw new SubmitError('output-unwritable', `${output} is a folder; name a file with --output`, { field: 'output' })
  if (!overwrite)
    throw new SubmitError('output-exists', `${output} exists already; use --overwrite or another --output`, {
      field: 'output'
    })
}
