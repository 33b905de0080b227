import { filmTime, sceneName } from '../../format.ts'
import { partsOf } from '../describe.ts'
import { isDone, type Passes } from '../states.ts'
import { Thumb } from '../thumb.tsx'
import type { SceneChange } from '../../../../src/api/schemas/index.ts'

/** The card of the scene that the pointer or the keyboard is at. The slider's own text says the same to screen readers. */
export function Readout({
  scene,
  projectId,
  fps,
  passes,
  start,
  place
}: {
  readonly scene: SceneChange
  readonly projectId: string
  readonly fps: number
  readonly passes: Passes
  readonly start: number
  /** Of its middle, in hundredths of the strip. */
  readonly place: number
}) {
  const [state, ...rest] = partsOf(scene, { fps, passes })
  return (
    <div class="readout" aria-hidden="true" style={{ left: `clamp(7rem, ${place}%, 100% - 7rem)` }}>
      {isDone(scene) && <Thumb projectId={projectId} scene={scene.scene} />}
      <p>
        <strong>{sceneName(scene.scene)}</strong> {state}
        {fps > 0 && <span class="sub"> at {filmTime(start / fps)}</span>}
      </p>
      {rest.map((part) => (
        <p key={part}>{part}</p>
      ))}
    </div>
  )
}
