import { batch, signal, type ReadonlySignal } from '@preact/signals'
import { frameOf, syncOf, timeOf } from './frames.ts'
import { videoFault } from './video-fault.ts'

export interface SceneToPlay {
  readonly url: string
  readonly frames: number
}

const lastFrame = ({ frames }: SceneToPlay): number => Math.max(0, frames - 1)

export type SourceState =
  | { readonly status: 'off' }
  | { readonly status: 'loading' }
  | { readonly status: 'shown' }
  | { readonly status: 'missing'; readonly reason: string }

/** The video elements of the player: one that shows, one that has the next scene ready, and one for the source. */
export interface Deck {
  readonly frame: ReadonlySignal<number>
  readonly playing: ReadonlySignal<boolean>
  /** Which of the two is shown. */
  readonly active: ReadonlySignal<0 | 1>
  readonly fault: ReadonlySignal<string | undefined>
  readonly source: ReadonlySignal<SourceState>
  readonly rate: ReadonlySignal<number>
  readonly loop: ReadonlySignal<boolean>
  /** `play`: from its beginning. */
  show: (scene: SceneToPlay, play: boolean) => void
  /** Loads what is likely shown next. */
  prepare: (url: string | undefined) => void
  compare: (url: string | undefined) => void
  toggle: () => void
  pause: () => void
  step: (frames: number) => void
  seek: (frame: number) => void
  setRate: (rate: number) => void
  setLoop: (loop: boolean) => void
  close: () => void
}

export interface DeckInit {
  readonly videos: readonly [HTMLVideoElement, HTMLVideoElement]
  readonly sourceVideo: HTMLVideoElement
  readonly fps: number
  readonly onEnded: () => void
}

export function createDeck({ videos, sourceVideo, fps, onEnded }: DeckInit): Deck {
  const frame = signal(0)
  const playing = signal(false)
  const active = signal<0 | 1>(0)
  const fault = signal<string | undefined>(undefined)
  const source = signal<SourceState>({ status: 'off' })
  const rate = signal(1)
  const loop = signal(false)
  const end = new AbortController()
  const { signal: closed } = end
  let scene: SceneToPlay | undefined
  let startsPlaying = false

  const main = (): HTMLVideoElement => videos[active.peek()]
  const spare = (): HTMLVideoElement => videos[active.peek() === 0 ? 1 : 0]
  const urlOf = (video: HTMLVideoElement): string => video.getAttribute('src') ?? ''
  const isShown = (): boolean => source.peek().status === 'shown'

  function load(video: HTMLVideoElement, url: string | undefined): void {
    if (urlOf(video) === (url ?? '')) return
    if (url == null) video.removeAttribute('src')
    else video.src = url
    video.load()
  }

  function lookAtClock(): void {
    if (scene != null) frame.value = frameOf(main().currentTime, fps, scene.frames)
    keepInStep()
  }

  function keepInStep(): void {
    if (!isShown()) return
    const video = main()
    const moving = !video.paused && !video.ended
    const sync = syncOf(video.currentTime - sourceVideo.currentTime, moving, fps)
    if (sync.type === 'seek') sourceVideo.currentTime = video.currentTime
    else sourceVideo.playbackRate = rate.peek() * sync.factor
    if (moving && sourceVideo.paused && !sourceVideo.ended) start(sourceVideo)
    if (!moving && !sourceVideo.paused) sourceVideo.pause()
  }

  function start(video: HTMLVideoElement): void {
    // Another scene was chosen meanwhile, or the fault is told by `error`.
    video.play().catch(() => {})
  }

  function watch(video: HTMLVideoElement): void {
    const on = (type: string, act: () => void): void =>
      video.addEventListener(type, () => video === main() && act(), { signal: closed })
    const seen = (_now: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
      if (closed.aborted) return
      if (video === main() && scene != null) {
        const last = lastFrame(scene)
        // A busy browser tells late of a frame before the last one, or of the last one never.
        frame.value = video.ended ? last : Math.min(Math.round(mediaTime * fps), last)
        keepInStep()
      }
      video.requestVideoFrameCallback(seen)
    }
    const tellsFrames = 'requestVideoFrameCallback' in video
    if (tellsFrames) video.requestVideoFrameCallback(seen)
    on('loadeddata', () => {
      video.playbackRate = rate.peek()
      if (startsPlaying) start(video)
      lookAtClock()
    })
    on('seeked', lookAtClock)
    // The clock runs a little ahead of what is shown.
    on('timeupdate', tellsFrames ? keepInStep : lookAtClock)
    on('play', () => {
      playing.value = true
      keepInStep()
    })
    on('pause', () => {
      playing.value = false
      keepInStep()
    })
    on('ended', () => {
      playing.value = false
      if (loop.peek()) {
        video.currentTime = 0
        start(video)
        return
      }
      if (scene != null) frame.value = lastFrame(scene)
      onEnded()
    })
    on('error', () => {
      const url = urlOf(video)
      if (url === '') return
      videoFault(url, video.error, closed).then(
        (reason) => {
          if (urlOf(main()) === url) fault.value = reason
        },
        () => {}
      )
    })
  }

  videos.forEach(watch)
  sourceVideo.addEventListener(
    'loadeddata',
    () => {
      source.value = { status: 'shown' }
      keepInStep()
    },
    { signal: closed }
  )
  sourceVideo.addEventListener(
    'error',
    () => {
      const url = urlOf(sourceVideo)
      if (url === '') return
      videoFault(url, sourceVideo.error, closed).then(
        (reason) => {
          if (urlOf(sourceVideo) === url) source.value = { status: 'missing', reason }
        },
        () => {}
      )
    },
    { signal: closed }
  )

  return {
    frame,
    playing,
    active,
    fault,
    source,
    rate,
    loop,
    show: (next, play) => {
      startsPlaying = play
      const isSame = scene?.url === next.url
      scene = next
      if (isSame && !play) return
      const before = main()
      before.pause()
      batch(() => {
        fault.value = undefined
        playing.value = false
        frame.value = 0
        if (urlOf(before) !== next.url && urlOf(spare()) === next.url) active.value = active.peek() === 0 ? 1 : 0
      })
      const video = main()
      if (urlOf(video) !== next.url) return load(video, next.url)
      if (video.error != null) return video.load()
      video.playbackRate = rate.peek()
      if (video.currentTime > 0) video.currentTime = 0
      if (play && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) start(video)
      return undefined
    },
    prepare: (url) => load(spare(), url),
    compare: (url) => {
      if (url === urlOf(sourceVideo)) return
      source.value = url == null ? { status: 'off' } : { status: 'loading' }
      load(sourceVideo, url)
    },
    toggle: () => {
      const video = main()
      if (!video.paused && !video.ended) return video.pause()
      if (video.ended) video.currentTime = 0
      return start(video)
    },
    pause: () => main().pause(),
    step: (frames) => {
      const video = main()
      video.pause()
      if (scene == null) return
      const next = Math.min(Math.max(0, frame.peek() + frames), lastFrame(scene))
      video.currentTime = timeOf(next, fps)
    },
    seek: (to) => {
      main().pause()
      main().currentTime = timeOf(to, fps)
    },
    setRate: (next) => {
      rate.value = next
      main().playbackRate = next
      keepInStep()
    },
    setLoop: (next) => {
      loop.value = next
    },
    close: () => {
      end.abort()
      for (const video of [...videos, sourceVideo]) {
        video.pause()
        load(video, undefined)
      }
    }
  }
}
