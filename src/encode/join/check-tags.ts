import {
  carriedTags,
  type PictureHeader,
  sameLanguage,
  type SourceTrack,
  tagFault,
  tagsOfFilm,
  trackWords,
  wordFault
} from '../rules/index.ts'
import { broken, filmStreams } from './check-tracks.ts'
import { isMatroska, type ProbedStream, type ProbeReport } from '../programs/ffprobe.ts'
import type { JoinPlan } from './plan.ts'
import { readWords } from './track-words.ts'
import type { JoinInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

const words = (text = ''): string => text.trim()

interface Checked {
  readonly file: string
  readonly input: JoinInput
  readonly film: ProbeReport
  readonly plan: JoinPlan
}

const numberOf = (track: SourceTrack, { tracks }: JoinPlan): string =>
  `${track.type} track ${tracks.filter(({ type }) => type === track.type).indexOf(track) + 1}`

/** Compares the film's title, its tags and those of its tracks besides the video. @returns how many there are @throws MediaError `join-failed` */
export function checkTags({ input, film, plan }: Checked): number {
  if (input.videoOnly === true) return 0
  const { probed, container } = plan
  const [wanted, found] = [tagsOfFilm(probed.format?.tags ?? {}, input), film.format?.tags ?? {}]
  if (words(found['title']) !== words(wanted['title']))
    throw broken(`its title is ${JSON.stringify(words(found['title']))}, not ${JSON.stringify(words(wanted['title']))}`)
  const fault = tagFault(wanted, found, container)
  if (fault !== undefined) throw broken(fault)
  let tags = Object.keys(carriedTags(wanted)).length
  // MP4 has no tags of tracks.
  if (container === 'mp4') return tags
  for (const [track, stream] of filmStreams(plan.tracks, film)) {
    const source = probed.streams.find(({ index }) => index === track.index)
    const said = tagFault(source?.tags ?? {}, stream.tags, container)
    if (said !== undefined) throw broken(`${numberOf(track, plan)}: ${said}`)
    tags += Object.keys(carriedTags(source?.tags ?? {})).length
  }
  return tags
}

/** The language of a track of a source that is not Matroska. */
const wordsOf = (stream: ProbedStream | undefined): PictureHeader => {
  const language = stream?.tags['language']
  return language === undefined || language === 'und' ? {} : { language_ietf: language }
}

/** The properties of a track that MP4 holds: its language without a region, and its title where players look for it. */
const inMp4 = ({ language_ietf: language, track_name: name }: PictureHeader): PictureHeader => ({
  ...(language === undefined ? {} : { language_ietf: sameLanguage(String(language)).split('-', 1)[0] ?? '' }),
  ...(name === undefined ? {} : { track_name: name })
})

const ofMp4 = ({ tags }: ProbedStream): PictureHeader => ({
  language_ietf: tags['language'] ?? 'und',
  track_name: tags['title'] ?? tags['handler_name'] ?? ''
})

/** Compares language, name and flags of each track besides the video. @returns how many words were compared @throws MediaError `join-failed` */
export async function checkWords({ file, input, film, plan }: Checked, options: RunOptions): Promise<number> {
  const isMp4 = plan.container === 'mp4'
  const said = isMatroska(input.source.container) ? await readWords(input.source.path, options) : undefined
  const found = isMp4 ? undefined : await readWords(file, options)
  let compared = 0
  for (const [track, stream] of filmStreams(plan.tracks, film)) {
    const source =
      said === undefined
        ? wordsOf(plan.probed.streams.find(({ index }) => index === track.index))
        : said.get(track.index)
    const words = trackWords(source ?? {})
    const planned = isMp4 ? inMp4(words) : words
    const fault = wordFault(planned, found?.get(stream.index) ?? ofMp4(stream))
    if (fault !== undefined) throw broken(`${numberOf(track, plan)}: ${fault}`)
    compared += Object.keys(planned).length
  }
  return compared
}
