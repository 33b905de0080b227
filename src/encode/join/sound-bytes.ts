import {
  keptTracks,
  opusKbps,
  opusOf,
  planStreams,
  type SourceInfo,
  type SourceTrack,
  type StreamChoice
} from '../rules/index.ts'
import { tracksOf } from './tracks.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile, LOCAL_FILES, type ProbedStream } from '../programs/ffprobe.ts'
import { askAboutFile } from '../programs/file-facts.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** So much of the source is read where its header says no rate. */
const LOOK_SECONDS = 10
/** No sound has more: what names more is wrong. */
const BITS_A_SECOND_MAX = 1e9

const positive = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return value > 0 && value <= BITS_A_SECOND_MAX ? value : undefined
}

/** As mkvmerge writes them into a stream's tags, with the language behind in some files. */
const tagged = ({ tags }: ProbedStream, name: string): number | undefined =>
  positive(Object.entries(tags).find(([key]) => key === name || key.startsWith(`${name}-`))?.[1])

/** Bytes a second of each stream in the first seconds of a file. */
async function measureRates(path: string, options: RunOptions): Promise<ReadonlyMap<number, number>> {
  const show = ['-select_streams', 'a', '-show_entries', 'packet=stream_index,size', '-of', 'csv=p=0']
  const read = ['-v', 'error', ...LOCAL_FILES, '-read_intervals', `%+${LOOK_SECONDS}`, ...show, `file:${path}`]
  const { code, stdout } = await askAboutFile('ffprobe', read, path, options)
  const rates = new Map<number, number>()
  if (code !== 0) return rates
  for (const line of stdout.split('\n')) {
    const [index = '', size = ''] = line.split(',')
    if (index !== '') rates.set(Number(index), (rates.get(Number(index)) ?? 0) + Number(size) / LOOK_SECONDS)
  }
  return rates
}

interface Sound {
  readonly track: SourceTrack
  readonly stream: ProbedStream
}

/**
 * Bytes that the sound of the finished file takes, about: by the rates that the source names, or those of its first seconds. A tag such as `BPS` may be wrong, and then so is this.
 * @returns undefined where ffprobe cannot tell
 */
export async function soundBytes(
  { path, durationSeconds, container }: Pick<SourceInfo, 'path' | 'durationSeconds' | 'container'>,
  choice: StreamChoice,
  options: RunOptions
): Promise<number | undefined> {
  if (choice.audio.type === 'drop' && choice.singleAudio === undefined) return 0
  try {
    const report = await describeFile(path, options)
    const tracks = tracksOf(container, report)
    const plan = planStreams(tracks, choice)
    const sound = keptTracks(tracks, plan).filter(({ type }) => type === 'audio')
    const streams = sound.flatMap((track) => {
      const stream = report.streams.find(({ index }) => index === track.index)
      return stream === undefined ? [] : [{ track, stream }]
    })
    const named = (one: ProbedStream): number | undefined => positive(one.bit_rate) ?? tagged(one, 'BPS')
    const isUnknown = ({ track, stream }: Sound): boolean =>
      opusOf(track, plan) === undefined && named(stream) === undefined
    const isMeasured = durationSeconds > 0 && streams.some(isUnknown)
    const rates = isMeasured ? await measureRates(path, options) : new Map<number, number>()
    // A film that is shorter than what is looked at is read whole.
    const whole = (rate: number): number => rate * Math.max(durationSeconds, LOOK_SECONDS)
    const bytesOf = ({ track, stream }: Sound): number => {
      const opus = opusKbps(track, plan)
      const bits = opus === undefined ? named(stream) : opus * 1000
      return bits === undefined ? whole(rates.get(stream.index) ?? 0) : (bits * durationSeconds) / 8
    }
    return Math.round(streams.reduce((sum, one) => sum + bytesOf(one), 0))
  } catch (error) {
    options.signal.throwIfAborted()
    if (error instanceof MediaError) return undefined
    throw error
  }
}
