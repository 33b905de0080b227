import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { OWNER, WORKER } from '../fixtures/protocol-samples.ts'
import { nodeOf, peerOf, projectOf, scenesOf } from '../fixtures/web-data.ts'
import { startWebNode, type WebNodeInit } from '../fixtures/web-node.ts'
import { LOOKS } from '../fixtures/looks.ts'
import { axeComplaints } from './axe.ts'
import { launch, watchConsole } from './browser.ts'
import type { Browser, Page } from 'playwright-core'
import type { LogLine, TimelineEntry } from '../../src/api/schemas/index.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => browser.close())

const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'

const MINUTE = 60_000

function timeline(): TimelineEntry[] {
  const now = Date.now()
  return Array.from({ length: 24 }, (_, index) => ({
    projectId: 'film-1',
    scene: index,
    worker: index % 3 === 0 ? OWNER : WORKER,
    startedAtMs: now - 50 * MINUTE + index * 2 * MINUTE,
    endedAtMs: index > 21 ? null : now - 50 * MINUTE + index * 2 * MINUTE + 5 * MINUTE,
    verdict: index > 21 ? 'running' : index === 9 ? 'failed' : 'accepted'
  }))
}

const line = (number: number, change: Partial<LogLine> = {}): LogLine => ({
  number,
  atMs: Date.now() - 1000,
  level: 'info',
  message: `line ${number}`,
  project: null,
  peer: null,
  fields: '{}',
  ...change
})

/** A swarm of three with a film at work. */
const swarm = (init: WebNodeInit = {}): WebNodeInit => ({
  node: nodeOf({ fps: 4.2, scenesDone: 20 }),
  peers: [
    peerOf(),
    peerOf({
      peerId: `${WORKER.slice(0, -3)}abc`,
      name: 'cellar',
      connected: false,
      path: 'none',
      fps: 0,
      heardSecondsAgo: 130
    })
  ],
  projects: [projectOf()],
  scenes: { 'film-1': scenesOf(133) },
  log: [line(0), line(1, { level: 'warn', message: 'a lease ran out', peer: WORKER, fields: '{"scene":7}' })],
  routes: (app) => app.get('/api/v2/timeline', (c) => c.json(timeline())),
  ...init
})

async function open(init: WebNodeInit, path: string, options: Parameters<Browser['newContext']>[0] = {}) {
  const node = await startWebNode(init)
  onTestFinished(node.stop)
  const context = await browser.newContext(options)
  onTestFinished(async () => context.close())
  const page = await context.newPage()
  const complaints = watchConsole(page)
  await page.goto(`${node.url}/#/${path}`)
  return { node, page, complaints }
}

async function rowTexts(page: Page): Promise<string[]> {
  const rows = page.getByRole('table', { name: 'Nodes' }).getByRole('row')
  await rows.nth(1).waitFor()
  return (await rows.allInnerTexts()).slice(1).map((text) => text.replaceAll(/\s+/g, ' '))
}

test('says who is there, how each is reached, what it does and what it did', async () => {
  const { node, page, complaints } = await open(swarm(), 'swarm')
  const [own, kitchen, cellar] = await rowTexts(page)
  expect(own).toMatch(/^attic .* this node 3 of 4 busy 4.20 fps itself 20 0/)
  expect(kitchen).toMatch(
    /^kitchen .* local network, <1 ms 2 of 2 busy 3.40 fps trusted 31 0 .*Big Buck Bunny.mkv 00039/
  )
  expect(cellar).toMatch(/not connected, last heard from 2 min 10 s ago/)
  node.change.peer(peerOf({ busy: 0, paused: true, latencyMs: 21 }))
  await page.getByText('local network, 21 ms').waitFor()
  expect((await rowTexts(page))[1]).toContain('0 of 2 busy, paused')
  expect(complaints).toEqual([])
})

test('this node is paused, given other slots and drained', async () => {
  const { node, page } = await open(
    swarm({
      routes: (app) => {
        app.patch('/api/v2/node', async (c) => {
          node.change.node(await c.req.json())
          return c.json(node.state.node)
        })
        app.post('/api/v2/node/drain', (c) => {
          node.change.node({ draining: true })
          return c.json(node.state.node)
        })
      }
    }),
    'swarm'
  )
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('It is paused and takes no new scenes: 3 scenes are being finished.').waitFor()
  expect(node.state.node.paused).toBe(true)
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await page.getByText('It encodes in 3 of 4 slots.').waitFor()
  const slots = page.getByLabel('Slots')
  await slots.fill('7')
  await slots.press('Enter')
  await page.getByText('It encodes in 3 of 7 slots.').waitFor()
  await page.getByRole('button', { name: 'Drain' }).click()
  await page.getByText('It is draining: 3 scenes are being finished.').waitFor()
})

