import type { SubmitRequest } from '../../../src/api/schemas/index.ts'

type Zone = NonNullable<SubmitRequest['zones']>[number]

/** Lines without comments, with their numbers. */
const linesOf = (text: string): { readonly line: number; readonly words: string[] }[] =>
  text.split('\n').flatMap((content, index) => {
    const words = content.replace(/#.*$/, '').trim().split(/\s+/).filter(Boolean)
    return words.length === 0 ? [] : [{ line: index + 1, words }]
  })

/** `100, 250, 00:01:00`, or one a line. @returns a reason where it cannot be read */
export function readCuts(text: string): string[] | string {
  const words = linesOf(text).flatMap((line) => line.words.flatMap((word) => word.split(',').filter(Boolean)))
  const bad = words.find((word) => !/^[\d:.]+f?$/.test(word))
  return bad == null ? words : `“${bad}” is neither a frame, such as 1200, nor a time, such as 00:01:30.5.`
}

/** A zone a line, as the zones file of the command line has them: `<start> <end> [encoder] [reset] <parameters>`. @returns a reason where it cannot be read */
export function readZones(text: string): Zone[] | string {
  const zones: Zone[] = []
  for (const { line, words } of linesOf(text)) {
    const [start, end, ...rest] = words
    if (start == null || end == null) return `Line ${line}: a zone is <start> <end> [encoder] [reset] <parameters>.`
    const encoder = rest[0] != null && /^[a-z]/i.test(rest[0]) && rest[0] !== 'reset' ? rest.shift() : undefined
    const reset = rest[0] === 'reset'
    if (reset) rest.shift()
    zones.push({
      start,
      end: end === '-1' ? -1 : end,
      params: rest.join(' '),
      line,
      ...(encoder == null ? {} : { encoder }),
      ...(reset ? { reset } : {})
    })
  }
  return zones
}

/** Zones as lines: `readZones` the other way round. */
export const zonesText = (zones: readonly Zone[]): string =>
  zones
    .map(({ start, end, encoder, reset, params }) =>
      [start, end, encoder, reset === true ? 'reset' : undefined, params].filter((word) => word !== undefined).join(' ')
    )
    .join('\n')

/** Cuts as lines: `readCuts` the other way round. */
export const cutsText = (cuts: NonNullable<SubmitRequest['cuts']>): string => cuts.join('\n')
