import { expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { projectOf, scenesOf } from '../fixtures/web-data.ts'
import { useBrowser, useNode } from './browser.ts'

const { openContext, openTab } = useBrowser()

test('seven tabs share one stream, and another leads when the first is closed', async () => {
  const node = await useNode({ projects: [projectOf()], scenes: { 'film-1': scenesOf(600) } })
  const context = await openContext()
  const tabs = []
  for (let n = 0; n < 7; n += 1) tabs.push(await openTab(context, node.url))
  for (const tab of tabs) await tab.getByText('Big Buck Bunny.mkv').waitFor()
  expect(node.events.open()).toBe(1)

  node.change.project(projectOf({ projectId: 'second', title: 'Sintel.mkv' }))
  for (const tab of tabs) await tab.getByText('Sintel.mkv').waitFor()

  await tabs[0]?.close()
  node.change.project(projectOf({ projectId: 'third', title: 'Cosmos.mkv' }))
  for (const tab of tabs.slice(1)) {
    await tab.getByText('Cosmos.mkv').waitFor()
    await tab.locator('.view .live').waitFor()
  }
  await eventually('one stream again', () => node.events.open() === 1)
})

test('a tab that opens a film gets its scenes through the leader', async () => {
  const node = await useNode({ projects: [projectOf()], scenes: { 'film-1': scenesOf(3) } })
  const context = await openContext()
  const first = await openTab(context, node.url)
  await first.getByText('Big Buck Bunny.mkv').waitFor()
  const second = await openTab(context, node.url)
  await second.getByRole('link', { name: 'Big Buck Bunny.mkv' }).click()
  await second.getByText('00003').first().waitFor()
  await eventually('one stream', () => node.events.open() === 1)
})
