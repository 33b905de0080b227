import { useEffect, useRef } from 'preact/hooks'
import { percent, sceneName } from '../../format.ts'
import { retry } from '../../projects/commands.ts'
import { toastError } from '../../ui/toasts.tsx'
import { CopyAs } from '../../ui/copy-as.tsx'
import { useShortcuts } from '../../ui/shortcuts.tsx'
import { filter, isFiltering, matches, neighbour } from '../filter.ts'
import { Player } from '../preview/player.tsx'
import { playOn } from '../preview/play-on.ts'
import { isDone, shareDone, stateName, stateOf } from '../states.ts'
import { Attempts } from './attempts.tsx'
import { Facts } from './facts.tsx'
import { useScene } from './use-scene.ts'
import { Why } from './why.tsx'
import type { Film } from '../films.ts'
import type { ProjectStatus } from '../../../../src/api/schemas/index.ts'

/** One scene: its picture, and all that is known of it. */
export function ScenePanel({
  film,
  project,
  fps,
  scene,
  open,
  close
}: {
  readonly film: Film
  readonly project: ProjectStatus
  readonly fps: number
  readonly scene: number
  readonly open: (scene: number) => void
  readonly close: () => void
}) {
  const change = film.scenes[scene]
  const known = useScene(project.projectId, scene, change)
  const panel = useRef<HTMLElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const passes = (one: Parameters<typeof matches>[1]): boolean => matches(filter.value, one)
  const before = neighbour(film.scenes, scene, -1, passes)
  const after = neighbour(film.scenes, scene, 1, passes)
  const go = (to: number | undefined): void => {
    if (to != null) open(to)
  }
  useShortcuts([
    { keys: 'ArrowLeft', does: 'previous scene', run: () => go(before) },
    { keys: 'ArrowRight', does: 'next scene', run: () => go(after) },
    { keys: 'Escape', does: 'close the scene', run: close }
  ])
  useEffect(() => {
    // While one scene after the other plays, who looks elsewhere is left alone.
    if (playOn.value || panel.current?.contains(document.activeElement) === true) return
    title.current?.focus({ preventScroll: true })
    panel.current?.scrollIntoView({ block: 'nearest' })
  }, [scene])
  const hasFailed = change != null && stateOf(change) === 'failed' && project.endedAtMs == null
  const again = hasFailed
    ? (): void =>
        void retry(project.projectId).catch((error: unknown) => toastError('The scene was not tried again', error))
    : undefined
  const share = change == null ? undefined : shareDone(change)
  const of = isFiltering(filter.value) ? ' that is shown' : ''
  const path = `api/v2/projects/${encodeURIComponent(project.projectId)}/scenes/${scene}`
  return (
    <section ref={panel} class="scene" aria-labelledby="scene-title">
      <header class="scene-head">
        <h2 id="scene-title" ref={title} tabIndex={-1}>
          Scene {sceneName(scene)}{' '}
          {change != null && (
            <span class={`chip ${stateOf(change)}`}>
              {stateName(stateOf(change), project.passes)}
              {share != null && ` ${percent(share)}`}
            </span>
          )}
        </h2>
        <div class="button-row">
          <button type="button" aria-label={`Previous scene${of}`} disabled={before == null} onClick={() => go(before)}>
            ←
          </button>
          <button type="button" aria-label={`Next scene${of}`} disabled={after == null} onClick={() => go(after)}>
            →
          </button>
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
      </header>
      <div class="scene-body">
        <div class="scene-main">
          {isDone(change) && <Player film={film} project={project} fps={fps} scene={scene} />}
          {change == null && <p class="quiet-text">This node does not know this scene.</p>}
          {change != null && known.status === 'loading' && <p class="quiet-text">Asking the node…</p>}
          {known.status === 'refused' && <p class="reason">{known.reason}</p>}
          {known.status === 'known' && known.why != null && <Why why={known.why} again={again} />}
        </div>
        {known.status === 'known' && (
          <div class="scene-facts">
            <Facts detail={known.detail} project={project} fps={fps} />
            <h3>Attempts</h3>
            <Attempts history={known.detail.history} />
            <CopyAs action={{ method: 'GET', path }} what={`what is known of scene ${sceneName(scene)}`} />
          </div>
        )}
      </div>
    </section>
  )
}
