import { chooseVideoTrack, type VideoTrack } from '../rules/index.ts'
import { MediaError } from '../programs/errors.ts'
import { LOCAL_FILES, type ProbedStream, type ProbeReport } from '../programs/ffprobe.ts'
import { readLines } from '../programs/lines.ts'
import { startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Enough to tell slides from a film. */
const LOOKED_AT_SECONDS = 10

/** A limit for files whose times do not grow. */
const PACKETS_MAX = 20_000

/** Marks by which containers say that a stream is not a film. */
const MARKS = ['attached_pic', 'timed_thumbnails', 'still_image']

const isMarked = ({ disposition }: ProbedStream): boolean => MARKS.some((mark) => disposition[mark] === 1)

/** Times of the packets of each video stream in the first seconds, by the stream's number; what cannot be read is left out. */
async function readTimes(path: string, { signal }: RunOptions): Promise<ReadonlyMap<number, readonly number[]>> {
  const interval = `%+${LOOKED_AT_SECONDS}`
  const show = ['-select_streams', 'v', '-show_entries', 'packet=stream_index,pts_time,dts_time', '-of', 'compact=p=0']
  const args = ['-v', 'error', ...LOCAL_FILES, '-read_intervals', interval, ...show, `file:${path}`]
  const running = startProcess('ffprobe', args, { signal, stdout: 'pipe', reads: [path] })
  const found = new Map<number, number[]>()
  let packets = 0
  for await (const line of readLines(running.stdout)) {
    const fields = new Map(line.split('|').map((field) => field.split('=', 2) as [string, string | undefined]))
    const seconds = [fields.get('pts_time'), fields.get('dts_time')].map(Number).find(Number.isFinite)
    const index = Number(fields.get('stream_index'))
    const times = found.get(index) ?? []
    if (seconds !== undefined) times.push(seconds)
    found.set(index, times)
    packets += 1
    if (packets === PACKETS_MAX) running.kill()
  }
  await running.ended
  return found
}

/** The stream of a source that is encoded, with sentences about the others. */
export interface FoundFilm {
  readonly stream: ProbedStream
  readonly notes: readonly string[]
}

/**
 * Finds the film among a source's video streams; where several may be it, their first packets are looked at.
 * @param wanted the track that is asked for, from 1. Default: the first that is not a picture
 * @returns undefined where there is none
 * @throws MediaError `no-such-track`
 */
export async function findFilm(
  path: string,
  { streams }: ProbeReport,
  wanted: number | undefined,
  options: RunOptions
): Promise<FoundFilm | undefined> {
  const videos = streams.filter((stream) => stream.codec_type === 'video')
  const isPlain = videos.filter((stream) => !isMarked(stream)).length < 2
  const times = isPlain ? new Map<number, readonly number[]>() : await readTimes(path, options)
  const tracks = videos.map((stream): VideoTrack => {
    const { index, codec_name: codec, width, height, tags } = stream
    const title = tags['title'] ?? ''
    return { index, codec, width, height, title, isMarked: isMarked(stream), timesSeconds: times.get(index) ?? [] }
  })
  const choice = chooseVideoTrack(tracks, wanted)
  if (choice.type === 'refused') throw new MediaError('no-such-track', choice.reason, { field: 'videoTrack' })
  const stream = choice.type === 'none' ? undefined : videos.find(({ index }) => index === choice.track.index)
  return stream === undefined || choice.type === 'none' ? undefined : { stream, notes: choice.notes }
}
