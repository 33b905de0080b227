import { Hono } from 'hono'
import { noBytes, notModified, ranged } from '../ranged.ts'
import type { ApiPorts } from '../ports.ts'

/**
 * `/scene/<project>/<scene>`: `1`, `00001` or `00001.webm` as WebM, `00001.mp4` as MP4, `00001.ivf` as the bytes that were accepted, `00001.source.webm` what it is encoded from; all
 * with ranges.
 */
export function sceneRoutes({ projects, scenes }: Pick<ApiPorts, 'projects' | 'scenes'>) {
  const routes = new Hono()

  routes.get('/scene/:id/:scene', async (c) => {
    const match = /^0*(\d{1,6})(?:\.(ivf|webm|mp4|source\.webm))?$/.exec(c.req.param('scene'))
    const id = c.req.param('id')
    const scene = Number(match?.[1]) - 1
    const form = match?.[2] ?? 'webm'
    const { signal } = c.req.raw
    const found = projects.get(id)?.view.scenes[scene]
    try {
      if (form === 'source.webm' && found != null) {
        const clip = await scenes.sourceClip(id, scene, signal)
        const etag = `"${clip.tag}"`
        return notModified(c, etag) ?? (await ranged(c, clip, { ETag: etag, 'Content-Type': 'video/webm' }))
      }
      if (match == null || found?.accepted == null)
        return c.json({ success: false, reason: 'There is no finished scene with this number.' }, 404)
      const { sha256 } = found.accepted.result
      const etag = form === 'ivf' ? `"${sha256}"` : `"${sha256}-${form}"`
      const known = notModified(c, etag)
      if (known != null) return known
      if (form === 'ivf') {
        const file = await scenes.file(id, scene, signal)
        return await ranged(c, file, { ETag: etag, 'Content-Type': 'application/octet-stream' })
      }
      const player = form === 'mp4' ? 'mp4' : 'webm'
      const film = await scenes.playable(id, scene, player, signal)
      const read = async (first: number, last: number) => film.subarray(first, last + 1)
      return await ranged(c, { bytes: film.length, read }, { ETag: etag, 'Content-Type': `video/${player}` })
    } catch (error) {
      return noBytes(c, error)
    }
  })

  return routes
}
