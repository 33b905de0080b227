import {
  becomesOpus,
  copied as allCopied,
  headerOptions,
  keptTracks,
  OPUS_KBPS_PER_CHANNEL_DEFAULT,
  opusLayout,
  opusOf,
  renumbered,
  type SourceTrack,
  type StreamPlan
} from '../rules/index.ts'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { clockOfOthers } from '../programs/clock.ts'
import { countedTimes } from './counted-sound.ts'
import { isSpliced, opusDelayToAdd, soundTimes } from './codec-delays.ts'
import { isMatroska, LOCAL_FILES, type ProbeReport } from '../programs/ffprobe.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import { flacOptions, planSound, type SoundPlan } from './sound-plan.ts'
import { ownTags } from './own-tags.ts'
import { tracksOf } from './tracks.ts'
import { readWords, type TrackWords } from './track-words.ts'
import type { SourceInfo } from '../rules/index.ts'
import type { RunOptions } from '../programs/run-options.ts'

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

/** Everything except the video, in Matroska. */
export interface OtherStreams {
  readonly source: SourceInfo
  readonly probed: ProbeReport
  /** The source's properties of each, by its number here; ffmpeg does not carry all of them over. */
  readonly words: TrackWords
  /** What becomes of them when they are muxed. */
  readonly streams: StreamPlan
  /** Tags in place of the source's, each as `NAME=value`. Default: none. */
  readonly tag?: readonly string[] | undefined
}

export interface OtherInput extends OtherStreams {
  /** Where streams go that mkvmerge cannot take from the source as they are. */
  readonly file: string
}

