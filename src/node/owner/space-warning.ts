import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SourceInfo } from '../../encode/index.ts'
import { DISK_RESERVE_BYTES, freeBytesOf } from '../../storage/index.ts'
import { formatBytes } from '../../common/text.ts'
import type { Measured } from './past-speed.ts'

export interface SpaceWarningComponents {
  /** Scenes that were encoded before by this build with these parameters. */
  readonly measured: (build: string, params: string) => readonly Measured[]
  /** Where pieces and encoded scenes lie. */
  readonly dataDir: string
  /** Default: what the file system of a folder says. */
  readonly freeBytes?: (folder: string) => Promise<number>
}

export interface PlannedFilm {
  readonly source: SourceInfo
  /** So many of the source's frames are encoded. */
  readonly frames: number
  readonly output: string
  readonly build: string
  readonly params: string
}

export interface NeededBytes {
  readonly pieces: number
  /** Of all encoded scenes. */
  readonly scenes: number
  /** Of the finished file. */
  readonly output: number
}

/**
 * About how much room a film takes. Pieces are copies of the source's picture. What is encoded is judged by scenes of before with the same parameters;
 * without any by the source, which is seldom smaller. Of the other tracks nobody knows more than that they are in the source.
 */
export function neededBytes({ source, frames }: PlannedFilm, past: readonly Measured[]): NeededBytes {
  const share = Math.min(frames / source.framesEstimated, 1)
  const kept = source.bytes * share
  const pixels = past.reduce((sum, scene) => sum + scene.pixels, 0)
  const bytes = past.reduce((sum, scene) => sum + scene.bytes, 0)
  const { width, height } = source.video
  const scenes = pixels > 0 ? (bytes / pixels) * frames * width * height : kept
  return { pieces: kept, scenes, output: pixels > 0 ? scenes : kept }
}

const WORK = 'pieces of the source and encoded scenes'
const FILM = 'the finished file'
const ALL = `${WORK}, and ${FILM}`

/** A sentence for each disk where a film will hardly fit; none where it does, or nobody can say. */
export async function spaceWarning(
  film: PlannedFilm,
  { measured, dataDir, freeBytes = freeBytesOf }: SpaceWarningComponents
): Promise<readonly string[]> {
  const needed = neededBytes(film, measured(film.build, film.params))
  const folder = dirname(film.output)
  const inData = needed.pieces + needed.scenes
  const isOneDisk = await isSameDisk(folder, dataDir)
  const places = isOneDisk
    ? [{ folder: dataDir, bytes: inData + needed.output, reserve: DISK_RESERVE_BYTES, what: ALL }]
    : [
        { folder: dataDir, bytes: inData, reserve: DISK_RESERVE_BYTES, what: WORK },
        { folder, bytes: needed.output, reserve: 0, what: FILM }
      ]
  const looked = await Promise.all(
    places.map(async (place) => ({ ...place, free: await freeBytes(place.folder).catch(() => undefined) }))
  )
  return looked.flatMap(({ folder: where, bytes, reserve, what, free }) =>
    free === undefined || free - reserve >= bytes
      ? []
      : [
          `The disk of ${where} has ${formatBytes(free)} free, and the project may need about ${formatBytes(bytes)} for ${what}; without room it waits.`
        ]
  )
}

async function isSameDisk(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(a), stat(b)]).catch(() => [])
  return one != null && other != null && one.dev === other.dev
}
