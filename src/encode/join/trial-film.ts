import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { becomesOpus, type Container, keptTracks, renumbered, type SourceTrack } from '../rules/index.ts'
import { ANY_DAMAGE, FFMPEG_QUIET } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile, isMatroska, LOCAL_FILES } from '../programs/ffprobe.ts'
import { lastWords, startProcess } from '../programs/process.ts'
import { writeMp4 } from './mp4.ts'
import { mux } from './mux.ts'
import { mapsOf, otherInputs, type OthersPlan, type OtherStreams, planOthers } from './others.ts'
import { plainStream, readPackets } from './packets.ts'
import { tracksOf } from './tracks.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Two grey frames of 16x16 in AV1 as IVF: a film for tracks to be tried with, whatever its encoder will be. */
const TINY_FILM = Buffer.from(
  'REtJRgAAIABBVjAxEAAQABgAAAABAAAAAgAAAAAAAAAdAAAAAAAAAAAAAAASAAoKAAAAAZ/5tfIAgDINEACQAAgggiAAADlRaRYAAAABAAAAAAAAABIAMhIwA4CA/fgGwABZZZYoEEIAexA=',
  'base64'
)
const TINY_FPS = { num: 1, den: 1 }
const TINY_TIMES_MS = [0, 1000]

/** About a second of a film: enough for a packet of each track that sounds at its beginning. */
const HEAD_BYTES = 600_000

/**
 * A picture of the film in a size whose frames have 24 KiB. Its packets bring a file to its size however rare those of subtitles are, and no codec of a source has to fit
 * Matroska.
 */
const CLOCK = ['-c:v', 'rawvideo', '-vf', 'scale=128:128,format=yuv420p', '-frames:v', '120']

/** What of a source is tried. */
export interface TrialFilm {
  readonly others: Omit<OtherStreams, 'words'>
  /** How they get into Matroska, where that is known already. */
  readonly plan?: OthersPlan | undefined
  readonly container: Container
  /** Private and existing; files in it are gone afterwards. */
  readonly folder: string
}

const tracksIn = ({ source, probed, streams }: TrialFilm['others']): SourceTrack[] =>
  keptTracks(tracksOf(source.container, probed), streams).filter((track) => track.type !== 'attachment')

/** The same source, as if it had no other tracks besides its video. */
const withTracks = (film: TrialFilm, tracks: readonly SourceTrack[]): TrialFilm => {
  const { probed } = film.others
  const streams = probed.streams.filter(({ index }) => tracks.some((track) => track.index === index))
  return { ...film, plan: undefined, others: { ...film.others, probed: { ...probed, streams } } }
}

/** A program's message; the trial stops. */
class Refused extends Error {}

/** Writes the beginning of a source's tracks as Matroska, in their order, and the film behind them. */
async function writeHead(
  { others, plan: known, folder }: TrialFilm,
  file: string,
  { signal }: RunOptions
): Promise<OtherStreams> {
  const { source, probed, streams } = others
  const tracks = tracksIn(others)
  const isDone = isMatroska(source.container)
  const plan = isDone ? undefined : (known ?? (await planOthers({ ...others, file }, folder, { signal })))
  const what = plan?.what ?? [...mapsOf(tracks), '-c', 'copy']
  const input = [...ANY_DAMAGE, '-noautorotate', ...LOCAL_FILES, '-i', `file:${source.path}`]
  const carried = ['-map_metadata', '0', '-map_chapters', '0', ...what, '-map', `0:${source.videoStream}`, ...CLOCK]
  const size = ['-fs', String(HEAD_BYTES), '-max_interleave_delta', '1000000', '-avoid_negative_ts', 'disabled']
  const args = [...FFMPEG_QUIET, '-y', ...input, ...carried, ...size, '-f', 'matroska', `file:${file}`]
  const end = await startProcess('ffmpeg', args, { signal, reads: [source.path], writes: [file] }).ended
  if (end.code !== 0) throw new Refused(lastWords(end.stderrTail) || 'ffmpeg printed nothing')
  if (plan !== undefined) return { ...plan.made, source: { ...plan.made.source, path: file } }
  const found = tracks.flatMap((track, index) =>
    probed.streams.filter((one) => one.index === track.index).map((stream) => ({ ...stream, index }))
  )
  const made = { source: { ...source, path: file, container: 'matroska' }, probed: { ...probed, streams: found } }
  return {
    ...made,
    words: new Map(),
    streams: renumbered(
      streams,
      tracks.map(({ index }) => index)
    )
  }
}

