import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startWebNode } from '../fixtures/web-node.ts'
import { projectOf } from '../fixtures/web-data.ts'
import { launch, watchConsole } from './browser.ts'
import type { Browser } from 'playwright-core'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => browser.close())

test('shows what the node tells, and what it tells later', async () => {
  const node = await startWebNode({ projects: [projectOf()] })
  onTestFinished(node.stop)
  const page = await browser.newPage()
  onTestFinished(async () => page.close())
  const complaints = watchConsole(page)
  await page.goto(node.url)
  await page.getByText('Big Buck Bunny.mkv').waitFor()
  node.change.project(projectOf({ projectId: 'film-2', title: 'Sintel.mkv' }))
  await page.getByText('Sintel.mkv').waitFor()
  expect(complaints).toEqual([])
})
