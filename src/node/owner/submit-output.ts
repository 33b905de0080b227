import { access, constants, stat } from 'node:fs/promises'
import { dirname, extname, join, parse } from 'node:path'
import { probeTracks, tryPlace, type RunOptions, type SourceInfo } from '../../encode/index.ts'
import {
  checkFilmWords,
  checkKeepUids,
  containerOf,
  type Container,
  planStreams,
  type StreamChoice,
  unfitTrack
} from '../../encode/rules/index.ts'
import type { OwnedJob } from './job.ts'
import { isManifestPlaceFree, manifestPathOf } from '../manifest/place.ts'
import { checkField, refusedSource, SubmitError } from './submit-error.ts'
import { tryEnd } from './submit-join.ts'
import type { CheckedWish, SubmitOptions } from './submit-wish.ts'

/** What decides the name of a film that nobody named. */
interface Unnamed {
  /** What was named, which may be a link. */
  readonly named: string
  readonly encoder: string
  readonly sample: number | undefined
}

/** The name of a film that nobody named. @param number where there is another one already, from 2 */
export function defaultName({ named, encoder, sample }: Unnamed, number = 1): string {
  const ending = `${encoder}${number === 1 ? '' : `-${number}`}.mkv`
  return `${parse(named).name}${sample === undefined ? '' : '.sample'}.${ending}`
}

/** Where a film lies that nobody named a place for: beside what was named. */
export function defaultOutput(film: Unnamed, number = 1): string {
  return join(dirname(film.named), defaultName(film, number))
}

/** @throws SubmitError `unsupported` */
export function containerFor(output: string): Container {
  const container = containerOf(output)
  if (container != null) return container
  throw new SubmitError('unsupported', `the output must end in .mkv, .webm or .mp4, not in "${extname(output)}"`, {
    field: 'output'
  })
}

/** Where the finished file is to lie, and as what. */
export interface Place {
  readonly output: string
  readonly container: Container
}

/** Checks the place that a submission names, or its default. @throws SubmitError */
export async function checkPlace(
  options: SubmitOptions,
  { encoder, range }: Pick<CheckedWish, 'encoder' | 'range'>
): Promise<Place> {
  const { input, named = input, sample, overwrite, keepUids = false } = options
  const output = options.output ?? defaultOutput({ named, encoder: encoder.name, sample })
  const container = containerFor(output)
  if (keepUids)
    checkField('keepUids', () => checkKeepUids(container, { isPart: range !== undefined || sample !== undefined }))
  checkField('tag', () => checkFilmWords(options, container))
  await checkOutput(output, input, overwrite === true)
  if (options.manifest !== 'none') await checkManifestPlace(output, overwrite === true)
  return { output, container }
}

/** @throws SubmitError `output-exists` */
async function checkManifestPlace(output: string, overwrite: boolean): Promise<void> {
  const path = manifestPathOf(output)
  if (overwrite || (await isManifestPlaceFree(path))) return
  throw new SubmitError(
    'output-exists',
    `${path} already exists and is not a manifest; use --overwrite, --manifest none or another --output`,
    { field: 'manifest' }
  )
}

/** A stream that does not fit would only be found out after all the encoding. @throws SubmitError */
export async function checkTracks(
  container: Container,
  source: SourceInfo,
  streams: StreamChoice,
  options: RunOptions
): Promise<void> {
  const tracks = await probeTracks(source, options).catch((error: unknown) => {
    throw refusedSource(error)
  })
  const unfit = unfitTrack(
    container,
    tracks,
    checkField('audio', () => planStreams(tracks, streams))
  )
  if (unfit != null) throw new SubmitError('unsupported', unfit.sentence, { field: unfit.field })
}

/** Whether a file may be made there. @throws SubmitError `output-unwritable` or `output-exists` */
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
    throw new SubmitError('output-exists', `${output} already exists; use --overwrite or another --output`, {
      field: 'output'
    })
}

/**
 * Another place for the finished file of a job, tried like that of a submission. The source is read only for another container: a project may wait for it.
 * @returns what the new container does not say as the source does, as sentences
 * @throws SubmitError
 */
export async function checkNewOutput(
  job: OwnedJob,
  output: string,
  overwrite: boolean,
  options: RunOptions
): Promise<readonly string[]> {
  const container = containerFor(output)
  const keepUids = job.keepUids === true
  if (keepUids) checkField('keepUids', () => checkKeepUids(container, { isPart: false }))
  checkField('tag', () => checkFilmWords(job, container))
  await checkOutput(output, job.source.path, overwrite)
  if (job.manifest !== 'none') await checkManifestPlace(output, overwrite)
  if (container === containerFor(job.output) || job.streams == null) {
    await tryPlace(output).catch((error: unknown) => {
      throw refusedSource(error, 'unsupported')
    })
    return []
  }
  const videoOnly = job.sample !== undefined
  if (!videoOnly) await checkTracks(container, job.source, job.streams, options)
  return tryEnd(
    { source: job.source, container, streams: job.streams, keepUids, words: job, videoOnly, output },
    options.signal
  )
}
