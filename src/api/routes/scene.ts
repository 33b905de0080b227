import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { ApiRefusal, type ApiModules } from '../modules.ts'

/** `/scene/<project>/<scene>`: `1`, `00001`, `00001.webm` or `00001.mp4` as playable WebM, `00001.ivf` as the bytes that were accepted. */
export function sceneRoutes({ projects }: Pick<ApiModules, 'projects'>) {
  const routes = new Hono()

  routes.get('/scene/:id/:scene', async (c) => {
    const match = /^0*(\d{1,6})(?:\.(ivf|webm|mp4))?$/.exec(c.req.param('scene'))
    const scene = Number(match?.[1]) - 1
    const view = projects.get(c.req.param('id'))?.view
    const accepted = view?.scenes[scene]?.accepted
    if (match == null || accepted == null)
      return c.json({ success: false, reason: 'There is no such finished scene.' }, 404)
    const etag = `"${accepted.result.sha256}${match[2] === 'ivf' ? '' : '-webm'}"`
    if (isKnown(c.req.header('if-none-match'), etag)) return c.body(null, 304, { ETag: etag })
    try {
      const file = await projects.sceneFile(c.req.param('id'), scene, c.req.raw.signal)
      if (match[2] === 'ivf')
        return ranged(file.path, file.bytes, c.req.header('range'), {
          ETag: etag,
          'Content-Type': 'application/octet-stream'
        })
      const webm = Readable.toWeb(projects.sceneWebm(file.path, c.req.raw.signal) as Readable) as ReadableStream
      return new Response(webm, { headers: { 'Content-Type': 'video/webm', ETag: etag } })
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

/** The file, or the one range of it that was asked for; several ranges, or one that is none, get the whole. */
function ranged(path: string, bytes: number, header: string | undefined, headers: Record<string, string>): Response {
  const common = { ...headers, 'Accept-Ranges': 'bytes' }
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  const isBackwards = match?.[1] !== '' && match?.[2] !== '' && Number(match?.[2]) < Number(match?.[1])
  if (match == null || isBackwards || (match[1] === '' && match[2] === ''))
    return send(path, 0, bytes - 1, 200, { ...common, 'Content-Length': String(bytes) })
  const first = match[1] === '' ? Math.max(0, bytes - Number(match[2])) : Number(match[1])
  const last = match[1] === '' || match[2] === '' ? bytes - 1 : Math.min(Number(match[2]), bytes - 1)
  if (first >= bytes || first > last)
    return new Response(null, { status: 416, headers: { ...common, 'Content-Range': `bytes */${bytes}` } })
  return send(path, first, last, 206, {
    ...common,
    'Content-Length': String(last - first + 1),
    'Content-Range': `bytes ${first}-${last}/${bytes}`
  })
}

function send(path: string, start: number, end: number, status: number, headers: Record<string, string>): Response {
  return new Response(Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream, { status, headers })
}
