import { expect, test } from 'vitest'
import { peerOf, projectOf } from '../fixtures/web-data.ts'
import { eventually } from '../fixtures/eventually.ts'
import { useBrowser, useNode } from './browser.ts'

const { openPage } = useBrowser()
/** The browser tells of each stream that breaks. */
const BREAKS = [/ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION|ERR_EMPTY_RESPONSE/]

test('shows what the node tells, and what it tells later', async () => {
  const node = await useNode({ projects: [projectOf({ share: 0.5, frames: 50, totalFrames: 100 })] })
  const page = await openPage(node.url)
  await page.getByText('Big Buck Bunny.mkv').waitFor()
  await page.getByText('seen from attic').waitFor()
  expect(await page.title()).toBe('50 % of 1 film – grav1')
  node.change.project(projectOf({ projectId: 'film2', title: 'Sintel.mkv' }))
  await page.getByText('Sintel.mkv').waitFor()
})

test('a lost stream shows at once and heals by itself, and nothing is missed', async () => {
  const node = await useNode({ projects: [projectOf()] })
  const page = await openPage(node.url, { allowed: BREAKS })
  await page.locator('.view .live').waitFor()
  for (let round = 1; round <= 3; round += 1) {
    // Watched for from before: it is lost for a third of a second only.
    const lost = page.getByText('connection lost', { exact: true }).waitFor()
    node.events.drop()
    // While nobody listens.
    await eventually('the stream to end', () => node.events.open() === 0)
    node.change.project(projectOf({ projectId: `late${round}`, title: `Late ${round}.mkv` }))
    node.change.projectGone(round === 1 ? 'film-1' : `late${round - 1}`)
    await lost
    await page.locator('.view .live').waitFor()
    await page.getByText(`Late ${round}.mkv`).waitFor()
    expect(await page.locator('tr.project').count()).toBe(1)
  }
})

test('names how many peers are not connected', async () => {
  const gone = peerOf({ peerId: 'gone', connected: false })
  const node = await useNode({ peers: [peerOf(), gone] })
  const page = await openPage(node.url)
  await page.getByRole('link', { name: '1 peer not connected' }).click()
  await page.getByRole('heading', { name: 'Swarm' }).first().waitFor()
})

test('keys go to pages, and their list says so', async () => {
  const node = await useNode({ projects: [projectOf()] })
  const page = await openPage(node.url)
  await page.getByText('Big Buck Bunny.mkv').waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByText('go to Swarm').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.getByRole('heading', { name: 'Swarm' }).first().waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await page.getByRole('heading', { name: 'Projects' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('gp?')
  expect(await page.getByRole('searchbox').inputValue()).toBe('gp?')
})

test('the choice of colours outlives the page', async () => {
  const node = await useNode()
  const page = await openPage(node.url)
  const ground = async (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await page.getByLabel('Colours').selectOption('dark')
  const dark = await ground()
  expect(dark).not.toBe(light)
  await page.reload()
  expect(await ground()).toBe(dark)
})
