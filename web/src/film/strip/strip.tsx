import { useRef } from 'preact/hooks'
import { duration, filmTime } from '../../format.ts'
import { describe } from '../describe.ts'
import { sceneAt, showing, totalOf, zoomed } from './layout.ts'
import { Legend } from './legend.tsx'
import { ModeSwitch } from './mode-switch.tsx'
import { Readout } from './readout.tsx'
import { useStrip } from './use-strip.ts'
import type { Film } from '../films.ts'
import type { Passes } from '../states.ts'

const ZOOM = 1.6
const WHEEL = 1.0015
const PAGE = 10
/** A pointer that moves further than this while pressed drags. */
const DRAG_PX = 4

/** The whole film, each scene as wide as it is long. It is a slider for keyboard and screen reader: its value is the scene that is looked at. */
export function Strip({
  film,
  projectId,
  fps,
  passes,
  selected,
  open
}: {
  readonly film: Film
  readonly projectId: string
  readonly fps: number
  readonly passes: Passes
  readonly selected: number | undefined
  readonly open: (scene: number) => void
}) {
  const { model, canvas } = useStrip(film, { fps, selected })
  const drag = useRef<{ readonly x: number; readonly from: number; moved: boolean } | undefined>(undefined)
  const view = model.view.value
  const total = totalOf(model.starts())
  const isWhole = view.span >= total
  const cursor = model.cursor.value
  const scene = cursor == null ? undefined : film.scenes[cursor]
  const current = cursor ?? selected ?? 0

  const frameAt = (clientX: number): number => {
    const box = canvas.current?.getBoundingClientRect()
    if (box == null || box.width === 0) return 0
    return view.from + (view.span * Math.min(Math.max(0, clientX - box.left), box.width)) / box.width
  }
  const zoom = (factor: number, frame: number): void => {
    const next = zoomed(view, total, factor, frame)
    model.setView(next, next.span >= total)
  }
  const middle = (): number => {
    const start = model.starts()[current] ?? 0
    return start >= view.from && start <= view.from + view.span ? start : view.from + view.span / 2
  }
  const goTo = (to: number): void => {
    const next = Math.min(Math.max(0, to), film.scenes.length - 1)
    if (next < 0) return
    const starts = model.starts()
    model.setCursor(next)
    model.setView(showing(view, total, starts[next] ?? 0, starts[next + 1] ?? 0), isWhole)
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => goTo(current - 1),
    ArrowDown: () => goTo(current - 1),
    ArrowRight: () => goTo(current + 1),
    ArrowUp: () => goTo(current + 1),
    PageUp: () => goTo(current + PAGE),
    PageDown: () => goTo(current - PAGE),
    Home: () => goTo(0),
    End: () => goTo(film.scenes.length - 1),
    Enter: () => open(current),
    ' ': () => open(current),
    '+': () => zoom(ZOOM, middle()),
    '=': () => zoom(ZOOM, middle()),
    '-': () => zoom(1 / ZOOM, middle()),
    '0': () => model.setView({ from: 0, span: total }, true)
  }

  return (
    <section class="strip" aria-labelledby="strip-title">
      <div class="strip-bar">
        <h2 id="strip-title" class="sr-only">
          The whole film
        </h2>
        <ModeSwitch measure={model.measure.value} choose={model.setMeasure} />
        <p class="quiet-text strip-part">
          {total > 0 &&
            fps > 0 &&
            (isWhole
              ? `all ${duration(total / fps)}`
              : `${filmTime(view.from / fps)} to ${filmTime((view.from + view.span) / fps)}`)}
        </p>
        <div class="button-row" role="group" aria-label="Strip zoom">
          <button type="button" aria-label="Zoom out" disabled={isWhole} onClick={() => zoom(1 / ZOOM, middle())}>
            −
          </button>
          <button type="button" aria-label="Zoom in" onClick={() => zoom(ZOOM, middle())}>
            +
          </button>
          <button type="button" disabled={isWhole} onClick={() => model.setView({ from: 0, span: total }, true)}>
            Whole film
          </button>
        </div>
      </div>
      <div class="strip-canvas">
        <canvas
          ref={canvas}
          class={isWhole ? '' : 'zoomed'}
          tabIndex={0}
          role="slider"
          aria-label="Scene"
          aria-orientation="horizontal"
          aria-valuemin={1}
          aria-valuemax={Math.max(1, film.scenes.length)}
          aria-valuenow={current + 1}
          aria-valuetext={describe(film.scenes[current], { fps, passes })}
          aria-describedby="strip-summary"
          onKeyDown={(event) => {
            const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
            if (act == null) return
            event.preventDefault()
            act()
          }}
          onFocus={() => canvas.current?.matches(':focus-visible') === true && goTo(current)}
          onBlur={() => model.setCursor(undefined)}
          onWheel={(event) => {
            // A wheel that has nothing to zoom out of scrolls the page.
            if (event.deltaY === 0 || (event.deltaY > 0 && isWhole)) return
            event.preventDefault()
            zoom(WHEEL ** -event.deltaY, frameAt(event.clientX))
          }}
          onPointerDown={(event) => {
            if (event.button === 0) drag.current = { x: event.clientX, from: view.from, moved: false }
          }}
          onPointerMove={(event) => {
            const held = drag.current
            if (held != null && (held.moved || Math.abs(event.clientX - held.x) > DRAG_PX) && !isWhole) {
              if (!held.moved) event.currentTarget.setPointerCapture(event.pointerId)
              held.moved = true
              const { width } = event.currentTarget.getBoundingClientRect()
              const from = held.from - ((event.clientX - held.x) * view.span) / width
              model.setView({ from: Math.min(Math.max(0, from), total - view.span), span: view.span }, false)
            }
            if (total > 0) model.setCursor(sceneAt(model.starts(), frameAt(event.clientX)))
          }}
          onPointerUp={(event) => {
            const held = drag.current
            drag.current = undefined
            if (held == null || held.moved || total === 0) return
            open(sceneAt(model.starts(), frameAt(event.clientX)))
          }}
          onPointerCancel={() => (drag.current = undefined)}
          onPointerLeave={() => {
            drag.current = undefined
            model.setCursor(undefined)
          }}
        />
        {scene != null && cursor != null && (
          <Readout
            scene={scene}
            projectId={projectId}
            fps={fps}
            passes={passes}
            start={model.starts()[cursor] ?? 0}
            place={placeOf(model.starts(), cursor, view)}
          />
        )}
      </div>
      <Legend measure={model.measure.value} scale={model.scale.value} />
    </section>
  )
}

/** Where the card of a scene is centred, in hundredths of the strip. */
function placeOf(
  starts: Float64Array,
  scene: number,
  { from, span }: { readonly from: number; readonly span: number }
) {
  const middle = ((starts[scene] ?? 0) + (starts[scene + 1] ?? 0)) / 2
  return Math.min(100, Math.max(0, ((middle - from) * 100) / Math.max(1, span)))
}
