import type { DryRun } from '../../api/schemas/index.ts'
import type { ProjectView } from '../../swarm/protocol/index.ts'

/** A scene that was encoded once: pixels of all its frames, and what they took in one slot and on the disk. */
export interface Measured {
  readonly pixels: number
  readonly encodeMs: number
  readonly bytes: number
}

/** More scenes would not improve the estimate. */
const SCENES_MAX = 20_000
/** Share of the scenes that are left out at either end of the range. */
const TAIL = 0.05

/** Scenes of earlier projects, this node's and others', with the same encoder build and parameters. */
export function measuredScenes(views: Iterable<ProjectView>, build: string, params: string): Measured[] {
  const found: Measured[] = []
  for (const { announce, scenes } of views) {
    if (announce.encoderBuild !== build || announce.encoderParams !== params) continue
    for (const { plan, accepted } of scenes) {
      if (found.length >= SCENES_MAX) return found
      if (accepted == null || accepted.encodeMs <= 0 || plan.encoderParams !== '') continue
      found.push({
        pixels: plan.frames * announce.width * announce.height,
        encodeMs: accepted.encodeMs,
        bytes: accepted.result.bytes
      })
    }
  }
  return found
}

/** What this many pixels would take; `low` and `high` as if all of it were as quick or as slow as the scenes at either end. null without scenes. */
export function estimateFrom(
  past: readonly Pick<Measured, 'pixels' | 'encodeMs'>[],
  pixels: number,
  slots: number
): DryRun['estimate'] {
  const total = past.reduce((sum, scene) => sum + scene.pixels, 0)
  if (total === 0) return null
  const seconds = past.reduce((sum, scene) => sum + scene.encodeMs, 0) / 1000
  const rates = past.map((scene) => scene.encodeMs / 1000 / scene.pixels).toSorted((a, b) => a - b)
  const tail = Math.floor(rates.length * TAIL)
  const likely = (seconds / total) * pixels
  const low = (rates[tail] ?? 0) * pixels
  const high = (rates[rates.length - 1 - tail] ?? 0) * pixels
  return {
    encodeSeconds: { likely, low: Math.min(low, likely), high: Math.max(high, likely) },
    slots,
    scenes: past.length
  }
}