/** One thread, and no names of versions: the same sound gives the same bytes. */
function opusOptions(track: SourceTrack, n: number, plan: StreamPlan, delayMs: number): string[] {
  const kbps = opusOf(track, plan)?.kbpsPerChannel ?? OPUS_KBPS_PER_CHANNEL_DEFAULT
  const layout = opusLayout(track.layout, track.channels) ?? 'stereo'
  const places = `aformat=sample_fmts=flt:channel_layouts=${layout}`
  const channels = { mono: 1, stereo: 2, '3.0': 3, quad: 4, '5.0': 5, '5.1': 6, '6.1': 7, '7.1': 8 }[layout] ?? 2
  return [
    `-filter:a:${n}`,
    `aresample=48000:async=1:min_hard_comp=${DRIFT_SECONDS_MAX},asetpts=PTS+${delayMs / 1000}/TB,${places}`,
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

type KeptSound = SoundPlan | { readonly track: SourceTrack; readonly way: 'opus'; readonly delayMs: number }

function soundOptions(sound: readonly KeptSound[], { source, streams }: Omit<OtherStreams, 'words'>): string[] {
  return sound.flatMap((one, n) => {
    const { track, delayMs } = one
    // The filters of an encode shift its times themselves.
    if (one.way === 'opus') return opusOptions(track, n, streams, delayMs)
    const times = { codec: track.codec, delayMs: 0, isSpliced: false, unit: one.unit }
    if (one.way === 'flac') return [...flacOptions(n, track), ...soundTimes(n, times)]
    return soundTimes(n, { ...times, delayMs, isSpliced: isSpliced(source.container, track.codec) })
  })
}

/** Writes streams into a Matroska file at ffmpeg's times. */
async function remux(
  { source, probed, file }: Omit<OtherInput, 'words'>,
  what: readonly string[],
  { signal }: RunOptions
): Promise<void> {
  const raw = isMatroska(source.container) ? ['-copyts'] : []
  const input = ['-threads', '1', ...LOCAL_FILES, ...raw, '-i', `file:${source.path}`]
  const times = ['-avoid_negative_ts', 'disabled', '-max_interleave_delta', '0']
  const carried = ['-map_metadata', '0', '-map_chapters', '0', ...what, ...times, '-fflags', '+bitexact']
  const clock = clockOfOthers(source, probed)
  const args = [...FFMPEG_QUIET, '-y', ...input, ...carried, '-f', 'matroska', `file:${file}`, ...clock]
  const given = { reads: [source.path], writes: [file] }
  expectSuccess(await startProcess('ffmpeg', args, { signal, ...given }).ended, 'ffmpeg', 'join-failed')
}

/** ffmpeg's options that take tracks, in this order. */
export const mapsOf = (tracks: readonly SourceTrack[]): string[] =>
  tracks.flatMap(({ index }) => ['-map', `0:${index}`])

/** A dummy picture carries chapters and tags if there is nothing else. */
const pictureOf = ({ videoStream }: SourceInfo): string[] => [
  '-map',
  `0:${videoStream}`,
  '-frames:v',
  '1',
  '-c:v',
  'ffv1'
]

/** How the streams of a source that is not Matroska get into a Matroska file. */
export interface OthersPlan {
  readonly kept: readonly SourceTrack[]
  readonly sound: readonly SoundPlan[]
  /** ffmpeg's options. */
  readonly what: readonly string[]
  /** The streams as they are there. */
  readonly made: OtherStreams
}

/**
 * Plans it by a trial with the first packets. `folder` is for files in between.
 * @throws MediaError `unsupported` for sound that Matroska cannot hold
 */
export async function planOthers(
  { source, probed, streams, file }: Omit<OtherInput, 'words'>,
  folder: string,
  options: RunOptions
): Promise<OthersPlan> {
  const kept = keptTracks(tracksOf(source.container, probed), streams)
  const copied = kept.filter((track) => !becomesOpus(track, streams))
  const plans = await planSound(source, copied, folder, options)
  const audio = kept.filter((track) => track.type === 'audio')
  const opusMs = audio.length === plans.length ? 0 : await opusDelayToAdd(folder, options)
  const sound = audio.map(
    (track): KeptSound => plans.find((plan) => plan.track === track) ?? { track, way: 'opus', delayMs: opusMs }
  )
  const texts = kept
    .filter((track) => track.type === 'subtitle')
    .flatMap((track, n) => (track.codec === 'mov_text' ? [`-c:s:${n}`, 'srt'] : []))
  const codecOf = (track: SourceTrack): string => {
    const way = sound.find((one) => one.track === track)?.way ?? 'copy'
    if (way !== 'copy') return way
    return track.codec === 'mov_text' ? 'subrip' : track.codec
  }
  const found = kept.flatMap((track, index) => {
    const stream = probed.streams.find((one) => one.index === track.index)
    return stream === undefined ? [] : [{ ...stream, index, codec_name: codecOf(track) }]
  })
  return {
    kept,
    sound: plans,
    what: [...mapsOf(kept), '-c', 'copy', ...soundOptions(sound, { source, probed, streams }), ...texts],
    made: {
      source: { ...source, path: file, container: 'matroska' },
      probed: { ...probed, streams: found },
      words: new Map(),
      streams: renumbered(
        allCopied(streams),
        kept.map(({ index }) => index)
      )
    }
  }
}

/**
 * Copies everything except the video into a Matroska file, in the one read that its times come from. A Matroska source is one already.
 * @param folder for a file in between
 * @throws MediaError `join-failed`, or `unsupported` for sound that Matroska cannot hold
 */
export async function othersAsMatroska(
  input: Omit<OtherInput, 'words'>,
  folder: string,
  options: RunOptions
): Promise<OtherStreams> {
  const { source, probed, streams } = input
  if (isMatroska(source.container)) return { source, probed, streams, words: await readWords(source.path, options) }
  const { kept, what, made } = await planOthers(input, folder, options)
  await remux(input, kept.length === 0 ? pictureOf(source) : what, options)
  return made
}

const opusTracks = (audio: readonly SourceTrack[], plan: StreamPlan): SourceTrack[] =>
  audio.filter((track) => becomesOpus(track, plan))

/** mkvmerge numbers its inputs; the video is 0. */
const trackOrder = (audio: readonly SourceTrack[], plan: StreamPlan): string =>
  [
    '0:0',
    ...audio.map((track) =>
      becomesOpus(track, plan) ? `1:${opusTracks(audio, plan).indexOf(track)}` : `2:${track.index}`
    )
  ].join(',')

/** Writes the tracks that become Opus into a file of their own. */
async function encodeOpus(
  input: OtherInput,
  opus: readonly SourceTrack[],
  folder: string,
  options: RunOptions
): Promise<void> {
  const delayMs = await opusDelayToAdd(folder, options)
  const sound = opus.map((track): KeptSound => ({ track, way: 'opus', delayMs }))
  await remux(input, [...mapsOf(opus), ...soundOptions(sound, input)], options)
}

/** mkvmerge's option for which tracks of a kind it takes. */
function taking(tracks: readonly SourceTrack[], type: SourceTrack['type'], none: string, some: string): string[] {
  const taken = tracks.filter((track) => track.type === type)
  return taken.length === 0 ? [none] : [some, taken.map(({ index }) => index).join(',')]
}

/** mkvmerge's inputs for everything except the video, each after its options. It reads Matroska itself, with its raw times; only audio that becomes Opus goes through ffmpeg, with the same times. */
export async function otherInputs(input: OtherInput, folder: string, options: RunOptions): Promise<readonly string[]> {
  const { source, probed, streams, words, file, tag = [] } = input
  const kept = keptTracks(tracksOf(source.container, probed), streams)
  const audio = kept.filter((track) => track.type === 'audio')
  const opus = opusTracks(audio, streams)
  if (opus.length > 0) await encodeOpus(input, opus, folder, options)
  const said = (index: number, at: number): string[] => headerOptions(words.get(index) ?? {}, at)
  const fromSource = kept.filter((track) => track.type !== 'attachment' && !opus.includes(track))
  const times = await countedTimes(source.path, fromSource, folder, options)
  const encoded = opus.flatMap(({ index }, n) => said(index, n))
  return [
    ...(opus.length === 0
      ? []
      : ['--track-order', trackOrder(audio, streams), '--no-global-tags', '--no-chapters', ...encoded, file]),
    ...(await ownTags(source.path, tag, folder, options)),
    '--no-video',
    ...taking(fromSource, 'audio', '--no-audio', '--audio-tracks'),
    ...taking(fromSource, 'subtitle', '--no-subtitles', '--subtitle-tracks'),
    ...(streams.attachments === 'drop' ? ['--no-attachments'] : []),
    ...fromSource.flatMap((track) => [...said(track.index, track.index), ...(times.get(track) ?? [])]),
    source.path
  ]
}
