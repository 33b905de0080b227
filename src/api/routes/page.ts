import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Hono } from 'hono'
import { programFolder } from '../../common/program-folder.ts'

/** The built web client. */
const FOLDER = join(programFolder, 'web/dist')

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json'
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

const NOT_BUILT = 'The web client is not built. Run "npm run build:web" in the folder of grav1.'

/** The web client: all of it comes from this node, and it may talk only to this node. */
export function pageRoutes() {
  const routes = new Hono()
  routes.get('/', async (c) => {
    const page = await readFile(join(FOLDER, 'index.html'), 'utf8').catch(() => undefined)
    if (page == null) return c.text(NOT_BUILT, 503)
    return c.html(page, 200, { 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' })
  })
  routes.get('/:file{(?:icon\\.svg|manifest\\.webmanifest)}', async (c) => {
    const name = c.req.param('file')
    const file = await readFile(join(FOLDER, name)).catch(() => undefined)
    if (file == null) return c.notFound()
    return c.body(file, 200, { 'Content-Type': TYPES[extname(name)] ?? '', 'Cache-Control': 'no-cache' })
  })
  // Names carry a hash of the content, so they never change.
  routes.get('/assets/:file{[A-Za-z0-9_-][A-Za-z0-9_.-]*\\.(?:js|css|svg)}', async (c) => {
    const name = c.req.param('file')
    const file = await readFile(join(FOLDER, 'assets', name)).catch(() => undefined)
    if (file == null) return c.notFound()
    return c.body(file, 200, {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      'Cache-Control': 'public, max-age=31536000, immutable'
    })
  })
  return routes
}
