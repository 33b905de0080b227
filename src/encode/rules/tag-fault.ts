import type { Container } from './containers.ts'
import { sameLanguage } from './language.ts'
import type { HeaderValue, PictureHeader } from './picture-header.ts'

export type Tags = Readonly<Record<string, string>>

/** Tags that are true of the source's file or streams alone, and words that have a place of their own. */
const OWN = new Set(
  (
    'ENCODER DURATION BPS NUMBER_OF_FRAMES NUMBER_OF_BYTES _STATISTICS_TAGS _STATISTICS_WRITING_APP _STATISTICS_WRITING_DATE_UTC ' +
    'CREATION_TIME LANGUAGE TITLE HANDLER_NAME VENDOR_ID MAJOR_BRAND MINOR_VERSION COMPATIBLE_BRANDS FILENAME MIMETYPE TIMECODE'
  ).split(' ')
)

/** Tags that MP4 has a place for, in the film's own list only. */
export const heldByMp4: ReadonlySet<string> = new Set(
  'TITLE ARTIST ALBUM_ARTIST COMPOSER ALBUM DATE COMMENT GENRE COPYRIGHT'.split(' ')
)

/** A tag's name without the language that is written behind it. */
const bare = (name: string): string => name.toUpperCase().replace(/-[A-Z]{3}$/, '')

const words = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()

/** Whether a source's tag of this name goes over into the film. */
export const isCarried = (name: string): boolean => !OWN.has(bare(name))

/** The tags that go over from a source into the film. */
export const carriedTags = (tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([name, value]) => isCarried(name) && words(value) !== ''))

/** The first tag of the source that the film does not have as it is, as the end of a sentence. */
export function tagFault(wanted: Tags, found: Tags, container: Container): string | undefined {
  const has = new Map(Object.entries(found).map(([name, value]) => [name.toUpperCase(), words(value)]))
  for (const [name, value] of Object.entries(carriedTags(wanted))) {
    if (container === 'mp4' && !heldByMp4.has(name.toUpperCase())) continue
    const is = has.get(name.toUpperCase())
    if (is !== words(value))
      return `its tag ${name} is ${is === undefined ? 'missing' : JSON.stringify(is)}, not ${JSON.stringify(words(value))}`
  }
  return undefined
}

/** Properties of an audio or subtitle track, by the names of `mkvmerge -J`. */
const WORDS: readonly string[] = [
  'track_name',
  'language_ietf',
  'default_track',
  'forced_track',
  'enabled_track',
  'flag_hearing_impaired',
  'flag_visual_impaired',
  'flag_text_descriptions',
  'flag_original',
  'flag_commentary'
]

/** The words among a track's properties. A missing language is left out. */
export const trackWords = (properties: Readonly<Record<string, HeaderValue>>): PictureHeader =>
  Object.fromEntries(
    Object.entries(properties).filter(
      ([name, value]) => WORDS.includes(name) && !(name === 'language_ietf' && value === 'und')
    )
  )

/** The first word that a film's track does not say as planned, as the end of a sentence. */
export function wordFault(planned: PictureHeader, found: PictureHeader): string | undefined {
  const text = (name: string, value: HeaderValue | undefined): string =>
    name === 'language_ietf' ? sameLanguage(String(value ?? 'und')) : words(String(value ?? ''))
  for (const [name, value] of Object.entries(planned)) {
    const [wanted, is] = [text(name, value), text(name, found[name])]
    const isSilent = found[name] === undefined && value === false
    if (wanted !== is && !isSilent) return `its ${name.replaceAll('_', ' ')} is ${is || 'missing'}, not ${wanted}`
  }
  return undefined
}
