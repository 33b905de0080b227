import { type HeaderValue, type PictureHeader, trackWords } from '../rules/index.ts'
import { identify } from '../programs/identify.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Language, name and flags of each track of a Matroska file, by its number. */
export type TrackWords = ReadonlyMap<number, PictureHeader>

const isValue = (value: unknown): value is HeaderValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** @throws MediaError `join-failed` */
export async function readWords(path: string, options: RunOptions): Promise<TrackWords> {
  const { tracks } = await identify(path, options)
  return new Map(
    tracks.map(({ id, properties }) => {
      const values = Object.entries(properties).filter((one): one is [string, HeaderValue] => isValue(one[1]))
      return [id, trackWords(Object.fromEntries(values))]
    })
  )
}
