import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { completedOf, projectOf, scenesOf } from '../fixtures/web-data.ts'
import { startWebNode, type WebNode } from '../fixtures/web-node.ts'
import { axeComplaints } from './axe.ts'
import { useBrowser } from './browser.ts'
import type { Page } from 'playwright-core'
import type { ProjectStatus } from '../../src/api/schemas/index.ts'

const { openPage } = useBrowser()

const films = (): ProjectStatus[] => [
  projectOf({ projectId: 'a', title: 'Alpha.mkv', priority: 0, createdAtMs: Date.UTC(2026, 0, 5, 12) }),
  projectOf({ projectId: 'b', title: 'Beta.mkv', priority: 1, encoder: 'svt' }),
  projectOf({ projectId: 'c', title: 'Gamma.mkv', priority: 2 }),
  projectOf({ projectId: 's1', title: 'The.Show.S02E01.mkv', priority: 3 }),
  projectOf({ projectId: 'd', title: 'Delta.mkv', priority: 4 }),
  completedOf({ projectId: 's2', title: 'The Show s02e02.mkv', priority: 5 })
]

let node: WebNode
beforeAll(async () => {
  node = await startWebNode({ projects: films(), scenes: { a: scenesOf(3) } })
})
afterAll(async () => node.stop())
beforeEach(() => {
  for (const film of films()) node.change.project(film)
})

const names = async (page: Page): Promise<string[]> => page.locator('tr.project .name a').allInnerTexts()
const APART = ['Alpha.mkv', 'Beta.mkv', 'Gamma.mkv', 'The.Show.S02E01.mkv', 'Delta.mkv', 'The Show s02e02.mkv']

test('columns are chosen, and the choice outlives the page', async () => {
  const page = await openPage(node.url)
  const row = page.locator('tr.project', { hasText: 'Alpha.mkv' })
  await row.getByText('1/5/26').waitFor()
  await page.getByText('Columns', { exact: true }).click()
  const choice = page.getByRole('group', { name: 'Columns of the list' })
  await choice.getByLabel('Added').uncheck()
  await choice.getByLabel('Resolution').check()
  await row.getByText('1920×1080').waitFor()
  await page.reload()
  await row.getByText('1920×1080').waitFor()
  expect(await row.getByText('1/5/26').count()).toBe(0)
  await page.getByRole('button', { name: 'Encoder' }).click()
  expect((await names(page)).at(-1)).toBe('Beta.mkv')
})

test('films of a season stand together, are folded and selected together, or stand apart', async () => {
  const page = await openPage(node.url)
  const season = page.locator('tr.season', { hasText: 'The Show, season 2' })
  await season.getByText('2 films').waitFor()
  expect(await names(page)).toEqual([...APART.slice(0, 4), 'The Show s02e02.mkv', 'Delta.mkv'])
  await season.getByRole('checkbox').check()
  await page.getByText('2 selected').waitFor()
  await season.getByRole('checkbox').uncheck()
  await season.getByRole('button', { name: 'The Show, season 2' }).click()
  expect(await names(page)).toHaveLength(4)
  expect(await axeComplaints(page)).toEqual([])
  await page.getByLabel('Group seasons').uncheck()
  expect(await names(page)).toEqual(APART)
})

test('a film is dragged to another place in the line, and moved by keys', async () => {
  const page = await openPage(node.url)
  await page.getByText('Gamma.mkv').waitFor()
  const row = (title: string) => page.locator('tr.project', { hasText: title })
  await row('Gamma.mkv').locator('.grip').dragTo(row('Alpha.mkv'))
  await expect.poll(async () => (await names(page)).slice(0, 3)).toEqual(['Gamma.mkv', 'Alpha.mkv', 'Beta.mkv'])
  expect(node.state.projects.get('c')?.priority).toBe(-1)
  await page.getByRole('link', { name: 'Gamma.mkv' }).focus()
  await page.keyboard.press('J')
  await expect.poll(() => node.state.projects.get('c')?.priority).toBe(0.5)
  await expect.poll(async () => (await names(page)).slice(0, 3)).toEqual(['Alpha.mkv', 'Gamma.mkv', 'Beta.mkv'])
  await page.keyboard.press('K')
  await expect.poll(async () => (await names(page))[0]).toBe('Gamma.mkv')
  // In another order there is no place to drag to.
  await page.getByRole('button', { name: 'Name' }).click()
  expect(await page.locator('.grip').count()).toBe(0)
})
