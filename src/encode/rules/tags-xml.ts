import type { FilmTag } from './film-words.ts'
import { escapedMarkup } from '../../common/markup.ts'

/** The parts of Matroska's XML between such tags, whole, and what is left. */
function elements(xml: string, name: string): readonly string[] {
  const found: string[] = []
  let depth = 0
  let begin = 0
  for (const { 0: mark, index } of xml.matchAll(new RegExp(`</?${name}>`, 'g'))) {
    if (mark.startsWith('</')) {
      depth -= 1
      if (depth === 0) found.push(xml.slice(begin, index + mark.length))
    } else {
      if (depth === 0) begin = index
      depth += 1
    }
  }
  return found
}

const nameOf = (simple: string): string => /<Name>([^<]*)<\/Name>/.exec(simple)?.[1]?.trim().toUpperCase() ?? ''

/** A `Tag` without the tags of these names; undefined where none is left. */
function without(tag: string, names: ReadonlySet<string>): string | undefined {
  const simples = elements(tag, 'Simple')
  const gone = simples.filter((simple) => names.has(nameOf(simple)))
  if (gone.length === 0) return tag
  return gone.length === simples.length ? undefined : gone.reduce((rest, simple) => rest.replace(simple, () => ''), tag)
}

/**
 * The tags of a whole film in Matroska's XML, as mkvmerge reads it.
 * @param source those of the source as mkvextract writes them, which may be empty; tags of its tracks are left out
 * @param tags that the film has in place of the source's
 */
export function tagsXml(source: string, tags: readonly FilmTag[]): string {
  const names = new Set(tags.map(({ name }) => name))
  const kept = elements(source, 'Tag')
    .filter((tag) => !tag.includes('<TrackUID>'))
    .flatMap((tag) => without(tag, names) ?? [])
  const simples = tags
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => `<Simple><Name>${name}</Name><String>${escapedMarkup(value)}</String></Simple>`)
  const own = simples.length === 0 ? [] : [`<Tag><Targets/>${simples.join('')}</Tag>`]
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Tags>${[...kept, ...own].join('')}</Tags>\n`
}
