import { useEffect, useRef, useState } from 'preact/hooks'
import type { Deck } from './deck.ts'

interface Ref {
  readonly current: HTMLVideoElement | null
}

interface Point {
  readonly x: number
  readonly y: number
}

const WIPE_STEP = 2
const MIDDLE: Point = { x: 0.5, y: 0.5 }

/** The picture: the encoded scene left of the line, its source right of it. */
export function Stage({
  deck,
  videos,
  sourceVideo,
  comparing,
  zoom,
  width,
  height
}: {
  readonly deck: Deck | undefined
  readonly videos: readonly [Ref, Ref]
  readonly sourceVideo: Ref
  readonly comparing: boolean
  readonly zoom: number
  readonly width: number
  readonly height: number
}) {
  const stage = useRef<HTMLDivElement>(null)
  const [wipe, setWipe] = useState(50)
  const [centre, setCentre] = useState(MIDDLE)
  const held = useRef<(Point & { readonly from: Point }) | undefined>(undefined)
  useEffect(() => {
    if (zoom === 1) setCentre(MIDDLE)
  }, [zoom])
  const source = deck?.source.value ?? { status: 'off' }
  const fault = deck?.fault.value
  const shown = comparing && source.status === 'shown'
  const placed = {
    transform: `scale(${zoom})`,
    transformOrigin: `${centre.x * 100}% ${centre.y * 100}%`,
    imageRendering: zoom > 1 ? 'pixelated' : 'auto'
  } as const
  const wipeTo = (clientX: number): void => {
    const box = stage.current?.getBoundingClientRect()
    if (box != null && box.width > 0) setWipe(Math.min(100, Math.max(0, ((clientX - box.left) * 100) / box.width)))
  }

  return (
    <div
      ref={stage}
      class={zoom > 1 ? 'stage zoomed' : 'stage'}
      style={{ aspectRatio: width > 0 && height > 0 ? `${width} / ${height}` : '16 / 9' }}
      onPointerDown={(event) => {
        if (zoom === 1 || event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        held.current = { x: event.clientX, y: event.clientY, from: centre }
      }}
      onPointerMove={(event) => {
        const grip = held.current
        const box = stage.current?.getBoundingClientRect()
        if (grip == null || box == null) return
        const moved = (pixels: number, size: number, from: number): number =>
          Math.min(1, Math.max(0, from - pixels / size / (zoom - 1)))
        setCentre({
          x: moved(event.clientX - grip.x, box.width, grip.from.x),
          y: moved(event.clientY - grip.y, box.height, grip.from.y)
        })
      }}
      onPointerUp={() => (held.current = undefined)}
      onPointerCancel={() => (held.current = undefined)}
      onClick={() => {
        if (zoom === 1) deck?.toggle()
      }}
    >
      <video
        ref={sourceVideo}
        class="source"
        style={placed}
        hidden={!shown}
        muted
        playsInline
        preload="auto"
        tabIndex={-1}
        aria-hidden="true"
      />
      <div class="encoded" style={shown ? { clipPath: `inset(0 ${100 - wipe}% 0 0)` } : {}}>
        {videos.map((video, index) => (
          <video
            key={index}
            ref={video}
            style={placed}
            hidden={(deck?.active.value ?? 0) !== index}
            muted
            playsInline
            preload="auto"
            tabIndex={-1}
            aria-label="The encoded scene"
          />
        ))}
      </div>
      {shown && (
        <>
          <span class="side left">encoded</span>
          <span class="side right">source</span>
          <div
            class="wipe"
            style={{ left: `${wipe}%` }}
            role="slider"
            tabIndex={0}
            aria-label="Divider between the encoded scene and its source"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(wipe)}
            aria-valuetext={`${Math.round(wipe)} % encoded, the rest source`}
            onPointerDown={(event) => {
              event.stopPropagation()
              event.currentTarget.setPointerCapture(event.pointerId)
            }}
            onPointerMove={(event) => {
              event.stopPropagation()
              if (event.currentTarget.hasPointerCapture(event.pointerId)) wipeTo(event.clientX)
            }}
            onClick={(event) => event.stopPropagation()}
            onKeyDown={(event) => {
              const step = { ArrowLeft: -WIPE_STEP, ArrowRight: WIPE_STEP, Home: -100, End: 100 }[event.key]
              if (step == null) return
              event.preventDefault()
              setWipe((now) => Math.min(100, Math.max(0, now + step)))
            }}
          />
        </>
      )}
      {fault != null && <p class="fault">{fault}</p>}
    </div>
  )
}
