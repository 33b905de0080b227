import { isDone } from './states.ts'
import type { SceneChange } from '../../../src/api/schemas/index.ts'

/** What one node made of a film. */
export interface Maker {
  readonly worker: string
  readonly scenes: number
  readonly frames: number
  readonly bytes: number
  /** Milliseconds of encoding, in its slots together. */
  readonly encodeMs: number
}

/** Who encoded how much, the one with the most frames first. */
export function makersOf(scenes: readonly (SceneChange | undefined)[]): readonly Maker[] {
  const makers = new Map<string, Maker>()
  for (const scene of scenes) {
    if (scene?.worker == null || !isDone(scene)) continue
    const { worker } = scene
    const before = makers.get(worker) ?? { worker, scenes: 0, frames: 0, bytes: 0, encodeMs: 0 }
    makers.set(worker, {
      worker,
      scenes: before.scenes + 1,
      frames: before.frames + scene.frames,
      bytes: before.bytes + scene.bytes,
      encodeMs: before.encodeMs + scene.encodeMs
    })
  }
  return [...makers.values()].toSorted((a, b) => b.frames - a.frames || (a.worker < b.worker ? -1 : 1))
}
