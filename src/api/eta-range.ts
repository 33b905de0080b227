import { extrapolate, type Sampled } from './sample-estimate.ts'
import type { Estimate } from './schemas/index.ts'
import type { ProjectView, SceneView } from '../swarm/protocol/index.ts'

/** From this share of the frames on the rate alone is good enough. */
const RANGE_UNTIL = 0.05

const times = new WeakMap<readonly SceneView[], readonly Sampled[]>()

/** What each scene took that is done; collected once for a view. */
function encodeTimes(scenes: readonly SceneView[]): readonly Sampled[] {
  const known = times.get(scenes)
  if (known != null) return known
  const found = scenes.flatMap(({ plan, accepted }) =>
    accepted == null ? [] : [{ frames: plan.frames, value: accepted.encodeMs }]
  )
  times.set(scenes, found)
  return found
}

/** The uncertainty of the time that is left: the first scenes may be the easy ones, so it may be off by as much as the finished ones differ. null before the first, and when enough is done. */
export function etaRangeOf(
  view: Pick<ProjectView, 'scenes'>,
  etaSeconds: number | null,
  done: number,
  total: number
): Estimate | null {
  if (etaSeconds == null || done >= total * RANGE_UNTIL) return null
  const whole = extrapolate(encodeTimes(view.scenes), total)
  if (whole == null || whole.likely === 0) return null
  const share = (value: number): number => (etaSeconds * value) / whole.likely
  return { likely: etaSeconds, low: share(whole.low), high: share(whole.high) }
}
