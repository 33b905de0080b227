import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTokens } from '../../src/node/http/tokens.ts'
import { OFF_MANNERS } from '../fixtures/manners.ts'
import { nodeOf, projectOf } from '../fixtures/web-data.ts'
import { OWNER } from '../fixtures/protocol-samples.ts'
import { tempDir } from '../fixtures/temp-dir.ts'
import { useBrowser, useNode } from './browser.ts'
import type { ChronicleEvent } from '../../src/api/schemas/index.ts'
import type { WebNode } from '../fixtures/web-node.ts'

const { openPage } = useBrowser()

const NIGHT_MS = Date.now() - 8 * 3_600_000

const event = (number: number, init: Partial<ChronicleEvent>): ChronicleEvent => ({
  number,
  atMs: NIGHT_MS + number,
  kind: 'accepted',
  text: '',
  projectId: null,
  scene: null,
  peerId: null,
  ...init
})

test('a page that is opened in the morning shows the night', async () => {
  const node = await useNode({
    projects: [projectOf()],
    events: [
      event(1, { text: 'film.mkv scene 7: accepted from kitchen', projectId: 'film-1', scene: 6 }),
      event(2, { kind: 'peer-went', text: 'kitchen <b>went</b>' })
    ],
    samples: Array.from({ length: 30 }, (_, minute) => ({
      atMs: NIGHT_MS + minute * 60_000,
      fps: { [OWNER]: 3 + (minute % 2) },
      left: { 'film-1': 9000 - minute }
    }))
  })
  const page = await openPage(`${node.url}/#/logs`)
  const list = page.getByRole('list', { name: 'What happened' })
  const link = list.getByRole('link', { name: 'film.mkv scene 7: accepted from kitchen' })
  expect(await link.getAttribute('href')).toBe('#/project/film-1/7')
  await list.getByText('kitchen <b>went</b>').waitFor()
  await page.getByRole('link', { name: 'Charts' }).click()
  await page.locator('.u-legend').first().waitFor()
  // The axis begins in the night.
  const lit = async (): Promise<number> =>
    page
      .locator('.plot canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const { width, height } = canvas
        const half = Math.round(width / 2)
        const copy = document.createElement('canvas')
        copy.width = half
        copy.height = height
        const pen = copy.getContext('2d', { willReadFrequently: true })!
        pen.drawImage(canvas, 0, 0)
        const { data } = pen.getImageData(0, 0, half, height)
        const probe = document.createElement('span')
        probe.style.color = 'var(--accent)'
        document.body.append(probe)
        const [r, g, b] = (getComputedStyle(probe).color.match(/\d+/g) ?? []).map(Number)
        probe.remove()
        let found = 0
        for (let at = 0; at < data.length; at += 4)
          if (data[at] === r && data[at + 1] === g && data[at + 2] === b) found += 1
        return found
      })
  await expect.poll(lit).toBeGreaterThan(0)
})

/** Of what a busy machine may take long for. */
const PATIENT = { timeout: 60_000 }

test('settings show what the node has, and change what can be changed', async () => {
  const media = await tempDir()
  const node: WebNode = await useNode({
    media: [media],
    node: nodeOf({ manners: OFF_MANNERS, limits: { upload: 0, download: 0, lan: false } }),
    onNodeChange: ({ manners: some, uploadLimit }) => {
      const { manners = OFF_MANNERS, limits = { upload: 0, download: 0, lan: false } } = node.state.node
      node.change.node({
        manners: Object.assign({ ...manners }, some),
        limits: { ...limits, upload: uploadLimit ?? limits.upload }
      })
    }
  })
  const page = await openPage(`${node.url}/#/settings`)
  await page.getByText(media).waitFor()

  const cpu = page.getByLabel('max-cpu', { exact: true })
  const upload = page.getByLabel('Upload, KiB/s')
  await cpu.fill('50%')
  await cpu.press('Tab')
  await expect.poll(() => node.state.node.manners, PATIENT).toEqual({ ...OFF_MANNERS, maxCpu: '50%' })
  await upload.fill('512')
  await upload.press('Tab')
  await expect.poll(() => node.state.node.limits?.upload, PATIENT).toBe(512 * 1024)
  node.change.node({
    rest: { code: 'on-battery', untilMs: null, detail: '' },
    fewerSlots: { wanted: 8, slots: 7, ranAt: 8, retryAtMs: Date.now() + 3_600_000 }
  })
  await page.getByText('It is paused: on battery.').waitFor()
  await page.getByText('It encodes with one slot fewer: the encoder ran out of memory at 8 slots').waitFor()
  await page.reload()
  await expect.poll(async () => cpu.inputValue(), PATIENT).toBe('50%')
  await expect.poll(async () => upload.inputValue(), PATIENT).toBe('512')

  await page.getByText('aom/3.6.0/1f2e3d4c').first().waitFor()
  await page.getByText('everything without a token').waitFor()
  await page.getByRole('button', { name: 'Look for encoders again', exact: true }).click()
  await expect.poll(() => node.calls.map(({ path }) => path)).toContain('/api/v2/encoders/look')
})

test('access tokens are made, shown once and revoked by who has full access', async () => {
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const tokens = await createTokens({ log, hide: () => {} }, join(await tempDir(), 'tokens.json'))
  const node = await useNode({ tokens })
  const page = await openPage(`${node.url}/#/settings`)
  const panel = page.getByRole('region', { name: 'Access tokens' })
  await panel.getByText('sign in with the full token').waitFor()
  await page.goto(`${node.url}/#token=${node.token}`)
  // The page takes the token out of its address once it has read it.
  await page.waitForURL(({ hash }) => !hash.includes('token='))
  await page.goto(`${node.url}/#/settings`)
  await panel.getByLabel('Name of a new token').fill('phone')
  await panel.getByLabel('read-only').check()
  await panel.getByRole('button', { name: 'Create the token' }).click()
  const made = await panel.getByRole('status').locator('code').textContent()
  expect(tokens.find(made ?? '')).toMatchObject({ name: 'phone', access: 'read' })
  const row = panel.getByRole('row', { name: 'phone' })
  expect(await row.textContent()).toContain('read-only')
  await panel.getByRole('button', { name: 'Revoke phone' }).click()
  await row.waitFor({ state: 'detached' })
  expect(tokens.list()).toEqual([])
})

test('the page can be installed: its manifest and icon are there, also for who has no token', async () => {
  const node = await useNode({ auth: 'always' })
  const page = await openPage(node.url)
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]')
    const answer = await fetch(link?.href ?? '')
    return [answer.headers.get('content-type'), await answer.json()] as const
  })
  expect(manifest).toEqual([
    'application/manifest+json',
    expect.objectContaining({ name: 'grav1', display: 'standalone' })
  ])
  const session = await page.context().newCDPSession(page)
  const { errors } = await session.send('Page.getAppManifest')
  expect(errors).toEqual([])
  const icon = await page.evaluate(async () => (await fetch('icon.svg')).headers.get('content-type'))
  expect(icon).toBe('image/svg+xml')
})