test('the time line has a row for each node, and its bars lead to their scenes', async () => {
  const { page } = await open(swarm(), 'swarm')
  await page.getByRole('link', { name: /00010 from .*, took 5 min, failed$/ }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/project\/film-1\/10$/)
})

test.for([
  ['swarm', '/api/v2/timeline', 'No node had a scene in this time.'],
  ['logs', '/api/v2/logs', 'No lines match.']
] as const)('the page %s says that there is nothing once the node has said so', async ([path, call, nothing]) => {
  const asked = Promise.withResolvers<void>()
  const mayAnswer = Promise.withResolvers<void>()
  const { page } = await open(
    swarm({
      log: [],
      routes: (app) => {
        app.get(call, async (c) => {
          asked.resolve()
          await mayAnswer.promise
          return c.json(path === 'logs' ? { items: [], next: 0 } : [])
        })
      }
    }),
    path
  )
  await asked.promise
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(await page.getByText(nothing).count()).toBe(0)
  mayAnswer.resolve()
  await page.getByText(nothing).waitFor()
})

test('charts are drawn of what was seen, and of the film', async () => {
  const { page, complaints } = await open(swarm(), 'charts')
  for (const title of ['Speed of each node', 'Frames left', 'Bitrate and quality of each finished scene'])
    await page
      .getByRole('img', { name: new RegExp(title) })
      .locator('canvas')
      .waitFor()
  expect(complaints).toEqual([])
})

describe('logs', () => {
  test('show the kept lines and those that come, each once, filtered', async () => {
    const init = swarm({
      routes: (app) => app.get('/api/v2/logs', (c) => c.json({ items: node.state.log, next: node.state.log.length }))
    })
    const { node, page, complaints } = await open(init, 'logs')
    const lines = page.getByRole('list', { name: 'Log lines' }).getByRole('listitem')
    await lines.nth(1).waitFor()
    node.change.log(line(2, { level: 'error', message: 'it broke' }))
    await page.getByText('it broke').waitFor()
    expect(await lines.count()).toBe(3)
    await page.getByLabel('Node').selectOption(WORKER)
    expect(await lines.allInnerTexts()).toEqual([expect.stringContaining('a lease ran out') as unknown])
    await page.getByLabel('Node').selectOption('')
    await page.getByLabel('Text').fill('BROKE')
    expect(await lines.allInnerTexts()).toEqual([expect.stringContaining('it broke') as unknown])
    expect(complaints).toEqual([])
  })
})

test('what peers call themselves is text', async () => {
  const init = swarm({
    node: nodeOf({ name: HOSTILE }),
    peers: [
      peerOf({
        name: HOSTILE,
        version: HOSTILE,
        encoders: [HOSTILE],
        idle: [{ projectId: 'film-1', code: 'parameters', reason: `does not accept ${HOSTILE}` }]
      })
    ],
    projects: [projectOf({ title: HOSTILE })]
  })
  const { page, complaints } = await open(init, 'swarm')
  await page.getByRole('rowheader', { name: HOSTILE }).first().waitFor()
  await page.getByText(`does not accept ${HOSTILE}`).waitFor()
  expect(await page.title()).toContain('grav1')
  expect(await page.locator('main img:not([role])').count()).toBe(0)
  expect(complaints).toEqual([])
})

describe.for(LOOKS)('%s', ([colorScheme, width]) => {
  test(`nothing to complain of for who cannot see or point, ${width} px wide`, async () => {
    const viewport = { width, height: 900 }
    const { log = [] } = swarm()
    const init = swarm({
      routes: (app) => {
        app.get('/api/v2/timeline', (c) => c.json(timeline()))
        app.get('/api/v2/logs', (c) => c.json({ items: log, next: 2 }))
      }
    })
    const { node, page } = await open(init, 'swarm', { colorScheme, viewport })
    for (const [path, ready] of [
      ['swarm', 'Scenes by node'],
      ['charts', 'Frames left'],
      ['logs', 'a lease ran out']
    ] as const) {
      await page.goto(`${node.url}/#/${path}`)
      await page.getByText(ready).first().waitFor()
      expect(await axeComplaints(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      if (process.env['SHOTS'] != null)
        await page.screenshot({ path: `${process.env['SHOTS']}/${path}-${colorScheme}-${width}.png`, fullPage: true })
    }
  })
})
