import {
  createScenePlanner,
  frameAt,
  isBefore,
  type Position,
  positionText,
  type SceneRange,
  type KeptTime
} from '../rules/index.ts'
import type { Analysis, PrepareInput } from './types.ts'
import { MediaError } from '../programs/errors.ts'

/** A scene by the frames of the source, with its zone. */
export interface PlannedScene extends SceneRange {
  readonly zone: number | undefined
}

/** The frames that are encoded, once the analysis has come to its end. */
interface Frames {
  readonly first: number
  /** One past the last. */
  readonly end: number
}

/** Positions of a source that is still being analysed: each is a frame as soon as the analysis has come so far. */
class Positions {
  readonly #analysis: Analysis
  readonly #found = new Map<Position, number>()

  constructor(analysis: Analysis) {
    this.#analysis = analysis
  }

  /** Undefined: not there yet, or behind the end. */
  frame(position: Position): number | undefined {
    const before = this.#found.get(position)
    if (before !== undefined) return before
    const frame = frameAt(position, this.#analysis.timesMs)
    if (frame === undefined || frame >= this.#analysis.known()) return undefined
    this.#found.set(position, frame)
    return frame
  }
}

/** Whether a range is within the known frames, so that nothing more has to be decoded. */
export function coversRange(range: PrepareInput['range'], analysis: Analysis): boolean {
  if (analysis.ended() && analysis.complete()) return true
  return range?.to !== undefined && new Positions(analysis).frame(range.to) !== undefined
}

/** Ends an analysis as soon as it has come to the end of the range, whatever is done with its frames meanwhile. */
export async function stopBehind(range: PrepareInput['range'], analysis: Analysis): Promise<void> {
  if (range?.to === undefined) return
  while (!analysis.ended()) {
    await analysis.changed()
    if (coversRange(range, analysis)) analysis.enough()
  }
}

/** When no frame is in the range. */
export function emptyRange(analysis: Analysis, range: PrepareInput['range']): MediaError {
  const last: Position = { type: 'time', ms: analysis.timesMs.at(-1) ?? 0 }
  const from = range?.from === undefined ? 'the range' : `the range, which begins at ${positionText(range.from)}`
  return new MediaError(
    'empty-range',
    `No frame of the source is in ${from}: it has ${analysis.known()} frames, the last at ${positionText(last)}.`,
    { field: 'range' }
  )
}

/** Plans the scenes of a source while it is analysed, from the detected cuts and those that have to be. */
export interface SceneSearch {
  /** Scenes in order, each as soon as the analysis makes it certain; none when nothing is in the range. */
  readonly scenes: () => AsyncGenerator<PlannedScene, void, undefined>
  /** After the last scene. */
  readonly frames: () => Frames
}

class Search implements SceneSearch {
  readonly #input: PrepareInput
  readonly #analysis: Analysis
  readonly #positions: Positions
  readonly #planner
  /** Forced scene starts that were not reached yet: frames and times, both in order. */
  readonly #awaited: readonly Position[][]
  #first: number | undefined
  /** Cuts of the analysis that were looked at. */
  #seen = 0
  #fed = 0

  constructor(input: PrepareInput, analysis: Analysis) {
    this.#input = input
    this.#analysis = analysis
    this.#positions = new Positions(analysis)
    this.#planner = createScenePlanner(input.scenes)
    const edges = (input.zones ?? []).flatMap(({ start, end }) => (end === undefined ? [start] : [start, end]))
    const ordered = (type: Position['type']): Position[] =>
      [...(input.cuts ?? []), ...edges]
        .filter((position) => position.type === type)
        .sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0))
    this.#awaited = [ordered('frame'), ordered('time')]
    if (input.range?.from === undefined) this.#first = 0
  }

  async *scenes(): AsyncGenerator<PlannedScene, void, undefined> {
    const analysis = this.#analysis
    while (!analysis.ended()) {
      await analysis.changed()
      this.#input.onProgress(analysis.hashes.length)
      yield* this.#feed()
    }
    await analysis.done
    yield* this.#feed()
    const { first, end } = this.frames()
    yield* this.#zoned(this.#planner.finish(end - first))
  }

  frames(): Frames {
    const known = this.#analysis.known()
    return { first: this.#first ?? known, end: this.#end(known) }
  }

  #end(known: number): number {
    const to = this.#input.range?.to
    return to === undefined ? known : (this.#positions.frame(to) ?? known)
  }

  *#feed(): Generator<PlannedScene, void, undefined> {
    const from = this.#input.range?.from
    if (from !== undefined) this.#first ??= this.#positions.frame(from)
    const first = this.#first
    const known = this.#end(this.#analysis.known())
    if (first === undefined || known - first <= this.#fed) return
    const cuts: number[] = []
    for (
      let cut = this.#analysis.cuts[this.#seen];
      cut !== undefined && cut < known;
      cut = this.#analysis.cuts[this.#seen]
    ) {
      if (cut > first) cuts.push(cut - first)
      this.#seen += 1
    }
    this.#fed = known - first
    yield* this.#zoned(this.#planner.push(cuts, known - first, this.#forced(first, known)))
  }

  #forced(first: number, known: number): number[] {
    const found: number[] = []
    for (const awaited of this.#awaited) {
      for (let next = awaited[0]; next !== undefined; next = awaited[0]) {
        const frame = this.#positions.frame(next)
        if (frame === undefined || frame >= known) break
        if (frame > first) found.push(frame - first)
        awaited.shift()
      }
    }
    return found.sort((a, b) => a - b)
  }

  *#zoned(scenes: readonly SceneRange[]): Generator<PlannedScene, void, undefined> {
    const first = this.#first ?? 0
    for (const { start, frames } of scenes) yield { start: start + first, frames, zone: this.#zoneOf(start + first) }
  }

  /** Scenes end where zones do, so the first frame tells. */
  #zoneOf(frame: number): number | undefined {
    const found = (this.#input.zones ?? []).findIndex(({ start, end }) => {
      const begin = this.#positions.frame(start)
      const stop = end === undefined ? undefined : this.#positions.frame(end)
      return begin !== undefined && begin <= frame && (stop === undefined || frame < stop)
    })
    return found === -1 ? undefined : found
  }
}

export const createSceneSearch = (input: PrepareInput, analysis: Analysis): SceneSearch => new Search(input, analysis)

/** The times of the kept frames, and which part of the source's time they are; without a range all of it as it is. */
export function keptTimes(
  input: PrepareInput,
  timesMs: readonly number[],
  { first, end }: Frames
): { readonly timestampsMs: readonly number[]; readonly kept: KeptTime | undefined } {
  if (input.range === undefined) return { timestampsMs: timesMs.slice(0, end), kept: undefined }
  const startMs = timesMs[first] ?? 0
  const { num, den } = input.source.video.fps
  const last = timesMs[end - 1] ?? 0
  const endMs = input.range.to === undefined ? undefined : (timesMs[end] ?? last + (1000 * den) / num)
  return { timestampsMs: timesMs.slice(first, end).map((ms) => ms - startMs), kept: { startMs, endMs } }
}
