import { useShortcuts } from '../../ui/shortcuts.tsx'
import { playOn } from './play-on.ts'
import type { Deck } from './deck.ts'

const RATES = [0.1, 0.25, 0.5, 1, 2, 4] as const
const ZOOMS = [1, 2, 4] as const

export function Controls({
  deck,
  frames,
  fps,
  comparing,
  setComparing,
  zoom,
  setZoom,
  fullScreen
}: {
  readonly deck: Deck
  readonly frames: number
  readonly fps: number
  readonly comparing: boolean
  readonly setComparing: (comparing: boolean) => void
  readonly zoom: number
  readonly setZoom: (zoom: number) => void
  readonly fullScreen: () => void
}) {
  const frame = deck.frame.value
  const playing = deck.playing.value
  const source = deck.source.value
  const nextZoom = ZOOMS[(ZOOMS.findIndex((one) => one === zoom) + 1) % ZOOMS.length] ?? 1
  useShortcuts([
    { keys: ' ', does: 'play or pause', run: deck.toggle },
    { keys: ',', does: 'previous frame', run: () => deck.step(-1) },
    { keys: '.', does: 'next frame', run: () => deck.step(1) },
    { keys: 'o', does: 'loop the scene', run: () => deck.setLoop(!deck.loop.value) },
    { keys: 'b', does: 'side by side with the source', run: () => setComparing(!comparing) },
    { keys: 'z', does: 'zoom in', run: () => setZoom(nextZoom) },
    { keys: 'f', does: 'full screen', run: fullScreen }
  ])
  return (
    <div class="controls">
      <input
        class="seek"
        type="range"
        min={0}
        max={Math.max(0, frames - 1)}
        value={frame}
        aria-label="Frame"
        aria-valuetext={`Frame ${frame + 1} of ${frames}`}
        onInput={({ currentTarget }) => deck.seek(Number(currentTarget.value))}
        // Its arrows move it, and do not go to another scene.
        onKeyDown={(event) => event.key.startsWith('Arrow') && event.stopPropagation()}
      />
      <div class="button-row">
        <button type="button" class="primary play" onClick={deck.toggle}>
          {playing ? 'Pause' : 'Play'}
        </button>
        <button type="button" aria-label="Previous frame" onClick={() => deck.step(-1)}>
          ‹
        </button>
        <button type="button" aria-label="Next frame" onClick={() => deck.step(1)}>
          ›
        </button>
        <output class="frame" aria-live="off">
          frame {frame + 1} of {frames}
          {fps > 0 && <span class="sub"> {(frame / fps).toFixed(2)} s</span>}
        </output>
      </div>
      <div class="button-row">
        <label>
          Speed{' '}
          <select
            value={String(deck.rate.value)}
            onChange={({ currentTarget }) => deck.setRate(Number(currentTarget.value))}
          >
            {RATES.map((rate) => (
              <option key={rate} value={String(rate)}>
                {rate}×
              </option>
            ))}
          </select>
        </label>
        <span aria-hidden="true">Zoom</span>
        <div class="segments" role="group" aria-label="Picture zoom">
          {ZOOMS.map((one) => (
            <button key={one} type="button" aria-pressed={zoom === one} onClick={() => setZoom(one)}>
              {one}×
            </button>
          ))}
        </div>
        <button type="button" aria-pressed={deck.loop.value} onClick={() => deck.setLoop(!deck.loop.value)}>
          Loop
        </button>
        <button type="button" aria-pressed={playOn.value} onClick={() => (playOn.value = !playOn.value)}>
          Autoplay
        </button>
        <button type="button" aria-pressed={comparing} onClick={() => setComparing(!comparing)}>
          Side by side
        </button>
        <button type="button" onClick={fullScreen}>
          Full screen
        </button>
      </div>
      {comparing && source.status === 'loading' && (
        <p role="status" class="quiet-text">
          The node is making the clip of the source. This takes a few seconds.
        </p>
      )}
      {comparing && source.status === 'missing' && (
        <p role="status" class="reason">
          The source of this scene cannot be shown: {source.reason}
        </p>
      )}
    </div>
  )
}
