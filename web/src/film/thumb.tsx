import { useEffect, useRef, useState } from 'preact/hooks'
import { thumbOf } from './thumbs.ts'

/** A pointer that only passes, and a list that is scrolled past, ask for nothing. */
const REST_MS = 120

/** A picture of a finished scene. */
export function Thumb({ projectId, scene }: { readonly projectId: string; readonly scene: number }) {
  const frame = useRef<HTMLSpanElement>(null)
  const place = useRef<HTMLSpanElement>(null)
  const [state, setState] = useState<'loading' | 'shown' | 'none'>('loading')
  useEffect(() => {
    const gone = new AbortController()
    setState('loading')
    place.current?.replaceChildren()
    let timer: ReturnType<typeof setTimeout> | undefined
    const load = (): void => {
      thumbOf(projectId, scene, gone.signal).then(
        (canvas) => {
          if (gone.signal.aborted) return
          place.current?.replaceChildren(canvas)
          setState('shown')
        },
        () => gone.signal.aborted || setState('none')
      )
    }
    const sight = new IntersectionObserver((seen) => {
      clearTimeout(timer)
      if (seen.at(-1)?.isIntersecting !== true) return
      timer = setTimeout(() => {
        sight.disconnect()
        load()
      }, REST_MS)
    })
    if (frame.current != null) sight.observe(frame.current)
    return () => {
      sight.disconnect()
      clearTimeout(timer)
      gone.abort()
    }
  }, [projectId, scene])
  return (
    <span ref={frame} class={`thumb ${state}`} aria-hidden="true">
      <span ref={place} />
      {state === 'none' && 'no picture'}
    </span>
  )
}
