import { pickSample, type Rational } from '../rules/index.ts'
import type { PlannedScene, SceneSearch } from './plan-scenes.ts'
import type { SampledFilm } from './types.ts'

/** A search that goes to the end and then gives only some of the scenes. */
export interface SampleSearch {
  readonly scenes: () => AsyncGenerator<PlannedScene, void, undefined>
  /** After the last scene. */
  readonly film: () => SampledFilm
  /** Times of the frames of the picked scenes, as if they followed each other. */
  readonly times: (timesMs: readonly number[], fps: Rational) => number[]
}

export function createSampleSearch(search: SceneSearch, count: number): SampleSearch {
  const all: PlannedScene[] = []
  let picked: readonly PlannedScene[] = []

  async function* scenes(): AsyncGenerator<PlannedScene, void, undefined> {
    for await (const scene of search.scenes()) all.push(scene)
    picked = pickSample(all, count)
    yield* picked
  }

  function times(timesMs: readonly number[], { num, den }: Rational): number[] {
    const joined: number[] = []
    let startMs = 0
    for (const { start, frames } of picked) {
      const fromMs = timesMs[start] ?? 0
      for (let frame = start; frame < start + frames; frame += 1) joined.push(startMs + (timesMs[frame] ?? 0) - fromMs)
      const last = timesMs[start + frames - 1] ?? fromMs
      startMs += (timesMs[start + frames] ?? last + (1000 * den) / num) - fromMs
    }
    return joined
  }

  return {
    scenes,
    times,
    film: () => ({ frames: all.reduce((sum, { frames }) => sum + frames, 0), scenes: all.length })
  }
}
