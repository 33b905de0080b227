import { Hono } from 'hono'
import { noBytes, notModified, ranged } from '../ranged.ts'
import type { ApiPorts } from '../ports.ts'

/** `/completed/<project>`: the finished file, from this node or through it; its manifest from its owner. */
export function completedRoutes({ projects, completed }: Pick<ApiPorts, 'projects' | 'completed'>) {
  const routes = new Hono()

  routes.get('/completed/:id', async (c) => {
    const id = c.req.param('id')
    const view = projects.get(id)?.view
    if (view == null) return c.json({ success: false, reason: 'Project does not exist.' }, 404)
    if (view.end?.state !== 'completed')
      return c.json({ success: false, reason: 'The project has no finished file.' }, 404)
    const etag = `"${view.end.outputSha256}"`
    const known = notModified(c, etag)
    if (known != null) return known
    try {
      const file = await completed.file(id, c.req.raw.signal)
      return await ranged(c, file, {
        ETag: etag,
        'Content-Type': file.type,
        'Content-Disposition': disposition(file.name)
      })
    } catch (error) {
      return noBytes(c, error)
    }
  })

  routes.get('/completed/:id/manifest', async (c) => {
    const id = c.req.param('id')
    if (projects.get(id) === undefined) return c.json({ success: false, reason: 'Project does not exist.' }, 404)
    try {
      const text = await completed.manifest(id)
      return c.body(text, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    } catch (error) {
      return noBytes(c, error)
    }
  })

  return routes
}

/** The name twice: in ASCII for old clients, and as it is (RFC 6266). */
function disposition(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const whole = encodeURIComponent(name).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}
