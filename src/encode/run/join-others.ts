import {
  becomesOpus,
  keptTracks,
  OPUS_KBPS_PER_CHANNEL_DEFAULT,
  opusLayout,
  type SourceTrack,
  type StreamChoice
} from '../spec/index.ts'
import { FFMPEG_QUIET } from './decode.ts'
import { isMatroska, LOCAL_FILES, type ProbeReport, startShiftMs } from './ffprobe.ts'
import { expectSuccess, startProcess } from './process.ts'
import { tracksOf } from './tracks.ts'
import type { RunOptions, SourceInfo } from './types.ts'

/** Added to all times of the remuxed streams, so that none is negative in between, and taken off again by mkvmerge. */
const SHIFT_MS = 10_000

/** How far sound may run from its times before silence or a cut puts it right: one Opus frame. */
const DRIFT_SECONDS_MAX = 0.02

/** What mkvmerge wrote of a track as it was, which is not true of another encode of it. */
const STATISTICS = [
  'BPS',
  'NUMBER_OF_FRAMES',
  'NUMBER_OF_BYTES',
  '_STATISTICS_TAGS',
  '_STATISTICS_WRITING_APP',
  '_STATISTICS_WRITING_DATE_UTC'
].flatMap((tag) => [tag, `${tag}-eng`])

/** Everything for the output that is not the video. */
export interface OtherStreams {
  /** mkvmerge's inputs, each after its options. */
  readonly inputs: readonly string[]
  readonly tracks: readonly SourceTrack[]
}

export interface OtherInput {
  readonly source: SourceInfo
  readonly probed: ProbeReport
  readonly streams: StreamChoice
  /** Where streams go that mkvmerge cannot take from the source as they are. */
  readonly file: string
}

/** One thread, and no names of versions: the same sound gives the same bytes. */
function opusOptions(track: SourceTrack, n: number, { audio }: StreamChoice): string[] {
  const kbps = (audio.type === 'opus' ? audio.kbpsPerChannel : undefined) ?? OPUS_KBPS_PER_CHANNEL_DEFAULT
  const layout = opusLayout(track.layout, track.channels) ?? 'stereo'
  const places = `aformat=sample_fmts=flt:channel_layouts=${layout}`
  const channels = { mono: 1, stereo: 2, '3.0': 3, quad: 4, '5.0': 5, '5.1': 6, '6.1': 7, '7.1': 8 }[layout] ?? 2
  return [
    `-filter:a:${n}`,
    `aresample=48000:async=1:min_hard_comp=${DRIFT_SECONDS_MAX},${places}`,
    `-c:a:${n}`,
    'libopus',
    `-b:a:${n}`,
    `${kbps * channels}k`,
    `-threads:a:${n}`,
    '1',
    `-flags:a:${n}`,
    '+bitexact',
    ...STATISTICS.flatMap((tag) => [`-metadata:s:a:${n}`, `${tag}=`])
  ]
}

function codecOptions(tracks: readonly SourceTrack[], streams: StreamChoice): string[] {
  const audio = tracks.filter((track) => track.type === 'audio')
  const subtitles = tracks.filter((track) => track.type === 'subtitle')
  return [
    ...audio.flatMap((track, n) => (becomesOpus(track, streams) ? opusOptions(track, n, streams) : [])),
    ...subtitles.flatMap((track, n) => (track.codec === 'mov_text' ? [`-c:s:${n}`, 'srt'] : []))
  ]
}

/** Puts streams into a Matroska file, with chapters and tags; where there are none, a picture that nobody looks at carries these. */
async function remux(
  { source, streams, file }: OtherInput,
  tracks: readonly SourceTrack[],
  { signal }: RunOptions
): Promise<void> {
  const raw = isMatroska(source.container) ? ['-copyts'] : []
  const input = ['-threads', '1', ...LOCAL_FILES, ...raw, '-i', `file:${source.path}`]
  const maps = tracks.flatMap((track) => ['-map', `0:${track.index}`])
  const picture = ['-map', '0:V:0', '-frames:v', '1', '-c:v', 'ffv1']
  const what = tracks.length === 0 ? picture : [...maps, '-c', 'copy', ...codecOptions(tracks, streams)]
  const times = ['-output_ts_offset', `${SHIFT_MS}ms`, '-avoid_negative_ts', 'disabled', '-max_interleave_delta', '0']
  const carried = ['-map_metadata', '0', '-map_chapters', '0', ...what, ...times, '-fflags', '+bitexact']
  const args = [...FFMPEG_QUIET, '-y', ...input, ...carried, '-f', 'matroska', `file:${file}`]
  expectSuccess(await startProcess('ffmpeg', args, { signal }).ended, 'ffmpeg', 'join-failed')
}

/** mkvmerge reads Matroska sources itself, with their raw times; only sound that becomes Opus goes through ffmpeg, with the same times. */
async function fromMatroska(input: OtherInput, kept: readonly SourceTrack[], options: RunOptions): Promise<string[]> {
  const { source, streams, file } = input
  const audio = kept.filter((track) => track.type === 'audio')
  const encoded = audio.some((track) => becomesOpus(track, streams))
  if (encoded) await remux(input, audio, options)
  return [
    ...(encoded ? ['--no-global-tags', '--no-chapters', '--sync', `-1:${-SHIFT_MS}`, file] : []),
    '--no-video',
    ...(encoded || streams.audio.type === 'drop' ? ['--no-audio'] : []),
    ...(streams.subtitles === 'drop' ? ['--no-subtitles'] : []),
    ...(streams.attachments === 'drop' ? ['--no-attachments'] : []),
    source.path
  ]
}

/** Everything else goes through ffmpeg first, which sets times relative to the container's start, as the analysis did for the video. */
async function fromOthers(input: OtherInput, kept: readonly SourceTrack[], options: RunOptions): Promise<string[]> {
  const { probed, file } = input
  await remux(input, kept, options)
  const streams = probed.streams.filter((stream) => kept.some((track) => track.index === stream.index))
  return ['--no-video', '--sync', `-1:${Math.round(startShiftMs(probed, streams)) - SHIFT_MS}`, file]
}

/** Where mkvmerge gets everything from that is not the video. */
export async function otherStreams(input: OtherInput, options: RunOptions): Promise<OtherStreams> {
  const { container } = input.source
  const tracks = keptTracks(tracksOf(container, input.probed), input.streams)
  const from = isMatroska(container) ? fromMatroska : fromOthers
  return { tracks, inputs: await from(input, tracks, options) }
}
