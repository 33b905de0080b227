import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MediaError } from './errors.ts'
import { ffprobe, isMatroska, type ProbeReport } from './ffprobe.ts'
import type { OtherStreams } from './join-others.ts'
import { lastWords, runProcess } from './process.ts'
import type { JoinInput, KeptTime, RunOptions } from './types.ts'

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
  return atoms.length === 0 ? undefined : `<Chapters><EditionEntry>${atoms.join('')}</EditionEntry></Chapters>\n`
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

/**
 * Cuts everything that is not the video to the part of the source that is kept. Packets of sound and subtitles stay when they begin within it: nothing is encoded again, so
 * sound starts up to one packet late and ends up to one packet after the last frame. `others` already has its times from the start of the part on.
 * @throws MediaError `join-failed`
 */
export async function keepPart(
  others: OtherStreams,
  kept: KeptTime,
  input: JoinInput,
  probed: ProbeReport,
  options: RunOptions
): Promise<OtherStreams> {
  const chapters = await writeChapters(input, kept, join(input.workDir, 'chapters.xml'), options)
  const hasTracks = probed.streams.some(({ codec_type: type }) => type === 'audio' || type === 'subtitle')
  if (others.length === 0) return chapters
  const source = ['--no-chapters', ...others]
  if (kept.endMs === undefined || !hasTracks) return [...chapters, ...source]
  const file = join(input.workDir, 'part.mkv')
  const part = ['--split', `parts:00:00:00-${clock(kept.endMs - kept.startMs)}`, '--output', file]
  // Ids that the source lacks are made from the seed, so that the finished file has the same ones each time.
  const same = ['--quiet', '--deterministic', 'grav1', '--disable-track-statistics-tags']
  const result = await runProcess('mkvmerge', [...same, ...part, ...source], options)
  // 1 means warnings.
  if (result.code !== 0 && result.code !== 1) {
    const said = lastWords(result.stdout) || lastWords(result.stderrTail)
    throw new MediaError('join-failed', `mkvmerge could not cut the other streams: ${said}`, {
      stderrTail: result.stdout.slice(-8192) + result.stderrTail
    })
  }
  return [...chapters, '--no-chapters', file]
}
