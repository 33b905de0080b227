import { basename } from 'node:path'
import { together } from '../../common/together.ts'
import {
  joinPrograms,
  MediaError,
  probeSource,
  type RunOptions,
  sampleSource,
  soundBytes,
  tryPlace,
  type FoundEncoders,
  type SourceInfo
} from '../../encode/index.ts'
import {
  checkNamedSize,
  complaintOf,
  encoderText,
  estimateFrames,
  type FoundBars,
  type ProjectEncoder,
  type ThreadsClass,
  type Zone
} from '../../encode/rules/index.ts'
import { announceVideo } from '../project-spec.ts'
import { findAutoCrop, type MeasureBars } from './auto-crop.ts'
import { type FirstFramesInput, tryFirstFrames } from './first-frames.ts'
import { isGrowing } from './growth.ts'
import { choicesOf, type FilmChoices } from './film-choices.ts'
import { type OwnedJob, pictureOf } from './job.ts'
import { filmOfJob, type Film } from './same-film.ts'
import { isOwnResult, type OwnOutput } from './own-result.ts'
import { checkSource } from './source-identity.ts'
import { spaceWarning, type SpaceWarningComponents } from './space-warning.ts'
import { hiddenFromSandbox, usedSandbox } from '../../platform/index.ts'
import { checkField, refusedSource, SubmitError } from './submit-error.ts'
import { tryEnd } from './submit-join.ts'
import { mountOf } from './output-mount.ts'
import { checkPlace, checkTracks } from './submit-output.ts'
import { checkZoneHeaders } from './submit-scenes.ts'
import { checkWish, sceneOptions, tryOut, type CheckedWish, type SubmitOptions } from './submit-wish.ts'
import { clipText, LIMITS, type Announce } from '../../swarm/protocol/index.ts'

const MIXED =
  'Other builds of the encoder may take part (--builds compatible), so the file differs from the one that a single machine would produce.'

export interface CheckedSubmit {
  /** What was measured for `--crop auto`. */
  readonly bars?: FoundBars | undefined
  readonly job: OwnedJob
  readonly announce: Omit<Announce, 'nonce' | 'share'>
}

export interface SubmitComponents extends SpaceWarningComponents {
  readonly found: FoundEncoders
  /** For `--crop auto`. Default: nothing is measured. */
  readonly measureBars?: MeasureBars | undefined
  /** Finished files of this node's projects. */
  readonly ownOutputs: () => readonly OwnOutput[]
}

/** Where it is waited for, only a dry run is refused. */
const growing = ({ waitComplete }: SubmitOptions): string =>
  waitComplete === true
    ? 'the file is still growing: the submission would wait until it is complete; what it becomes is known only then'
    : 'the file is still growing: submit it again when it is complete, or with --wait-complete, which waits until it is'

/** Checks everything that can be known before work begins. @throws SubmitError with a sentence for the user. */
export async function checkSubmit(
  options: SubmitOptions,
  components: SubmitComponents,
  signal: AbortSignal
): Promise<CheckedSubmit> {
  // That somebody still writes to it says more than what else is wrong with it.
  const [grows, checked] = await Promise.allSettled([
    options.isComplete !== true && isGrowing(options.input, { signal }),
    checkAll(options, components, signal)
  ])
  signal.throwIfAborted()
  if (grows.status === 'fulfilled' && grows.value)
    throw new SubmitError('growing', growing(options), { field: 'input' })
  if (checked.status === 'rejected') throw checked.reason
  return checked.value
}

/** A submission whose source is not complete, with its output. */
export interface EarlySubmit {
  readonly options: SubmitOptions & { readonly output: string }
  readonly wish: CheckedWish
}

/** Checks all of a submission that is known while its source is not complete. @throws SubmitError with a sentence for the user. */
export async function checkEarly(
  options: SubmitOptions,
  found: FoundEncoders,
  signal: AbortSignal
): Promise<EarlySubmit> {
  const wish = checkWish(options, found)
  const { output } = await checkPlace(options, wish)
  await tryPlace(output).catch((error: unknown) => {
    throw refusedSource(error, 'unsupported')
  })
  await tryOut({ encoder: wish.encoder, params: wish.params, facts: wish.build.facts }, signal)
  return { options: { ...options, output }, wish }
}

