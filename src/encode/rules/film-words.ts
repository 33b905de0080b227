import type { Container } from './containers.ts'
import { ParamsError } from './errors.ts'
import { heldByMp4, isCarried, type Tags } from './tag-fault.ts'

/** The words that a submission gives a film in place of the source's. */
export interface FilmWords {
  /** Of the whole film; empty for none. Default: the source's. */
  readonly title?: string | undefined
  /** Each as `NAME=value`; without a value the source's tag is left out. Default: the source's tags. */
  readonly tag?: readonly string[] | undefined
}

/** A tag of the film. */
export interface FilmTag {
  /** In capitals. */
  readonly name: string
  /** Empty where the source's is left out. */
  readonly value: string
}

const SYNTAX = /^([a-z][a-z0-9_]{0,63})=(.*)$/is

/** A title or a tag stands in one line. */
const CONTROL = /\p{Cc}/u

const refused = (message: string, field: 'tag' | 'title'): ParamsError =>
  new ParamsError('bad-words', message, { field })

function parseTag(text: string): FilmTag {
  const [, word, value = ''] = SYNTAX.exec(text) ?? []
  if (word === undefined)
    throw refused(
      `"${text.slice(0, 60)}" is not a tag: write NAME=value, with letters, digits and _ in the name.`,
      'tag'
    )
  const name = word.toUpperCase()
  if (CONTROL.test(value) || !value.isWellFormed())
    throw refused(`The tag ${name} has characters that are not allowed.`, 'tag')
  if (name === 'TITLE') throw refused('The title has an option of its own: use --title.', 'tag')
  if (isCarried(name)) return { name, value: value.trim() }
  throw refused(`The tag ${name} is reserved for programs: choose another name.`, 'tag')
}

/** The tags of a film, each once. @throws ParamsError `bad-words` */
export function parseTags(given: readonly string[]): readonly FilmTag[] {
  const tags = given.map(parseTag)
  const twice = tags.find(({ name }, n) => tags.findIndex((one) => one.name === name) !== n)
  if (twice !== undefined) throw refused(`The tag ${twice.name} has two values: give only one.`, 'tag')
  return tags
}

/** Checks the words of a film. @throws ParamsError `bad-words` */
export function checkFilmWords({ title = '', tag = [] }: FilmWords, container: Container): void {
  if (CONTROL.test(title) || !title.isWellFormed())
    throw refused('The title has characters that are not allowed.', 'title')
  const tags = parseTags(tag)
  if (container !== 'mp4') return
  const lost = tags.find(({ name, value }) => value !== '' && !heldByMp4.has(name))
  if (lost !== undefined)
    throw refused(
      `.mp4 does not hold the tag ${lost.name}; it holds ${[...heldByMp4].join(', ')}: leave it out, or name an .mkv.`,
      'tag'
    )
}

/** Whether a tag as ffprobe names it is one of these, in any language, or belongs to it. */
const isOneOf = (names: ReadonlySet<string>, key: string): boolean => {
  const [first = ''] = key.toUpperCase().split('/', 1)
  return names.has(first) || names.has(first.replace(/-[A-Z]{3}$/, ''))
}

/** The tags of the film, by those of its source. */
export function tagsOfFilm(source: Tags, { title, tag = [] }: FilmWords): Tags {
  const given = parseTags(tag)
  const names = new Set(given.map(({ name }) => name))
  const kept = Object.entries(source).filter(
    ([key]) => !isOneOf(names, key) && !(title !== undefined && key.toUpperCase() === 'TITLE')
  )
  const said = given.filter(({ value }) => value !== '').map(({ name, value }) => [name, value])
  return Object.fromEntries([...kept, ...said, ...(title === undefined ? [] : [['title', title]])])
}
