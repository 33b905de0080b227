import { useEffect, useState } from 'preact/hooks'
import { connection } from '../../store.ts'
import { isDone } from '../states.ts'
import { fetchScene, fetchWhy } from './scene-api.ts'
import type { SceneChange, SceneDetail, SceneWhy } from '../../../../src/api/schemas/index.ts'

/** `why` is null where the scene is done. */
export type KnownScene =
  | { readonly status: 'loading' }
  | { readonly status: 'known'; readonly detail: SceneDetail; readonly why: SceneWhy | null }
  | { readonly status: 'refused'; readonly reason: string }

/** Progress within a pass comes with the events; these are asked for again at most so often. */
const AGAIN_MS = 1000

/** A scene with its history, asked for again whenever its state changes. */
export function useScene(projectId: string, scene: number, change: SceneChange | undefined): KnownScene {
  const [known, setKnown] = useState<{ readonly of: string; readonly is: KnownScene } | undefined>(undefined)
  const of = `${projectId}/${scene}`
  const state = change?.state
  const { status } = connection.value
  useEffect(() => {
    const gone = new AbortController()
    const ask = async (): Promise<KnownScene> => {
      const why = isDone(change) ? Promise.resolve(null) : fetchWhy(projectId, scene, gone.signal)
      const [detail, answer] = await Promise.all([fetchScene(projectId, scene, gone.signal), why])
      return { status: 'known', detail, why: answer }
    }
    const tell = (is: KnownScene): void => {
      if (!gone.signal.aborted) setKnown({ of, is })
    }
    const timer = setTimeout(
      () =>
        void ask().then(tell, (error: unknown) =>
          tell({ status: 'refused', reason: error instanceof Error ? error.message : String(error) })
        ),
      known?.of === of ? AGAIN_MS : 0
    )
    return () => {
      clearTimeout(timer)
      gone.abort()
    }
  }, [of, state, change?.attempts, status])
  return known?.of === of ? known.is : { status: 'loading' }
}
