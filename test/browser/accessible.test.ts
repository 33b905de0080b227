import { describe, expect, test } from 'vitest'
import { isNightly } from '../nightly.ts'
import { completedOf, peerOf, projectOf, scenesOf } from '../fixtures/web-data.ts'
import { axeComplaints } from './axe.ts'
import { useBrowser, useNode } from './browser.ts'
import type { Page } from 'playwright-core'

const { openPage } = useBrowser()

const overflows = async (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

/** Each width and each choice of colours; at night all pairs of them. */
const PAGES = [
  { dark: false, width: 1280 },
  { dark: true, width: 390 },
  ...(isNightly
    ? [
        { dark: true, width: 1280 },
        { dark: false, width: 390 }
      ]
    : [])
]

describe.each(PAGES)('at $width px, dark: $dark', (init) => {
  test('axe finds nothing on any page', async () => {
    const node = await useNode({
      peers: [peerOf(), peerOf({ peerId: 'gone', name: 'attic', connected: false })],
      projects: [
        projectOf({ stale: true }),
        projectOf({ projectId: 'b', title: 'Beta.mkv', state: 'failed', endedAtMs: 1, reason: 'no space' }),
        projectOf({ projectId: 'w', title: 'Waits.mkv', state: 'waiting', reason: 'the folder is away. Put it back' }),
        completedOf({ projectId: 'c', title: 'Gamma with a long name of a film and its release.mkv' })
      ],
      scenes: { 'film-1': scenesOf(40) }
    })
    const page = await openPage(node.url, init)
    const look = async (what: string): Promise<void> => {
      expect({ what, found: await axeComplaints(page), overflows: await overflows(page) }).toEqual({
        what,
        found: [],
        overflows: false
      })
    }
    await page.getByText('Beta.mkv').waitFor()
    await page.getByLabel('Details of Big Buck Bunny.mkv').click()
    await page.getByLabel('Details of Gamma').click()
    await page.getByLabel('Details of Waits.mkv').click()
    await page.getByLabel('Select Beta.mkv').check()
    await look('projects')

    await page.getByLabel('Select Beta.mkv').uncheck()
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await look('shortcuts')
    await page.keyboard.press('Escape')

    await page.keyboard.press('n')
    await page.getByText('The node uses:').waitFor()
    await page.getByText('More options').click()
    await page.getByText('Parameters that aomenc accepts here').click()
    await page.getByRole('button', { name: 'Submit', exact: true }).click()
    await page.getByText('Choose the film').waitFor()
    await look('submit')
    await page.keyboard.press('Escape')

    for (const name of ['Swarm', 'Charts', 'Logs', 'Settings']) {
      await page.getByRole('link', { name, exact: true }).click()
      // Of this page: the one before stays until the new one has come.
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
      await look(name)
    }
  })

  test('axe finds nothing where a token is asked for', async () => {
    const node = await useNode({ auth: 'always' })
    const page = await openPage(node.url, init)
    await page.locator('#token').waitFor()
    expect(await axeComplaints(page)).toEqual([])
  })
})