async function checkAll(
  options: SubmitOptions,
  components: SubmitComponents,
  signal: AbortSignal
): Promise<CheckedSubmit> {
  const wish = checkWish(options, components.found)
  const { encoder, params, build } = wish
  const project = { encoder, params, facts: build.facts }
  // Parameters that the encoder refuses are its own matter, whatever else is wrong with the film.
  const [, checked] = await together<[void, CheckedSubmit]>(
    [
      async (either) => tryOut(project, either),
      async (either) => checkFilm(options, { wish, project, components }, either)
    ],
    { signal }
  )
  return checked
}

interface FilmCheckInput {
  readonly wish: CheckedWish
  readonly project: ProjectEncoder
  readonly components: SubmitComponents
}

/** All but whether the encoder takes the parameters. */
async function checkFilm(
  options: SubmitOptions,
  { wish, project, components }: FilmCheckInput,
  signal: AbortSignal
): Promise<CheckedSubmit> {
  const { encoder, build, params, streams, proofs, zones, range } = wish
  const { facts } = build
  const named = options.named ?? options.input
  const source = await probe(options, signal)
  if (options.encodeResults !== true && (await isOwnResult(named, source, components.ownOutputs())))
    throw new SubmitError('own-result', 'grav1 made this file; --encode-results encodes it anyway', {
      field: 'input'
    })
  checkLoss(options, source)
  const { foundCrop, bars, notes } = await findAutoCrop(options, source, components.measureBars, signal)
  const { encoded, filters } = checkField('crop', () => pictureOf({ ...options, foundCrop }, source))
  checkField('encoderParams', () => encoder.checkVideo(params, encoded.video, facts))
  checkField('encoderParams', () => checkNamedSize(params, encoded.video))
  const film = filmWishes(options, wish, source)
  const { sample, deinterlace, keepUids } = film
  const { output, container } = await checkPlace(options, wish)
  // A sample holds nothing but its video.
  const videoOnly = sample !== undefined
  const end = { source: encoded, filters, container, streams, keepUids, words: film, videoOnly, output }
  const [losses, , , sound] = await together<[readonly string[], void, void, number | undefined]>(
    [
      async (either) => {
        if (!videoOnly) await checkTracks(container, source, streams, { signal: either })
        return tryEnd(end, either)
      },
      async (either) => checkZoneHeaders(zones, project, encoded.video, either),
      async (either) => tryReal(project, { source, deinterlace, picture: filters }, either),
      async (either) => (videoOnly ? undefined : soundBytes(source, streams, { signal: either }))
    ],
    { signal }
  )
  const overwrite = options.overwrite === true
  const frames =
    range === undefined ? source.framesEstimated : estimateFrames(range, source.framesEstimated, source.video.fps)
  const warnings = [
    ...params.notes,
    ...zones.flatMap(({ notes = [] }) => notes),
    ...submitWarnings(source, deinterlace),
    ...notes,
    ...losses,
    ...(options.builds === 'compatible' ? [MIXED] : []),
    ...(sample === undefined
      ? await spaceWarning({ source: encoded, frames, output, build: build.build, params: params.text }, components)
      : [])
  ]
  const sourceSamples = await sampleSource(source.path)
  // Read with one and the same file from the first look to the last.
  await checkSource(source, sourceSamples).catch((cause: unknown) => {
    throw new SubmitError('growing', growing(options), { field: 'input', cause })
  })
  const place = { output, overwrite, outputMount: await mountOf(output) }
  const part = Math.min(1, frames / source.framesEstimated)
  const inFile = sound === undefined ? {} : { soundBytes: Math.round(sound * part) }
  const { videoTrack, measure } = options
  const picture = foundCrop === undefined ? {} : { foundCrop }
  const job: OwnedJob = {
    source,
    videoTrack,
    sourceSamples,
    ...place,
    ...film,
    ...picture,
    ...inFile,
    proofs,
    measure,
    warnings
  }
  return {
    job,
    bars,
    announce: {
      ...announceVideo(encoded, filters),
      framesEstimated: frames,
      ...announceWish(options, wish),
      threads: threadsOf(project, zones)
    }
  }
}

