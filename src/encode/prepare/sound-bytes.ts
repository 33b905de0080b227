import { OPUS_KBPS_PER_CHANNEL_DEFAULT, opusLayout, type SourceInfo, type StreamChoice } from '../rules/index.ts'
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

/**
 * Bytes that the sound of the finished file takes, about: by the rates that the source names, or those of its first seconds. A tag such as `BPS` may be wrong, and then so is this.
 * @returns undefined where ffprobe cannot tell
 */
export async function soundBytes(
  { path, durationSeconds }: Pick<SourceInfo, 'path' | 'durationSeconds'>,
  { audio }: StreamChoice,
  options: RunOptions
): Promise<number | undefined> {
  if (audio.type === 'drop') return 0
  try {
    const streams = (await describeFile(path, options)).streams.filter((one) => one.codec_type === 'audio')
    const named = (one: ProbedStream): number | undefined => positive(one.bit_rate) ?? tagged(one, 'BPS')
    const isMeasured = audio.type === 'copy' && durationSeconds > 0 && streams.some((one) => named(one) === undefined)
    const rates = isMeasured ? await measureRates(path, options) : new Map<number, number>()
    // A film that is shorter than what is looked at is read whole.
    const whole = (rate: number): number => rate * Math.max(durationSeconds, LOOK_SECONDS)
    const bytesOf = (one: ProbedStream): number => {
      if (audio.type === 'opus' && (one.codec_name !== 'opus' || audio.kbpsPerChannel !== undefined))
        return (opusKbps(one, audio.kbpsPerChannel) * 1000 * durationSeconds) / 8
      const bits = named(one)
      return bits === undefined ? whole(rates.get(one.index) ?? 0) : (bits * durationSeconds) / 8
    }
    return Math.round(streams.reduce((sum, one) => sum + bytesOf(one), 0))
  } catch (error) {
    options.signal.throwIfAborted()
    if (error instanceof MediaError) return undefined
    throw error
  }
}

function opusKbps(
  { channels, channel_layout: layout }: ProbedStream,
  perChannel = OPUS_KBPS_PER_CHANNEL_DEFAULT
): number {
  const isMixed = opusLayout(layout, channels) === undefined
  return perChannel * (isMixed ? 2 : channels)
}