/** Tracks of which the beginning holds a packet: of the others muxers would complain for that alone. */
async function heard(head: OtherStreams, tracks: readonly SourceTrack[], options: RunOptions): Promise<SourceTrack[]> {
  const streams = tracks.map(({ type }, index) => plainStream(index, type === 'audio'))
  const packets = await readPackets(head.source.path, { raw: true, ends: false, streams, clock: [] }, options)
  return tracks.filter((_, n) => (packets[n]?.timesMs.length ?? 0) > 0)
}

/** Makes a film of the tiny picture and these tracks, in the very steps that a join takes. */
async function makeFilm(
  { container, folder }: TrialFilm,
  head: OtherStreams | undefined,
  count: number,
  options: RunOptions
): Promise<void> {
  const names = [`${randomUUID()}.ivf`, 'sound.mkv', 'film.mkv', `film.${container}`]
  const files = names.map((name) => join(folder, name))
  const [videoFile, soundFile, film, target] = files as [string, string, string, string]
  try {
    await writeFile(videoFile, TINY_FILM)
    const others = head === undefined ? [] : await otherInputs({ ...head, file: soundFile }, folder, options)
    const muxed = container === 'mp4' ? film : target
    const said = { timestampsMs: TINY_TIMES_MS, fieldOrder: undefined, header: {}, uids: {}, othersFiles: [] }
    await mux({ ...said, workDir: folder, videoFile, others, container, target: muxed, seed: 'trial' }, options)
    const tiny = { timestampsMs: TINY_TIMES_MS, fps: TINY_FPS, header: {}, matrix: undefined }
    if (container === 'mp4') await writeMp4({ ...tiny, film, target }, options)
    const { streams } = await describeFile(target, options)
    const found = streams.filter(({ codec_type: type }) => type === 'audio' || type === 'subtitle').length
    if (found !== count) throw new Refused(`${found} of ${count} tracks are in the film`)
  } finally {
    await Promise.all(files.map((file) => rm(file, { force: true })))
  }
}

/** Undefined if it works, otherwise the message. */
async function complaint(film: TrialFilm, options: RunOptions): Promise<string | undefined> {
  const file = join(film.folder, `head-${randomUUID()}.mkv`)
  const tracks = tracksIn(film.others)
  try {
    const head = tracks.length === 0 ? undefined : await writeHead(film, file, options)
    const there = head === undefined ? [] : await heard(head, tracks, options)
    if (there.length < tracks.length) return await complaint(withTracks(film, there), options)
    await makeFilm(film, head, tracks.length, options)
    return undefined
  } catch (error) {
    options.signal.throwIfAborted()
    const isTrial = error instanceof Refused || (error instanceof MediaError && error.code !== 'tool-missing')
    if (isTrial) return error.message
    throw error
  } finally {
    await rm(file, { force: true })
  }
}

/** Whether the beginning of the source can be read at all, so that a trial says something about its tracks. */
async function canBegin(film: TrialFilm, options: RunOptions): Promise<boolean> {
  const file = join(film.folder, `head-${randomUUID()}.mkv`)
  try {
    await writeHead(withTracks(film, []), file, options)
    return true
  } catch (error) {
    if (error instanceof Refused) return false
    throw error
  } finally {
    await rm(file, { force: true })
  }
}

function advice(track: SourceTrack, { others, container }: TrialFilm): string {
  const elsewhere = container === 'mkv' ? '' : ', or name an .mkv'
  if (track.type === 'subtitle') return `add --subtitles drop${elsewhere}`
  return `add ${becomesOpus(track, others.streams) ? '' : '--audio opus or '}--audio drop${elsewhere}`
}

/**
 * Puts the beginning of a source's tracks into a tiny film of the container, as the end of the project will. Tracks that are silent there are not tried.
 * @throws MediaError `unsupported` with the track at fault and what to do
 */
export async function tryFilm(film: TrialFilm, options: RunOptions): Promise<void> {
  const said = await complaint(film, options)
  if (said === undefined) return
  const { container } = film
  const none = await complaint(withTracks(film, []), options)
  if (none !== undefined) throw new MediaError('unsupported', `This node cannot write .${container} files: ${none}`)
  if (!(await canBegin(film, options))) return
  for (const track of tracksIn(film.others)) {
    const alone = await complaint(withTracks(film, [track]), options)
    if (alone === undefined) continue
    const what = `stream ${track.index} (${track.codec}) cannot be put into .${container}`
    throw new MediaError('unsupported', `${what}: ${advice(track, film)}. The muxer said: ${alone}`)
  }
  throw new MediaError('unsupported', `The tracks cannot be put into .${container} together: ${said}`)
}
