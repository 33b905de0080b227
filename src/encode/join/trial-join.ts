import { lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import {
  becomesOpus,
  type Container,
  type FilmWords,
  headerLosses,
  keptTracks,
  NO_STREAMS,
  type PictureFilters,
  planStreams,
  type SourceTrack,
  type StreamChoice,
  type SourceInfo
} from '../rules/index.ts'
import { encryptedTracks } from '../programs/encrypted.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile, filmStream, isMatroska, type ProbeReport } from '../programs/ffprobe.ts'
import { uidNotes } from './linked-segments.ts'
import { tryOutput } from './output-file.ts'
import { type Identified, identify } from '../programs/identify.ts'
import { sourcePicture } from './picture-plan.ts'
import { planOthers } from './others.ts'
import { ownTags } from './own-tags.ts'
import { soundNotes } from './sound-plan.ts'
import { hasStrangeSphere } from './stereo.ts'
import { tracksOf } from './tracks.ts'
import { tryFilm } from './trial-film.ts'
import type { RunOptions } from '../programs/run-options.ts'

export interface TrialJoinInput {
  /** With the picture that is encoded. */
  readonly source: SourceInfo
  readonly filters?: PictureFilters | undefined
  readonly container: Container
  readonly streams: StreamChoice
  readonly keepUids: boolean
  readonly words?: FilmWords | undefined
  /** Only the video goes in. */
  readonly videoOnly: boolean
  readonly output: string
}

/** Makes the hidden file that the film is written into, and removes it. @throws MediaError `output-unwritable` */
export async function tryPlace(output: string): Promise<void> {
  await lstat(output).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG')
      throw new MediaError(
        'output-unwritable',
        `The name of ${output} is too long here; choose another with --output`,
        {
          field: 'output'
        }
      )
  })
  await tryOutput(output)
}

/** The video's encryption is found when the source is probed. @throws MediaError `unsupported` */
async function checkEncryption(source: SourceInfo, probed: ProbeReport, tracks: readonly SourceTrack[]): Promise<void> {
  const locks = source.container.includes('mp4') ? await encryptedTracks(source.path) : new Set<number>()
  const locked = probed.streams.find((one) => locks.has(one.index) && tracks.some((track) => track.index === one.index))
  if (locked === undefined) return
  const field = locked.codec_type === 'audio' ? 'audio' : 'subtitles'
  throw new MediaError('unsupported', `Stream ${locked.index} is encrypted: add --${field} drop`, { field })
}

/**
 * Matroska allows times below 0. mkvmerge moves all tracks of such a file until none begins there, and so away from the picture, which has times of its own.
 * @throws MediaError `unsupported`
 */
function checkBeginning({ path, videoStream }: SourceInfo, { tracks }: Identified, videoOnly: boolean): void {
  const looked = videoOnly ? tracks.filter(({ id }) => id === videoStream) : tracks
  const firstNs = Math.min(0, ...looked.map(({ properties }) => Number(properties['minimum_timestamp'] ?? 0)))
  if (!(firstNs < 0)) return
  const below = (-firstNs / 1_000_000_000).toFixed(3)
  const advice = `"mkvmerge -o new.mkv ${basename(path)}" makes a file that begins at 0; submit that`
  throw new MediaError('unsupported', `The file's times begin ${below} s below 0: ${advice}`)
}

/** mkvmerge leaves out streams that it does not know. @throws MediaError `unsupported` */
function checkKnown(found: Identified, tracks: readonly SourceTrack[]): void {
  const known = new Set(found.tracks.map(({ id }) => id))
  const unknown = tracks.find(({ type, index }) => type !== 'attachment' && !known.has(index))
  if (unknown === undefined) return
  const advice = unknown.type === 'audio' ? '--audio opus or --audio drop' : '--subtitles drop'
  throw new MediaError('unsupported', `Stream ${unknown.index} (${unknown.codec}) cannot be muxed: use ${advice}`, {
    field: unknown.type === 'audio' ? 'audio' : 'subtitles'
  })
}

/**
 * Tests with a few packets whether the join of a project will work, and finds properties that the film will lose.
 * @returns sentences for the user
 * @throws MediaError `unsupported` or `output-unwritable`, with what to do
 */
export async function tryJoin(input: TrialJoinInput, options: RunOptions): Promise<readonly string[]> {
  const { source, filters, container, videoOnly, output } = input
  await tryPlace(output)
  const probed = await describeFile(source.path, options)
  const all = tracksOf(source.container, probed)
  const streams = videoOnly ? NO_STREAMS : planStreams(all, input.streams)
  const tracks = keptTracks(all, streams)
  await checkEncryption(source, probed, tracks)
  const { header, matrix } = await sourcePicture({ source, filters }, probed, options)
  const strange = hasStrangeSphere(filmStream(probed, source)?.side_data_list ?? [])
  const copied = tracks.filter((track) => !becomesOpus(track, streams))
  const folder = await mkdtemp(join(tmpdir(), 'grav1-trial-'))
  try {
    const matroska = isMatroska(source.container)
    if (matroska) {
      const found = await identify(source.path, options)
      checkBeginning(source, found, videoOnly)
      checkKnown(found, copied)
      await ownTags(source.path, input.words?.tag ?? [], folder, options)
    }
    const others = { source, probed, streams, file: join(folder, 'others.mkv') }
    const plan = matroska || videoOnly ? undefined : await planOthers(others, folder, options)
    // Into .mkv mkvmerge takes a Matroska source as it is, and was asked for its tracks.
    if (!videoOnly && !(matroska && container === 'mkv')) await tryFilm({ others, plan, container, folder }, options)
    return [
      ...headerLosses(header, matrix, container),
      ...(strange ? ["The picture's projection is not kept: players show it flat."] : []),
      ...(videoOnly ? [] : await uidNotes(source, input, options)),
      ...soundNotes(plan?.sound ?? [])
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
