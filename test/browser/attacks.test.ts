import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { copyFile, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { tinyClip } from '../e2e/clips.ts'
import { AOM_PARAMS, TestSwarm, whenProject, type SpawnedNode } from '../e2e/harness.ts'
import { launch } from './browser.ts'
import { installAttacks, type Attack } from './hostile-page.ts'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'

/** Names that a resolver of the attacker's says are this machine. */
const NAMES = ['evil.example', 'rebound.example', 'listed.example']
const ATTACKS_MIN = 30

let browser: Browser
let swarm: TestSwarm
let node: SpawnedNode
let id: string
let token: string
let hostile: { readonly port: number; readonly stop: () => void }

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, stop }
}

beforeAll(async () => {
  hostile = await listen((_request, response) => response.setHeader('content-type', 'text/html').end('<body></body>'))
  const rules = NAMES.map((name) => `MAP ${name} 127.0.0.1`).join(', ')
  // What newer browsers do against it themselves is off: the node has to stand alone.
  const features = 'LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights'
  browser = await launch([`--host-resolver-rules=${rules}`, `--disable-features=${features}`])
  swarm = await TestSwarm.create()
  const media = join(swarm.folder, 'media')
  await mkdir(media)
  await copyFile((await tinyClip()).path, join(media, 'film.mkv'))
  node = await swarm.startNode({
    name: 'victim',
    workers: 0,
    args: ['--media', media, '--api-origin', `http://listed.example:${hostile.port}`]
  })
  token = (await readFile(join(node.dataDir, 'api-token'), 'utf8')).trim()
  id = await swarm.submit(node, join(media, 'film.mkv'), ['--params', AOM_PARAMS])
  await whenProject(node.url, id, 'to wait for a worker', (project) => project.planned)
})

afterAll(async () => {
  await browser?.close()
  await swarm?.stop()
  hostile?.stop()
})

/** All that an attack could change. */
async function state(): Promise<unknown> {
  const [projects, status] = await Promise.all(
    ['/api/get_projects', '/api/v2/status'].map(async (path) => (await fetch(`${node.url}${path}`)).json())
  )
  const { rssBytes: _rss, uptimeSeconds: _up, ...rest } = (status as { node: Record<string, unknown> }).node
  return { projects: projects as unknown, node: rest }
}

/** Runs every attack from the page, one after the other; gives the names of those that got something or changed something. */
async function attackFrom(page: Page, base: string, isHarmed: () => Promise<boolean>) {
  const names = await page.evaluate(installAttacks)
  expect(names.length).toBeGreaterThanOrEqual(ATTACKS_MIN)
  const succeeded: string[] = []
  for (const name of names) {
    const seen = await page.evaluate(
      async ([name, target]) => (globalThis as unknown as { attack: Attack }).attack(name, target),
      [name, { base, id }] as const
    )
    if (seen.startsWith('loaded') || seen.includes(id) || seen.includes(node.peerId) || (await isHarmed()))
      succeeded.push(name)
  }
  return succeeded
}

async function openPage(url: string): Promise<Page> {
  const context = await browser.newContext()
  onTestFinished(async () => context.close())
  const page = await context.newPage()
  await page.goto(url)
  return page
}

