import { useEffect, useRef, useState } from 'preact/hooks'
import { neighbour } from '../filter.ts'
import { linkTo } from '../../router.ts'
import { isDone } from '../states.ts'
import { sceneUrl } from '../thumbs.ts'
import { Controls } from './controls.tsx'
import { createDeck, type Deck } from './deck.ts'
import { playAllAsked, playOn } from './play-on.ts'
import { Stage } from './stage.tsx'
import type { Film } from '../films.ts'
import type { ProjectStatus } from '../../../../src/api/schemas/index.ts'

/** Plays a finished scene, beside its source if that is asked for, and then the next. It stays when the scene changes. */
export function Player({
  film,
  project,
  fps,
  scene
}: {
  readonly film: Film
  readonly project: ProjectStatus
  readonly fps: number
  readonly scene: number
}) {
  const videos = [useRef<HTMLVideoElement>(null), useRef<HTMLVideoElement>(null)] as const
  const sourceVideo = useRef<HTMLVideoElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const [deck, setDeck] = useState<Deck | undefined>(undefined)
  const [comparing, setComparing] = useState(false)
  const [zoom, setZoom] = useState(1)
  const onEnded = useRef(() => {})
  const { projectId } = project
  const next = neighbour(film.scenes, scene, 1, isDone)
  const frames = film.scenes[scene]?.frames ?? 0

  onEnded.current = () => {
    if (!playOn.value) return
    if (next == null) {
      playOn.value = false
      return
    }
    // Not a place to come back to: there would be as many as scenes.
    location.replace(linkTo({ page: 'project', projectId, scene: next }))
  }

  useEffect(() => {
    const [first, second] = [videos[0].current, videos[1].current]
    if (first == null || second == null || sourceVideo.current == null) return undefined
    const made = createDeck({
      videos: [first, second],
      sourceVideo: sourceVideo.current,
      fps,
      onEnded: () => onEnded.current()
    })
    setDeck(made)
    return made.close
  }, [fps])

  useEffect(() => {
    deck?.show({ url: sceneUrl(projectId, scene, 'webm'), frames }, playOn.peek())
  }, [deck, projectId, scene, frames, playAllAsked.value])
  useEffect(() => {
    // Once the scene itself is there, so that it does not wait for the next.
    if (deck == null || next == null) return undefined
    const url = sceneUrl(projectId, next, 'webm')
    const video = videos[deck.active.value].current
    const prepare = (): void => deck.prepare(url)
    if (video == null || video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      prepare()
      return undefined
    }
    video.addEventListener('loadeddata', prepare, { once: true })
    return () => video.removeEventListener('loadeddata', prepare)
  }, [deck, projectId, scene, next])
  useEffect(() => {
    deck?.compare(comparing ? sceneUrl(projectId, scene, 'source.webm') : undefined)
  }, [deck, projectId, scene, comparing])

  return (
    <div ref={box} class="player">
      <Stage
        deck={deck}
        videos={videos}
        sourceVideo={sourceVideo}
        comparing={comparing}
        zoom={zoom}
        width={project.width}
        height={project.height}
      />
      {deck != null && (
        <Controls
          deck={deck}
          frames={frames}
          fps={fps}
          comparing={comparing}
          setComparing={setComparing}
          zoom={zoom}
          setZoom={setZoom}
          fullScreen={() => {
            if (document.fullscreenElement != null) void document.exitFullscreen()
            else void box.current?.requestFullscreen().catch(() => {})
          }}
        />
      )}
    </div>
  )
}
