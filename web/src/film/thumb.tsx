import { useEffect, useRef, useState } from 'preact/hooks'
import { thumbOf } from './thumbs.ts'

/** A pointer that only passes asks for nothing. */
const REST_MS = 120

/** A picture of a finished scene. */
export function Thumb({ projectId, scene }: { readonly projectId: string; readonly scene: number }) {
  const place = useRef<HTMLSpanElement>(null)
  const [state, setState] = useState<'loading' | 'shown' | 'none'>('loading')
  useEffect(() => {
    const gone = new AbortController()
    setState('loading')
    place.current?.replaceChildren()
    const timer = setTimeout(() => {
      thumbOf(projectId, scene, gone.signal).then(
        (canvas) => {
          if (gone.signal.aborted) return
          place.current?.replaceChildren(canvas)
          setState('shown')
        },
        () => gone.signal.aborted || setState('none')
      )
    }, REST_MS)
    return () => {
      clearTimeout(timer)
      gone.abort()
    }
  }, [projectId, scene])
  return (
    <span class={`thumb ${state}`} aria-hidden="true">
      <span ref={place} />
      {state === 'none' && 'no picture'}
    </span>
  )
}