/** What is asked of a source besides its encoding. */
type FilmWishes = FilmChoices & Pick<OwnedJob, 'scenes' | 'streams' | 'range' | 'cuts' | 'zones'>

function filmWishes(options: SubmitOptions, wish: CheckedWish, { video }: SourceInfo): FilmWishes {
  const { streams, zones, cuts, range } = wish
  const scenes = checkField('minFrames', () => sceneOptions(options, video.fps))
  return { ...choicesOf(options), scenes, streams, range, cuts, zones }
}

/** What a submission would make, from nothing but a look at its source. @throws SubmitError */
export async function filmAsked(options: SubmitOptions, found: FoundEncoders, signal: AbortSignal): Promise<Film> {
  const wish = checkWish(options, found)
  const source = await probe(options, signal)
  return filmOfJob({ source, ...filmWishes(options, wish, source) }, announceWish(options, wish))
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
function threadsOf({ encoder, params, facts }: ProjectEncoder, zones: readonly Zone[]): ThreadsClass {
  const texts = new Set(zones.map((zone) => zone.params).filter((text) => text !== ''))
  const all = [params, ...[...texts].map((text) => encoder.parseParams(text, facts))]
  return all.some((one) => encoder.threadsClass(one) === 'one') ? 'one' : 'any'
}

async function probe({ input, videoTrack }: SubmitOptions, signal: AbortSignal): Promise<SourceInfo> {
  const hidden = hiddenFromSandbox(usedSandbox(), input)
  if (hidden !== undefined) throw new SubmitError('not-found', hidden, { field: 'input' })
  try {
    return await probeSource(input, { videoTrack, signal })
  } catch (error) {
    throw refusedSource(error)
  }
}

/** Looks at a source, and asks the programs what they are: answers are kept, and those who ask at the same time share them. Never throws: whoever needs an answer hears what is wrong. */
export async function lookAhead({ input, videoTrack }: SubmitOptions, options: RunOptions): Promise<void> {
  if (hiddenFromSandbox(usedSandbox(), input) !== undefined) return
  await Promise.allSettled([probeSource(input, { ...options, videoTrack }), joinPrograms(options)])
}

/** A film plays without metadata of its frames, but not as its makers saw it. */
function checkLoss({ allowLoss }: SubmitOptions, { lost = [] }: SourceInfo): void {
  if (lost.length === 0 || allowLoss === true) return
  throw new SubmitError('would-lose', `${lost.join(' ')} --allow-loss encodes the film without it.`, {
    field: 'allowLoss'
  })
}

function submitWarnings({ fieldOrder, warnings = [] }: SourceInfo, deinterlace: boolean): string[] {
  if (fieldOrder === undefined || deinterlace) return [...warnings]
  const first = fieldOrder === 'tff' ? 'top' : 'bottom'
  const kept = `The video is interlaced (${first} field first) and is encoded as it is; --deinterlace makes it progressive.`
  return [kept, ...warnings]
}

/** The encoder with the source's own first frames: it may not take what the tiny clip does not have. */
async function tryReal(
  { encoder, params, facts }: ProjectEncoder,
  first: Omit<FirstFramesInput, 'params'>,
  signal: AbortSignal
): Promise<void> {
  try {
    await tryFirstFrames({ params, ...first }, { signal })
  } catch (cause) {
    if (!(cause instanceof MediaError)) throw cause
    if (cause.code !== 'encode-failed') throw refusedSource(cause)
    const said = complaintOf(encoder, cause.stderrTail)
    const message = `${encoderText({ encoder, facts })} does not encode the first frames of this video with ${params.text}: ${said === '' ? cause.message : said}`
    throw new SubmitError('unsupported', message, { field: 'encoderParams', cause })
  }
}
