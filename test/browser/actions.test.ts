import { expect, test } from 'vitest'
import { completedOf, projectOf } from '../fixtures/web-data.ts'
import { useBrowser, useNode } from './browser.ts'

const { openContext, openTab } = useBrowser()

test('an action is copied as the line that does the same', async () => {
  const node = await useNode({ projects: [projectOf()] })
  const context = await openContext()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await openTab(context, node.url)
  await page.getByLabel('Details of Big Buck Bunny.mkv').click()
  const copied = async (name: string): Promise<string> => {
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByText('Copied: ').last().waitFor()
    return page.evaluate(async () => navigator.clipboard.readText())
  }
  expect(await copied('Copy as curl: cancel Big Buck Bunny.mkv')).toBe(
    `curl -X POST ${node.url}/api/v2/projects/film-1/cancel`
  )
  expect(await copied('Copy as grav1 command: cancel Big Buck Bunny.mkv')).toBe(`grav1 cancel film-1 --api ${node.url}`)
})

test('the end of a project is told once, by one of the tabs', async () => {
  const node = await useNode({ projects: [projectOf()] })
  const context = await openContext()
  await context.grantPermissions(['notifications'])
  const told: string[] = []
  await context.exposeFunction('tellTest', (title: string) => told.push(title))
  await context.addInitScript(() => {
    const tell = (window as unknown as { tellTest: (title: string) => void }).tellTest
    class Told extends EventTarget {
      static readonly permission = 'granted'
      static async requestPermission(): Promise<string> {
        return 'granted'
      }
      constructor(title: string) {
        super()
        tell(title)
      }
    }
    Object.defineProperty(window, 'Notification', { value: Told })
  })
  const first = await openTab(context, node.url)
  await first.getByRole('button', { name: 'Notify me at the end', pressed: false }).click()
  await first.getByRole('button', { name: 'Notify me at the end', pressed: true }).waitFor()
  const second = await openTab(context, node.url)
  await second.getByRole('button', { name: 'Notify me at the end', pressed: true }).waitFor()
  await second.getByText('Big Buck Bunny.mkv').waitFor()
  node.change.project(completedOf())
  for (const tab of [first, second]) await tab.locator('tr.project', { hasText: 'completed' }).waitFor()
  expect(told).toEqual(['Big Buck Bunny.mkv is done'])
})
