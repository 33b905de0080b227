import { join, resolve } from 'node:path'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { nodeOf } from '../fixtures/web-data.ts'
import { startWebNode, type WebNode } from '../fixtures/web-node.ts'

const WEB = resolve(import.meta.dirname, '../../web')

let node: WebNode
let server: ViteDevServer
let url: string

beforeAll(async () => {
  node = await startWebNode({ node: { ...nodeOf(), name: 'behind-the-proxy' } })
  vi.stubEnv('GRAV1_API', node.url)
  server = await createServer({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'silent', server: { port: 0 } })
  await server.listen()
  const address = server.httpServer?.address()
  if (address == null || typeof address === 'string') throw new Error('the development server has no port')
  url = `http://127.0.0.1:${address.port}`
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await server.close()
  await node.stop()
})

test('the page comes from the sources, with the client that reloads it', async () => {
  const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('/@vite/client')
  const main = await fetch(`${url}/src/main.tsx`)
  expect(main.headers.get('content-type')).toContain('javascript')
  expect(await main.text()).toContain('preact')
})

test('the API comes from the node', async () => {
  const status = (await (await fetch(`${url}/api/v2/status`)).json()) as { node: { name: string } }
  expect(status.node.name).toBe('behind-the-proxy')
  const events = await fetch(`${url}/api/v2/events`)
  expect(events.headers.get('content-type')).toContain('text/event-stream')
  await events.body?.cancel()
})

test.for(['scene/abc/1.webm', 'completed/abc', 'docs', 'openapi.json'])('/%s is asked of the node', async (path) => {
  const [here, there] = await Promise.all([fetch(`${url}/${path}`), fetch(`${node.url}/${path}`)])
  expect(here.status).toBe(there.status)
  // Examples name the address that was asked.
  expect((await here.text()).replaceAll(url, node.url)).toBe(await there.text())
})

test('a command of the page is taken as of the node itself, one of another site is not', async () => {
  const send = async (origin: string): Promise<number> => {
    const headers = { origin, 'content-type': 'application/json' }
    const body = JSON.stringify({ paused: true })
    return (await fetch(`${url}/api/v2/node`, { method: 'PATCH', headers, body })).status
  }
  expect(await send(url)).toBe(200)
  expect(await send('http://evil.example')).toBe(403)
})