describe('a hostile page', () => {
  test('of another site can neither read nor change anything', async () => {
    const before = await state()
    const page = await openPage(`http://evil.example:${hostile.port}/`)
    const isHarmed = async () => JSON.stringify(await state()) !== JSON.stringify(before)
    expect(await attackFrom(page, node.url, isHarmed)).toEqual([])
    expect(await state()).toEqual(before)
  })

  test('on another port of this machine can neither, though it has the cookie', async () => {
    const before = await state()
    const page = await openPage(`http://127.0.0.1:${hostile.port}/`)
    const { request } = page.context()
    const session = await request.post(`${node.url}/api/v2/session`, { headers: { authorization: `Bearer ${token}` } })
    expect(session.status()).toBe(200)
    const isHarmed = async () => JSON.stringify(await state()) !== JSON.stringify(before)
    expect(await attackFrom(page, node.url, isHarmed)).toEqual([])
    expect(await state()).toEqual(before)
  })

  test('whose name turns into this machine can neither', async () => {
    const before = await state()
    const own = `http://rebound.example:${new URL(node.url).port}`
    const context = await browser.newContext()
    onTestFinished(async () => context.close())
    const page = await context.newPage()
    // The page came from the attacker; all that it asks for goes to the node, as its own origin.
    await page.route(`${own}/attack`, async (route) =>
      route.fulfill({ contentType: 'text/html', body: '<body></body>' })
    )
    await page.goto(`${own}/attack`)
    const isHarmed = async () => JSON.stringify(await state()) !== JSON.stringify(before)
    expect(await attackFrom(page, own, isHarmed)).toEqual([])
    expect(await state()).toEqual(before)
    const refused = await page.evaluate(async (url) => (await fetch(url)).status, `${own}/api/get_projects`)
    expect(refused).toBe(421)
  })

  test('would have its way with a server that has no gate', async () => {
    let hits = 0
    const open = await listen((request, response) => {
      if (request.method === 'POST' || request.method === 'DELETE' || request.method === 'PATCH') hits += 1
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('access-control-allow-headers', '*')
      response.setHeader('access-control-allow-methods', '*')
      response.setHeader('content-type', 'text/javascript')
      response.end(JSON.stringify([id]))
    })
    onTestFinished(open.stop)
    const page = await openPage(`http://evil.example:${hostile.port}/`)
    let before = 0
    const succeeded = await attackFrom(page, `http://127.0.0.1:${open.port}`, async () => {
      const isHarmed = hits > before
      before = hits
      return isHarmed
    })
    expect(succeeded.length).toBeGreaterThanOrEqual(ATTACKS_MIN)
  })
})

test('the token that may only read lies beside the other, for the user only', async () => {
  const path = join(node.dataDir, 'api-token-read')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const headers = { authorization: `Bearer ${(await readFile(path, 'utf8')).trim()}` }
  expect((await fetch(`${node.url}/api/v2/status`, { headers })).status).toBe(200)
  expect((await fetch(`${node.url}/api/delete_project/${id}`, { method: 'POST', headers })).status).toBe(403)
  expect(node.output()).not.toContain(token)
})

describe('what is allowed', () => {
  const change = async (page: Page, base: string, priority: number): Promise<unknown> =>
    page.evaluate(
      async ([url, priority]) => {
        const body = JSON.stringify({ priority })
        const answer = await fetch(url, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body })
        return answer.json() as Promise<unknown>
      },
      [`${base}/api/v2/projects/${id}`, priority] as const
    )

  test("the node's own page reads and changes", async () => {
    const page = await openPage(`${node.url}/`)
    expect(await change(page, node.url, 3)).toMatchObject({ projectId: id, priority: 3 })
    const deleted = await page.evaluate(
      async (url) => (await fetch(url, { method: 'POST' })).json() as Promise<unknown>,
      `${node.url}/api/delete_project/no-such`
    )
    expect(deleted).toEqual({ success: false, reason: 'Project does not exist.' })
  })

  test('a page of a listed origin reads and changes', async () => {
    const page = await openPage(`http://listed.example:${hostile.port}/`)
    expect(await change(page, node.url, 4)).toMatchObject({ projectId: id, priority: 4 })
    const read = await page.evaluate(async (url) => (await fetch(url)).text(), `${node.url}/api/get_projects`)
    expect(read).toContain(id)
  })

  test('the cookie of a session is sent by the own page, and no script sees it', async () => {
    const page = await openPage(`${node.url}/`)
    const session = await page.evaluate(
      async ([url, token]) => {
        await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
        return [document.cookie, await (await fetch(url)).json()] as const
      },
      [`${node.url}/api/v2/session`, token] as const
    )
    expect(session).toMatchObject(['', { access: 'full', via: 'cookie' }])
  })
})
