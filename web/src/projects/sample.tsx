import { bytes, duration, percent } from '../format.ts'
import type { Estimate, ProjectStatus } from '../../../src/api/schemas/index.ts'

function between(estimate: Estimate, text: (value: number) => string): string {
  const { likely, low, high } = estimate
  return low === high ? `about ${text(likely)}` : `about ${text(likely)} (${text(low)} to ${text(high)})`
}

/** What the finished scenes of a sample say of the whole film. */
export function Sample({ sample }: { readonly sample: NonNullable<ProjectStatus['sample']> }) {
  const share = sample.scenes.reduce((sum, { frames }) => sum + frames, 0) / Math.max(1, sample.filmFrames)
  return (
    <p>
      A sample: {sample.scenes.length} of {sample.filmScenes} scenes, {percent(share)} of the film.
      {sample.bytes != null && ` The whole film’s video would be ${between(sample.bytes, bytes)}`}
      {sample.encodeSeconds != null && ` and take ${between(sample.encodeSeconds, duration)} of one slot’s time`}
      {sample.bytes != null && '.'}
    </p>
  )
}
