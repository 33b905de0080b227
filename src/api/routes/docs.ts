import { Hono } from 'hono'
import type { OpenApiDocument } from '../openapi/types.ts'

/** The description of the API, for programs and for people. It is built on the first request. */
export function docsRoutes(describe: () => Promise<OpenApiDocument>) {
  const routes = new Hono()
  let json: Promise<string> | undefined

  routes.get('/openapi.json', async (c) => {
    json ??= describe().then((document) => JSON.stringify(document))
    return c.body(await json, 200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-cache' })
  })

  routes.get('/docs', async (c) => {
    const { docsPage, DOCS_POLICY } = await import('../openapi/docs-page.ts')
    const origin = `${new URL(c.req.url).protocol}//${c.req.header('host')}`
    const page = docsPage(await describe(), origin)
    return c.html(page, 200, { 'Content-Security-Policy': DOCS_POLICY, 'Cache-Control': 'no-cache' })
  })
  return routes
}
