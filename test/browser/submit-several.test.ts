import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { startWebNode, type WebNode } from '../fixtures/web-node.ts'
import type { DryRun } from '../../src/api/schemas/index.ts'
import { useBrowser } from './browser.ts'
import type { Page } from 'playwright-core'

const { openPage } = useBrowser()

let node: WebNode
let media = ''
let season = ''
const stream = { type: 'audio', channels: 2, title: '', becomes: 'drop', kbps: null } as const
const SOURCE: DryRun['source'] = {
  title: 'a.mkv',
  bytes: 1,
  container: 'matroska',
  video: {
    codec: 'h264',
    width: 320,
    height: 180,
    fpsNum: 24,
    fpsDen: 1,
    framesEstimated: 1,
    durationSeconds: 1,
    pixelFormat: 'yuv420p',
    bitDepth: 8,
    primaries: '',
    transfer: '',
    matrix: '',
    range: '',
    fieldOrder: null
  },
  streams: [
    {
      ...stream,
      index: 1,
      number: 1,
      codec: 'flac',
      channels: 6,
      title: 'Main',
      language: 'eng',
      becomes: 'opus',
      kbps: 384
    },
    { ...stream, index: 2, number: 2, codec: 'ac3', language: 'jpn' }
  ]
}
const BARS: DryRun['bars'] = {
  crop: { x: 0, y: 22, width: 320, height: 136 },
  smaller: { crop: { x: 0, y: 40, width: 320, height: 100 }, share: 0.25 },
  frames: 100,
  // Half of a JPEG: what it shows does not matter here.
  still: '/9j/4AAQ'
}

beforeAll(async () => {
  media = await mkdtemp(join(tmpdir(), 'grav1-test-'))
  season = join(media, 'season')
  await mkdir(season)
  for (const name of ['e1.mkv', 'e2.mkv', 'e3.mkv']) await writeFile(join(season, name), 'x')
  node = await startWebNode({
    media: [media],
    routes: (app) => {
      app.post('/api/v2/dry-run', async (c) => {
        const { input } = await c.req.json<{ input: string }>()
        const measured = input.endsWith('bars.mkv')
        return c.json({
          accepted: true,
          refusal: null,
          source: measured ? SOURCE : null,
          encoder: { name: 'aom', build: 'aom/3.6.0/1f2e3d4c', params: '' },
          output: input.replace('.mkv', '.aom.mkv'),
          frames: 1,
          warnings: [],
          bars: measured ? BARS : null,
          scenes: { items: [{ scene: 0, start: 0, frames: 1, encoderParams: '' }], complete: true },
          estimate: null
        })
      })
      app.post('/api/v2/projects', async (c, next) => {
        const { input } = await c.req.json<{ input: string }>()
        if (!input.endsWith('bad.mkv')) return next()
        return c.json({ code: 'no-source', detail: 'There is no such file.', field: 'input' }, 400)
      })
    }
  })
})
afterAll(async () => {
  await node.stop()
  await rm(media, { recursive: true })
})

async function openDialog(page: Page): Promise<void> {
  await page.locator('.view .live').waitFor()
  await page.keyboard.press('n')
  await page.getByRole('dialog').waitFor()
}

test('a season is chosen in the folder of the node and submitted with one set of choices', async () => {
  const page = await openPage(node.url)
  await openDialog(page)
  await page.getByRole('button', { name: 'Browse…' }).click()
  await page.getByRole('button', { name: season.replace(/\/season$/, '') }).click()
  await page.getByRole('button', { name: /season/ }).click()
  await page.getByRole('button', { name: 'Tick all 3 films here' }).click()
  await page.getByLabel('Tick e2.mkv').uncheck()
  await page.getByRole('button', { name: 'Add 2 films' }).click()
  const chosen = page.getByRole('list', { name: 'Chosen films' })
  expect(await chosen.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^e1\.mkv/),
    expect.stringMatching(/^e3\.mkv/)
  ])
  await page.locator('#submit-preset').selectOption('quick')
  await page.locator('#submit-preset-says').getByText('For a preview').waitFor()
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await eventually('both', () => node.submitted.length === 2)
  expect(node.submitted).toEqual(
    ['e1.mkv', 'e3.mkv'].map((name) => ({ input: join(season, name), encoder: 'aom', preset: 'quick' }))
  )
  await page.getByText('2 films submitted.').waitFor()
  // The choices are there for the next films, also in another page.
  await page.reload()
  await openDialog(page)
  await expect.poll(async () => page.locator('#submit-preset').inputValue()).toBe('quick')
  expect(await page.locator('#submit-input').inputValue()).toBe('')
})

