import type { KeptTime, StreamPlan } from '../rules/index.ts'
import { broken } from './check-tracks.ts'
import { isMatroska, type ProbeReport } from '../programs/ffprobe.ts'
import type { JoinInput } from './types.ts'

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
export function checkChapters(input: JoinInput, film: ProbeReport, source: ProbeReport): number {
  const { container } = input.source
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

/** Names and hashes of a file's attachments. */
const attachmentsOf = ({ streams }: ProbeReport): string[] =>
  streams
    .filter((one) => one.codec_type === 'attachment')
    .map(({ tags, extradata_hash: hash }) => `${tags['filename'] ?? ''} ${hash ?? ''}`)

/** @returns how many there are @throws MediaError `join-failed` */
export function checkAttachments(
  { source }: JoinInput,
  { attachments }: StreamPlan,
  film: ProbeReport,
  original: ProbeReport
): number {
  const isKept = isMatroska(source.container) && attachments === 'copy'
  const wanted = isKept ? attachmentsOf(original) : []
  const found = attachmentsOf(film)
  if (found.length !== wanted.length) throw broken(`it has ${found.length} attachments, not ${wanted.length}`)
  const other = wanted.find((one) => !found.includes(one))
  if (other !== undefined) throw broken(`attachment ${JSON.stringify(other.replace(/ \S*$/, ''))} is not the source's`)
  return found.length
}
