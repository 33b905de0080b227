import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'

const FOLDER = new URL('../../../web/', import.meta.url)

const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/app.js': { file: 'app.js', type: 'text/javascript; charset=utf-8' },
  '/style.css': { file: 'style.css', type: 'text/css; charset=utf-8' }
}

/** The status page: nothing in it comes from elsewhere, and it may talk to this node only. */
export function pageRoutes() {
  const routes = new Hono()
  for (const [path, { file, type }] of Object.entries(FILES)) {
    routes.get(path, async (c) => {
      const policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
      return c.body(await readFile(new URL(file, FOLDER)), 200, {
        'Content-Type': type,
        'Content-Security-Policy': policy,
        'Cache-Control': 'no-cache'
      })
    })
  }
  return routes
}
