import type { Container } from './containers.ts'
import { ParamsError } from './errors.ts'

/** The numbers by which linked Matroska files find each other, in hex; without those that a file does not have. */
export type SegmentUids = Readonly<Partial<Record<'segment_uid' | 'previous_segment_uid' | 'next_segment_uid', string>>>

/** Options of mkvmerge, by what `mkvmerge -J` calls the numbers of a file. */
const OPTIONS = {
  segment_uid: '--segment-uid',
  previous_segment_uid: '--link-to-previous',
  next_segment_uid: '--link-to-next'
} as const

const NAMES = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[]

const UID = /^[\da-f]{32}$/i

/** The numbers among a file's properties. */
export const segmentUids = (properties: Readonly<Record<string, unknown>>): SegmentUids =>
  Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = properties[name]
      return typeof value === 'string' && UID.test(value) ? [[name, value.toLowerCase()]] : []
    })
  )

/** mkvmerge's options that write them. */
export const uidOptions = (uids: SegmentUids): string[] =>
  NAMES.flatMap((name) => {
    const value = uids[name]
    return value === undefined ? [] : [OPTIONS[name], value]
  })

/** The first UID in which a film differs from the plan, as a sentence. A film that keeps none has its own UID and no links. */
export function uidFault(planned: SegmentUids, found: SegmentUids): string | undefined {
  const isOwn = planned.segment_uid === undefined
  const name = NAMES.find((one) => planned[one] !== found[one] && !(isOwn && one === 'segment_uid'))
  if (name === undefined) return undefined
  return `its ${name.replaceAll('_', ' ')} is ${found[name] ?? 'missing'}, not ${planned[name] ?? 'missing'}`
}

/** @throws ParamsError `bad-uids` where the numbers of the source cannot be the film's */
export function checkKeepUids(container: Container, { isPart }: { readonly isPart: boolean }): void {
  if (container !== 'mkv')
    throw new ParamsError(
      'bad-uids',
      `--keep-uids is for .mkv: .${container} cannot link files; name an .mkv or leave the option out`
    )
  if (isPart)
    throw new ParamsError(
      'bad-uids',
      '--keep-uids is for whole films: a part cannot replace one of the linked files; leave out --keep-uids, or --range and --sample'
    )
}