test('of several films those that are refused stay, with the reason', async () => {
  node.submitted.length = 0
  const page = await openPage(node.url, { allowed: [/status of 400/] })
  await openDialog(page)
  await page.getByRole('button', { name: 'Browse…' }).click()
  await page.getByRole('button', { name: season.replace(/\/season$/, '') }).click()
  await page.getByRole('button', { name: /season/ }).click()
  await page.getByLabel('Tick e1.mkv').check()
  await page.getByRole('button', { name: 'Add 1 film' }).click()
  await page.locator('#submit-input').fill('/films/bad.mkv')
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await page.getByText('1 of 2 films submitted; these were refused:').waitFor()
  await page.getByText('/films/bad.mkv: There is no such file.').waitFor()
  expect(node.submitted.map(({ input }) => input)).toEqual([join(season, 'e1.mkv')])
})

test('what a dry run found comes into view, film by film', async () => {
  const page = await openPage(node.url)
  await page.setViewportSize({ width: 1280, height: 420 })
  await openDialog(page)
  await page.locator('#submit-input').fill('/films/a.mkv')
  await page.getByRole('button', { name: 'Dry run', exact: true }).click()
  const found = page.getByRole('region', { name: 'What the dry run found' })
  await found.getByText('1 scene', { exact: true }).waitFor()
  await expect.poll(async () => isInView(found)).toBe(true)
})

async function isInView(found: ReturnType<Page['getByRole']>): Promise<boolean> {
  return found.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect()
    return top >= 0 && bottom <= innerHeight
  })
}

test('a dry run shows what becomes of the tracks, and draws the crop on a frame', async () => {
  const page = await openPage(node.url)
  await openDialog(page)
  await page.locator('#submit-input').fill('/films/bars.mkv')
  await page.getByRole('button', { name: 'Dry run', exact: true }).click()
  const found = page.getByRole('region', { name: 'What the dry run found' })
  const rows = found.getByRole('table', { name: 'Streams besides the video' }).getByRole('row')
  expect((await rows.allInnerTexts()).map((row) => row.split(/\s*\t\s*/))).toEqual([
    ['Track', 'Language', 'Codec', 'Title', 'In the result'],
    ['audio 1', 'eng', 'flac, 6 channels', 'Main', 'Opus, 384 kbit/s'],
    ['audio 2', 'jpn', 'ac3, 2 channels', 'left out']
  ])
  const picture = found.getByRole('img', { name: 'The picture to encode: 320:136:0:22 of 320x180' })
  expect(await picture.locator('.kept').getAttribute('y')).toBe('22')
  expect(await picture.locator('image').getAttribute('href')).toMatch(/^blob:/)
  await found.getByText('About 25 % of it has a smaller picture (dashed): 320:100:0:40.').waitFor()
})

test('a parameter says what it means, and is found by that', async () => {
  const page = await openPage(node.url)
  await openDialog(page)
  await page.getByText('Parameters that aomenc accepts here').click()
  await page.getByLabel('Find a parameter of aomenc').fill('film grain')
  const list = page.getByLabel('Parameters of aomenc')
  await list.getByText('Film grain of a camera').waitFor()
  expect(await list.locator('dt').allInnerTexts()).toContain('--photon-noise')
  expect(await list.locator('dt').allInnerTexts()).not.toContain('--cq-level')
})
