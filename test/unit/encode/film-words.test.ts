import { describe, expect, test } from 'vitest'
import { checkFilmWords, type FilmWords, parseTags, tagsOfFilm, tagsXml } from '../../../src/encode/rules/index.ts'

describe('words that are refused', () => {
  test.for<[string, FilmWords, 'mkv' | 'mp4', string]>([
    ['no value', { tag: ['ARTIST'] }, 'mkv', 'tag'],
    ['no name', { tag: ['=x'] }, 'mkv', 'tag'],
    ['a name with a space', { tag: ['TWO WORDS=x'] }, 'mkv', 'tag'],
    ['a name that is too long', { tag: [`${'A'.repeat(65)}=x`] }, 'mkv', 'tag'],
    ['the title', { tag: ['title=x'] }, 'mkv', 'tag'],
    ['what programs write', { tag: ['ENCODER=x'] }, 'mkv', 'tag'],
    ['two values', { tag: ['ARTIST=a', 'artist=b'] }, 'mkv', 'tag'],
    ['a line break', { tag: ['ARTIST=a\nb'] }, 'mkv', 'tag'],
    ['half a character', { tag: ['ARTIST=\ud800'] }, 'mkv', 'tag'],
    ['what .mp4 does not hold', { tag: ['DIRECTOR=x'] }, 'mp4', 'tag'],
    ['a title of two lines', { title: 'a\nb' }, 'mkv', 'title']
  ])('%s', ([, words, container, field]) => {
    expect(() => checkFilmWords(words, container)).toThrow(expect.objectContaining({ code: 'bad-words', field }))
  })

  test('.mp4 holds some, and what is left out need not fit', () => {
    expect(() => checkFilmWords({ title: '', tag: ['artist=x', 'DIRECTOR='] }, 'mp4')).not.toThrow()
  })
})

test('tags of the film are those of the source, except for its own', () => {
  const source = { title: 'Old', ARTIST: 'A', 'COMMENT-eng': 'c', 'ARTIST/URL': 'u', DATE: '2001' }
  expect(tagsOfFilm(source, {})).toEqual(source)
  expect(tagsOfFilm(source, { title: 'New', tag: ['artist=B', 'COMMENT=', 'GENRE=g=h'] })).toEqual({
    title: 'New',
    ARTIST: 'B',
    DATE: '2001',
    GENRE: 'g=h'
  })
})

test("the tags of Matroska's XML stay as they are, except for those that are given", () => {
  const simple = (name: string, more = ''): string => `<Simple><Name>${name}</Name><String>x</String>${more}</Simple>`
  const film = `<Tag><Targets><TargetTypeValue>50</TargetTypeValue></Targets>${simple('ARTIST', simple('URL'))}${simple('DATE')}</Tag>`
  const season = `<Tag><Targets><TargetTypeValue>60</TargetTypeValue></Targets>${simple('Artist')}</Tag>`
  const ofTrack = `<Tag><Targets><TrackUID>7</TrackUID></Targets>${simple('DATE')}</Tag>`
  const source = `<?xml version="1.0"?>\n<!-- x -->\n<Tags>${film}${season}${ofTrack}</Tags>`
  const made = tagsXml(source, parseTags(['artist=<B> & $&', 'GENRE=']))
  expect(made).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Tags>' +
      `<Tag><Targets><TargetTypeValue>50</TargetTypeValue></Targets>${simple('DATE')}</Tag>` +
      '<Tag><Targets/><Simple><Name>ARTIST</Name><String>&lt;B&gt; &amp; $&amp;</String></Simple></Tag></Tags>\n'
  )
  expect(tagsXml('', parseTags(['GENRE=']))).toContain('<Tags></Tags>')
})
