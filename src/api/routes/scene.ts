import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { ApiRefusal, type ApiModules } from '../modules.ts'

/** `/scene/<project>/<scene>`: `1`, `00001` or `00001.webm` as WebM, `00001.mp4` as MP4, `00001.ivf` as the bytes that were accepted; all with ranges. */
export function sceneRoutes({ projects }: Pick<ApiModules, 'projects'>) {
  const routes = new Hono()

  routes.get('/scene/:id/:scene', async (c) => {
    const match = /^0*(\d{1,6})(?:\.(ivf|webm|mp4))?$/.exec(c.req.param('scene'))
    const scene = Number(match?.[1]) - 1
    const view = projects.get(c.req.param('id'))?.view
    const accepted = view?.scenes[scene]?.accepted
    if (match == null || accepted == null)
      return c.json({ success: false, reason: 'There is no such finished scene.' }, 404)
    const form = match[2] === 'ivf' || match[2] === 'mp4' ? match[2] : 'webm'
    const etag = form === 'ivf' ? `"${accepted.result.sha256}"` : `"${accepted.result.sha256}-${form}"`
    if (isKnown(c.req.header('if-none-match'), etag)) return c.body(null, 304, { ETag: etag })
    const { signal } = c.req.raw
    const range = c.req.header('range')
    try {
      const id = c.req.param('id')
      if (form === 'ivf') {
        const { path, bytes } = await projects.sceneFile(id, scene, signal)
        const part = (start: number, end: number) =>
          Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream
        return ranged(part, bytes, range, { ETag: etag, 'Content-Type': 'application/octet-stream' })
      }
      const film = await projects.scenePlayable(id, scene, form, signal)
      const part = (start: number, end: number) => film.subarray(start, end + 1)
      return ranged(part, film.length, range, { ETag: etag, 'Content-Type': `video/${form}` })
    } catch (error) {
      if (error instanceof ApiRefusal) return c.json({ success: false, reason: error.message }, error.status)
      throw error
    }
  })

  return routes
}

function isKnown(header: string | undefined, etag: string): boolean {
  const known = (header ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}

type Part = (first: number, last: number) => BodyInit

/** The bytes, or the one range of it that was asked for; several ranges, or one that is none, get the whole. */
function ranged(part: Part, bytes: number, header: string | undefined, headers: Record<string, string>): Response {
  const common = { ...headers, 'Accept-Ranges': 'bytes' }
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  const isBackwards = match?.[1] !== '' && match?.[2] !== '' && Number(match?.[2]) < Number(match?.[1])
  if (match == null || isBackwards || (match[1] === '' && match[2] === ''))
    return new Response(part(0, bytes - 1), { headers: { ...common, 'Content-Length': String(bytes) } })
  const first = match[1] === '' ? Math.max(0, bytes - Number(match[2])) : Number(match[1])
  const last = match[1] === '' || match[2] === '' ? bytes - 1 : Math.min(Number(match[2]), bytes - 1)
  if (first >= bytes || first > last)
    return new Response(null, { status: 416, headers: { ...common, 'Content-Range': `bytes */${bytes}` } })
  return new Response(part(first, last), {
    status: 206,
    headers: {
      ...common,
      'Content-Length': String(last - first + 1),
      'Content-Range': `bytes ${first}-${last}/${bytes}`
    }
  })
}
