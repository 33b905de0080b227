import { base } from '../api.ts'
import { sceneName } from '../format.ts'

/** Address of a finished scene for players, and of what it is encoded from. */
export const sceneUrl = (projectId: string, scene: number, form: 'webm' | 'mp4' | 'ivf' | 'source.webm'): string =>
  new URL(`scene/${encodeURIComponent(projectId)}/${sceneName(scene)}.${form}`, base).href

const WIDTH = 192
const KEPT_MAX = 60
const LOAD_MS = 10_000

const kept = new Map<string, HTMLCanvasElement>()

/** The first frame of a finished scene. @throws when it can't be played, takes too long, or `signal` aborts */
export async function thumbOf(projectId: string, scene: number, signal: AbortSignal): Promise<HTMLCanvasElement> {
  const url = sceneUrl(projectId, scene, 'webm')
  const known = kept.get(url)
  if (known != null) {
    kept.delete(url)
    kept.set(url, known)
    return known
  }
  const made = await firstFrame(url, AbortSignal.any([signal, AbortSignal.timeout(LOAD_MS)]))
  kept.set(url, made)
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_MAX) break
    kept.delete(oldest)
  }
  return made
}

async function firstFrame(url: string, signal: AbortSignal): Promise<HTMLCanvasElement> {
  signal.throwIfAborted()
  const video = document.createElement('video')
  video.muted = true
  video.preload = 'auto'
  try {
    await new Promise<void>((resolve, reject) => {
      video.addEventListener('loadeddata', () => resolve(), { once: true })
      video.addEventListener('error', () => reject(new Error('the scene cannot be played')), { once: true })
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      video.src = url
    })
    const canvas = document.createElement('canvas')
    canvas.width = WIDTH
    canvas.height = Math.max(1, Math.round((WIDTH * video.videoHeight) / Math.max(1, video.videoWidth)))
    canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
    return canvas
  } finally {
    // Ends the request that may still run.
    video.removeAttribute('src')
    video.load()
  }
}
