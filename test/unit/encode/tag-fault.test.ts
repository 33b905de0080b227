import { describe, expect, test } from 'vitest'
import { carriedTags, sameLanguage, tagFault, trackWords, wordFault } from '../../../src/encode/rules/index.ts'

const TAGS = { ARTIST: 'Somebody', comment: 'Two\nlines', DATE_RELEASED: '1927', ENCODER: 'x', 'BPS-eng': '9' }

describe('tags', () => {
  test('what is true of the source alone does not go over', () => {
    expect(Object.keys(carriedTags(TAGS))).toEqual(['ARTIST', 'comment', 'DATE_RELEASED'])
  })

  test('a tag that is missing or says something else', () => {
    expect(tagFault(TAGS, { artist: 'Somebody', COMMENT: 'Two lines', DATE_RELEASED: '1927' }, 'mkv')).toBeUndefined()
    expect(tagFault(TAGS, { artist: 'Nobody', COMMENT: 'Two lines', DATE_RELEASED: '1927' }, 'mkv')).toBe(
      'its tag ARTIST is "Nobody", not "Somebody"'
    )
    expect(tagFault(TAGS, { artist: 'Somebody', DATE_RELEASED: '1927' }, 'mkv')).toBe(
      'its tag comment is missing, not "Two lines"'
    )
  })

  test('MP4 is asked only for what it has a place for', () => {
    expect(tagFault(TAGS, { artist: 'Somebody', comment: 'Two lines' }, 'mp4')).toBeUndefined()
    expect(tagFault(TAGS, { comment: 'Two lines' }, 'mp4')).toMatch(/ARTIST is missing/)
  })
})

describe('words of a track', () => {
  test.for([
    ['deu', 'ger'],
    ['fre', 'fr'],
    ['pt-br', 'pt-BR'],
    ['zho', 'chi']
  ] as const)('%s and %s are one language', ([one, other]) => {
    expect(sameLanguage(one)).toBe(sameLanguage(other))
  })

  test('a language or its region lost, a name, a flag', () => {
    const said = trackWords({ language_ietf: 'pt-BR', track_name: 'Som', forced_track: true, codec_id: 'A_AAC' })
    expect(said).toEqual({ language_ietf: 'pt-BR', track_name: 'Som', forced_track: true })
    expect(wordFault(said, said)).toBeUndefined()
    expect(wordFault(said, { ...said, language_ietf: 'pt' })).toBe('its language ietf is pt, not pt-BR')
    expect(wordFault(said, { track_name: 'Som', forced_track: true })).toBe('its language ietf is und, not pt-BR')
    expect(wordFault(said, { ...said, track_name: '' })).toBe('its track name is missing, not Som')
    expect(wordFault(said, { ...said, forced_track: false })).toBe('its forced track is false, not true')
    expect(wordFault({ flag_original: false }, {})).toBeUndefined()
    expect(trackWords({ language_ietf: 'und' })).toEqual({})
    expect(sameLanguage('no language at all')).toBe('no language at all')
  })
})
