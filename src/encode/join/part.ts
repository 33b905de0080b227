import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { delaysToAdd, soundTimes } from './codec-delays.ts'
import { MATROSKA_TICKS_PER_SECOND, packetUnit } from './packet-unit.ts'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { describeFile, LOCAL_FILES, type ProbeReport } from '../programs/ffprobe.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { OtherStreams } from './others.ts'
import { tracksOf } from './tracks.ts'
import { escapedMarkup } from '../../common/markup.ts'
import { type KeptTime, renumbered, type SourceInfo } from '../rules/index.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** A time as mkvmerge reads it. */
function clock(ms: number): string {
  const ns = String(Math.round((ms % 1000) * 1_000_000)).padStart(9, '0')
  const seconds = Math.floor(ms / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${ns}`
}

interface Chapter {
  readonly startMs: number
  readonly endMs: number
  readonly title: string
}

/** Chapters that reach into the part, cut to it and counted from its start, in Matroska's XML; undefined when there are none. */
export function chaptersOfPart(
  chapters: readonly Chapter[],
  { startMs, endMs = Infinity }: KeptTime
): string | undefined {
  const atoms = chapters
    .filter((chapter) => chapter.endMs > startMs && chapter.startMs < endMs)
    .map(
      (chapter) =>
        `<ChapterAtom><ChapterTimeStart>${clock(Math.max(chapter.startMs - startMs, 0))}</ChapterTimeStart>` +
        `<ChapterTimeEnd>${clock(Math.min(chapter.endMs, endMs) - startMs)}</ChapterTimeEnd>` +
        `<ChapterDisplay><ChapterString>${escapedMarkup(chapter.title)}</ChapterString><ChapterLanguage>und</ChapterLanguage></ChapterDisplay></ChapterAtom>`
    )
  return atoms.length === 0
    ? undefined
    : `<?xml version="1.0" encoding="UTF-8"?>\n<Chapters><EditionEntry>${atoms.join('')}</EditionEntry></Chapters>\n`
}

async function writeChapters(path: string, kept: KeptTime, file: string, options: RunOptions): Promise<string[]> {
  const { chapters } = await describeFile(path, options)
  const xml = chaptersOfPart(
    chapters.map(({ start_time: start, end_time: end, tags }) => ({
      startMs: Number(start) * 1000,
      endMs: Number(end) * 1000,
      title: tags['title'] ?? ''
    })),
    kept
  )
  if (xml === undefined) return []
  await writeFile(file, xml)
  return ['--chapters', file]
}

/** Which streams are kept, as for the whole source. */
function streamsOf({ container }: SourceInfo, probed: ProbeReport): ProbeReport['streams'] {
  const tracks = tracksOf(container, probed).filter(({ type, codec }) => type !== 'attachment' && codec !== '')
  return probed.streams.filter(({ index }) => tracks.some((track) => track.index === index))
}

async function cutStreams(
  source: SourceInfo,
  probed: ProbeReport,
  { startMs, endMs }: KeptTime,
  file: string,
  options: RunOptions
): Promise<void> {
  const streams = streamsOf(source, probed)
  const seconds = (ms: number): string => (ms / 1000).toFixed(6)
  const delays = await delaysToAdd(source.path, dirname(file), options)
  const unit = await packetUnit(MATROSKA_TICKS_PER_SECOND, dirname(file), options)
  const input = [...LOCAL_FILES, '-copyts', '-i', `file:${source.path}`]
  const maps = [...streams.map((stream) => `0:${stream.index}`), '0:t?']
  const sound = probed.streams.filter((stream) => stream.codec_type === 'audio')
  const keptSound = sound.filter((stream) => streams.includes(stream))
  const shifted = keptSound.flatMap((stream, n) =>
    soundTimes(n, { codec: stream.codec_name, delayMs: delays[sound.indexOf(stream)] ?? 0, isSpliced: false, unit })
  )
  // Packets before the start are left out, not only marked.
  const from = ['-copypriorss', '0', '-ss', seconds(Math.max(startMs, 0))]
  const to = endMs === undefined ? [] : ['-to', seconds(endMs)]
  const later = startMs < 0 ? ['-output_ts_offset', seconds(-startMs)] : []
  const carried = ['-map_metadata', '0', '-map_chapters', '-1', '-c', 'copy', ...shifted, ...from, ...to, ...later]
  const muxing = [
    '-avoid_negative_ts',
    'disabled',
    '-max_interleave_delta',
    '0',
    '-fflags',
    '+bitexact',
    '-f',
    'matroska'
  ]
  const all = maps.flatMap((map) => ['-map', map])
  const args = [...FFMPEG_QUIET, '-y', ...input, ...all, ...carried, ...muxing, `file:${file}`]
  const running = startProcess('ffmpeg', args, { ...options, reads: [source.path], writes: [file] })
  expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
}

/** A source without its video, cut to a part. */
export interface SourcePart extends OtherStreams {
  /** mkvmerge's options for the part's own chapters. */
  readonly chapters: readonly string[]
}

/**
 * Cuts everything except the video to the kept part of the source, into a Matroska file in `workDir`. Packets of audio and subtitles stay if they begin within
 * it: nothing is encoded again, so audio begins up to one packet late and ends up to one packet after the last frame.
 * @throws MediaError `join-failed`
 */
export async function cutPart(
  others: OtherStreams,
  kept: KeptTime,
  workDir: string,
  options: RunOptions
): Promise<SourcePart> {
  const { source, probed } = others
  const chapters = await writeChapters(source.path, kept, join(workDir, 'chapters.xml'), options)
  const streams = streamsOf(source, probed)
  if (streams.length === 0) return { ...others, chapters }
  const path = join(workDir, 'part.mkv')
  await cutStreams(source, probed, kept, path, options)
  // Not asked of ffprobe, which does not open a file in which no packet is.
  const report = { ...probed, streams: streams.map((stream, index) => ({ ...stream, index })) }
  const words = new Map(streams.map((stream, index) => [index, others.words.get(stream.index) ?? {}]))
  const planned = renumbered(
    others.streams,
    streams.map(({ index }) => index)
  )
  const part = { ...source, path, container: 'matroska' }
  return { source: part, probed: report, words, streams: planned, chapters }
}

/** The other streams with the part's chapters in place of their own. */
export const withChapters = ({ chapters }: SourcePart, others: readonly string[]): readonly string[] =>
  others.length === 0 ? chapters : [...chapters, '--no-chapters', ...others]
