import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FFMPEG_QUIET } from './decode.ts'
import { MediaError } from './errors.ts'
import { ffprobe, isMatroska, LOCAL_FILES, type ProbeReport, startShiftMs } from './ffprobe.ts'
import { expectSuccess, runProcess, startProcess } from './process.ts'
import { tracksOf } from './tracks.ts'
import type { JoinInput, KeptTime, RunOptions, SourceInfo } from './types.ts'

/** A time as mkvmerge reads it. */
function clock(ms: number): string {
  const ns = String(Math.round((ms % 1000) * 1_000_000)).padStart(9, '0')
  const seconds = Math.floor(ms / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${ns}`
}

// Control characters are not allowed in XML in any form.
const escaped = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

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
        `<ChapterDisplay><ChapterString>${escaped(chapter.title)}</ChapterString><ChapterLanguage>und</ChapterLanguage></ChapterDisplay></ChapterAtom>`
    )
  return atoms.length === 0
    ? undefined
    : `<?xml version="1.0" encoding="UTF-8"?>\n<Chapters><EditionEntry>${atoms.join('')}</EditionEntry></Chapters>\n`
}

async function writeChapters(input: JoinInput, kept: KeptTime, file: string, options: RunOptions): Promise<string[]> {
  const { path, container } = input.source
  const { chapters, format } = await ffprobe(path, ['-show_chapters', '-show_format'], options)
  const offsetMs = isMatroska(container) ? 0 : (Number(format?.start_time ?? 0) || 0) * 1000
  const xml = chaptersOfPart(
    chapters.map(({ start_time: start, end_time: end, tags }) => ({
      startMs: Number(start) * 1000 - offsetMs,
      endMs: Number(end) * 1000 - offsetMs,
      title: tags['title'] ?? ''
    })),
    kept
  )
  if (xml === undefined) return []
  await writeFile(file, xml)
  return ['--chapters', file]
}

/** Milliseconds that Opus needs to begin with, for each sound track of Matroska. ffmpeg takes them off when it reads; it adds them when it writes only where it tells them as padding, which 5.1 does not and 7.1 does. */
async function codecDelays(path: string, options: RunOptions): Promise<number[]> {
  const result = await runProcess('mkvmerge', ['-J', path], { ...options, bytesMax: 16 * 1024 * 1024 })
  const found = identified.safeParse(JSON.parse(result.stdout || '{}'))
  if (!found.success) throw new MediaError('join-failed', 'mkvmerge describes the source in an unknown way.')
  const sound = found.data.tracks.filter((track) => track.type === 'audio')
  return sound.map((track) => (track.properties.codec_delay ?? 0) / 1_000_000)
}

const identified = z.object({
  tracks: z
    .array(z.object({ type: z.string(), properties: z.object({ codec_delay: z.number().optional() }).default({}) }))
    .default([])
})

/** Which streams go on, as for the whole source. */
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
  const matroska = isMatroska(source.container)
  const shiftMs = matroska ? 0 : startShiftMs(probed, streams)
  const fromMs = startMs - shiftMs
  const seconds = (ms: number): string => (ms / 1000).toFixed(6)
  const delays = matroska ? await codecDelays(source.path, options) : []
  const subtitles = streams.filter((stream) => stream.codec_type === 'subtitle')
  const input = [...LOCAL_FILES, ...(matroska ? ['-copyts'] : []), '-i', `file:${source.path}`]
  const maps = [...streams.map((stream) => `0:${stream.index}`), ...(matroska ? ['0:t?'] : [])]
  const texts = subtitles.flatMap(({ codec_name: name }, n) => (name === 'mov_text' ? [`-c:s:${n}`, 'srt'] : []))
  const sound = probed.streams.filter((stream) => stream.codec_type === 'audio')
  const keptSound = sound.filter((stream) => streams.includes(stream))
  const shifted = keptSound.flatMap((stream, n) => {
    const ms = (stream.initial_padding ?? 0) > 0 ? 0 : (delays[sound.indexOf(stream)] ?? 0)
    const ticks = `round(${ms / 1000}/TB)`
    return ms === 0 ? [] : [`-bsf:a:${n}`, `setts=pts=PTS+${ticks}:dts=DTS+${ticks}`]
  })
  // Packets before the start are left out, not only marked.
  const from = ['-copypriorss', '0', '-ss', seconds(Math.max(fromMs, 0))]
  const to = endMs === undefined ? [] : ['-to', seconds(endMs - shiftMs)]
  const later = fromMs < 0 ? ['-output_ts_offset', seconds(-fromMs)] : []
  const carried = [
    '-map_metadata',
    '0',
    '-map_chapters',
    '-1',
    '-c',
    'copy',
    ...texts,
    ...shifted,
    ...from,
    ...to,
    ...later
  ]
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
  const running = startProcess('ffmpeg', args, options)
  expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
}

/** A source without its video, cut to a part. */
export interface SourcePart {
  readonly source: SourceInfo
  readonly probed: ProbeReport
  /** mkvmerge's options for the part's own chapters. */
  readonly chapters: readonly string[]
}

/**
 * Cuts everything that is not the video to the part of the source that is kept, into a Matroska file in `workDir`. Packets of sound and subtitles stay when they begin within
 * it: nothing is encoded again, so sound begins up to one packet late and ends up to one packet after the last frame.
 * @throws MediaError `join-failed`
 */
export async function cutPart(
  input: JoinInput,
  kept: KeptTime,
  probed: ProbeReport,
  options: RunOptions
): Promise<SourcePart> {
  const { source, workDir } = input
  const chapters = await writeChapters(input, kept, join(workDir, 'chapters.xml'), options)
  const streams = streamsOf(source, probed)
  if (streams.length === 0) return { source, probed, chapters }
  const path = join(workDir, 'part.mkv')
  await cutStreams(source, probed, kept, path, options)
  // Not asked of ffprobe, which does not open a file in which no packet is.
  const report = { ...probed, streams: streams.map((stream, index) => ({ ...stream, index })) }
  return { source: { ...source, path, container: 'matroska' }, probed: report, chapters }
}

/** The other streams with the part's chapters in place of their own. */
export const withChapters = ({ chapters }: SourcePart, others: readonly string[]): readonly string[] =>
  others.length === 0 ? chapters : [...chapters, '--no-chapters', ...others]
