import { z } from 'zod'
import { KEEP_ALL, type KeptTime } from '../rules/index.ts'
import { broken } from './check-tracks.ts'
import { ffprobe, isMatroska, LOCAL_FILES, type ProbeReport } from '../programs/ffprobe.ts'
import { runProcess } from '../programs/process.ts'
import type { JoinInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** How far a chapter's start may be off: ffmpeg and MP4 count in other ticks. */
const CHAPTER_OFF_MS = 30

interface Mark {
  readonly ms: number
  readonly title: string
}

function marksIn({ chapters }: ProbeReport, originMs: number, kept: KeptTime | undefined): Mark[] {
  const { startMs, endMs = Infinity } = kept ?? { startMs: 0 }
  return chapters.flatMap(({ start_time: start, end_time: end, tags }): Mark[] => {
    const [from, to] = [Number(start) * 1000 - originMs, Number(end) * 1000 - originMs]
    if (kept !== undefined && !(to > startMs && from < endMs)) return []
    return [{ ms: Math.max(from - startMs, 0), title: tags['title'] ?? '' }]
  })
}

const text = (title: string): string => title.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()

/** @returns how many there are @throws MediaError `join-failed` */
export async function checkChapters(input: JoinInput, film: ProbeReport, options: RunOptions): Promise<number> {
  const { path, container } = input.source
  const source = await ffprobe(path, ['-show_chapters', '-show_format'], options)
  const originMs = isMatroska(container) ? 0 : (Number(source.format?.start_time ?? 0) || 0) * 1000
  const wanted = input.videoOnly === true ? [] : marksIn(source, originMs, input.kept)
  const found = marksIn(film, 0, undefined)
  if (found.length !== wanted.length) throw broken(`it has ${found.length} chapters, not ${wanted.length}`)
  for (const [n, { ms, title }] of wanted.entries()) {
    const chapter = found[n]
    if (chapter === undefined || Math.abs(chapter.ms - ms) > CHAPTER_OFF_MS)
      throw broken(`chapter ${n + 1} begins at ${(chapter?.ms ?? 0) / 1000} s, not ${ms / 1000} s`)
    if (text(chapter.title) !== text(title))
      throw broken(`chapter ${n + 1} is called ${JSON.stringify(chapter.title)}, not ${JSON.stringify(title)}`)
  }
  return found.length
}

const described = z.object({
  streams: z
    .array(
      z.object({
        codec_type: z.string().default(''),
        extradata_hash: z.string().optional(),
        tags: z.record(z.string(), z.string()).default({})
      })
    )
    .default([])
})

/** Names and hashes of a file's attachments. */
async function attachmentsOf(file: string, options: RunOptions): Promise<string[]> {
  const show = ['-show_streams', '-show_data_hash', 'sha256', '-of', 'json']
  const init = { ...options, fileBytesMax: 0, bytesMax: 16 * 1024 * 1024 }
  const { stdout } = await runProcess('ffprobe', ['-v', 'error', ...LOCAL_FILES, ...show, `file:${file}`], init)
  const found = described.safeParse(JSON.parse(stdout || '{}'))
  const streams = found.success ? found.data.streams.filter((one) => one.codec_type === 'attachment') : []
  return streams.map(({ tags, extradata_hash: hash }) => `${tags['filename'] ?? ''} ${hash ?? ''}`)
}

/** @returns how many there are @throws MediaError `join-failed` */
export async function checkAttachments(file: string, input: JoinInput, options: RunOptions): Promise<number> {
  const { source, streams = KEEP_ALL, videoOnly } = input
  const isKept = isMatroska(source.container) && streams.attachments !== 'drop' && videoOnly !== true
  const wanted = isKept ? await attachmentsOf(source.path, options) : []
  const found = await attachmentsOf(file, options)
  if (found.length !== wanted.length) throw broken(`it has ${found.length} attachments, not ${wanted.length}`)
  const other = wanted.find((one) => !found.includes(one))
  if (other !== undefined) throw broken(`attachment ${JSON.stringify(other.replace(/ \S*$/, ''))} is not the source's`)
  return found.length
}
