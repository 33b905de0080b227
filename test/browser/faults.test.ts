import { beforeAll, describe, expect, test } from 'vitest'
import { startWebNode, type WebNode } from '../fixtures/web-node.ts'
import { projectOf, scenesOf } from '../fixtures/web-data.ts'
import { axeComplaints } from './axe.ts'
import { useBrowser } from './browser.ts'
import type { Page } from 'playwright-core'

const { openPage, openContext, openTab } = useBrowser()

const BEGAN_MS = Date.UTC(2026, 1, 3, 12, 30, 0)

let node: WebNode
beforeAll(async () => {
  node = await startWebNode({
    projects: [
      projectOf({ createdAtMs: BEGAN_MS }),
      projectOf({ projectId: 'svt', title: 'Sintel.mkv', encoder: 'svt', passes: 1 }),
      projectOf({
        projectId: 'read',
        title: 'Read.mkv',
        passes: 1,
        frames: 14_315,
        share: 0.99,
        etaSeconds: 0,
        scenes: { total: 1, done: 0, running: 1, failed: 0 }
      })
    ],
    scenes: { 'film-1': scenesOf(40), svt: scenesOf(40), read: scenesOf(1).map((scene) => ({ ...scene, state: 2 })) }
  })
  return node.stop
})

async function contrastOf(page: Page, selector: string): Promise<number> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
      const light = (colour: string): number => {
        if (pen == null) throw new Error('no canvas')
        pen.fillStyle = colour
        pen.fillRect(0, 0, 1, 1)
        const [r = 0, g = 0, b = 0] = Array.from(pen.getImageData(0, 0, 1, 1).data, (part) => {
          const value = part / 255
          return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
        })
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
      }
      const { color, backgroundColor } = getComputedStyle(element)
      const [low = 0, high = 0] = [light(color), light(backgroundColor)].toSorted((a, b) => a - b)
      return (high + 0.05) / (low + 0.05)
    })
}

describe.each([{ dark: false }, { dark: true }])('dark: $dark', ({ dark }) => {
  test('what is pressed can be read under the pointer too', async () => {
    const page = await openPage(`${node.url}/#/project/film-1`, { dark })
    for (const selector of ['.segments button[aria-pressed=true]', 'button.chip.done', 'button.primary']) {
      const button = page.locator(selector).first()
      await button.hover()
      expect({ selector, reads: (await contrastOf(page, selector)) >= 4.5 }).toEqual({ selector, reads: true })
    }
    await page.locator('button.chip.done').click()
    await page.locator('button.chip.done').hover()
    expect(await contrastOf(page, 'button.chip.done')).toBeGreaterThanOrEqual(4.5)
    expect(await axeComplaints(page)).toEqual([])
  })
})

test('an encoder of one pass is said to have one', async () => {
  const page = await openPage(`${node.url}/#/project/svt`)
  const states = page.getByRole('group', { name: 'Show only scenes in these states' })
  await states.getByRole('button', { name: /^being encoded/ }).waitFor()
  expect(await states.getByText('pass', { exact: false }).count()).toBe(0)
  await page.goto(`${node.url}/#/project/film-1`)
  await states.getByRole('button', { name: /^second pass/ }).waitFor()
})

test('what has been read ahead is not said to be done', async () => {
  const page = await openPage(node.url)
  const row = page.locator('tr.project', { hasText: 'Read.mkv' })
  await row.getByText('99 %').waitFor()
  await row.getByText('nearly done').waitFor()
  await page.goto(`${node.url}/#/project/read`)
  await page.locator('.film-progress', { hasText: '99 %' }).getByText('nearly done').waitFor()
  expect(await page.title()).toBe('99 % Read.mkv – grav1')
  await page.getByText('0 of 1 scene is done').waitFor()
})

test('a film can be submitted from every page by its key', async () => {
  const page = await openPage(node.url)
  for (const place of ['projects', 'project/film-1', 'swarm', 'charts', 'logs', 'settings']) {
    await page.goto(`${node.url}/#/${place}`)
    await page.locator('main h1').first().waitFor()
    await page.keyboard.press('n')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
})

test.each([
  ['de-DE', '03.02.26', '4.200'],
  ['en-GB', '03/02/2026', '4,200'],
  ['ja-JP', '2026/02/03', '4,200']
])('dates and numbers are those of a browser in %s', async (locale, date, frames) => {
  const context = await openContext({ locale })
  const page = await openTab(context, node.url)
  await page.locator('tr.project', { hasText: 'Big Buck Bunny' }).getByText(frames).waitFor()
  await page.getByRole('cell', { name: date, exact: true }).waitFor()
  await page.goto(`${node.url}/#/project/film-1`)
  await page.getByText('Details, and who encoded how much').click()
  await page.locator('dd', { hasText: date }).waitFor()
})
