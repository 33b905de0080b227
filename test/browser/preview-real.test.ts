import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { tinyClip } from '../e2e/clips.ts'
import { AOM_PARAMS, TestSwarm, VP9_PARAMS, whenProject } from '../e2e/harness.ts'
import { withNight } from '../nightly.ts'
import { launch, watchConsole } from './browser.ts'
import type { Browser } from 'playwright-core'

let browser: Browser
let swarm: TestSwarm

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => browser.close())
beforeEach(async () => {
  swarm = await TestSwarm.create()
})
afterEach(async () => swarm.stop())

// In the gate VP9 plays in `two-nodes.test.ts`.
const FILMS = withNight<readonly [string, readonly string[]]>(
  [['AV1', ['--params', AOM_PARAMS]]],
  [['VP9', ['--encoder', 'vp9', '--params', VP9_PARAMS]]]
)

test.for(FILMS)('what a node encoded as %s plays in its page to the end', async ([, args]) => {
  const clip = await tinyClip()
  const node = await swarm.startNode({ name: 'alone', workers: 2 })
  const output = join(swarm.folder, 'film.mkv')
  const projectId = await swarm.submit(node, clip.path, [...args, '--output', output])
  const project = await whenProject(node.url, projectId, 'to be completed', ({ state }) => state === 'completed')
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  onTestFinished(async () => page.close())
  const complaints = watchConsole(page)
  await page.goto(`${node.url}/#/project/${projectId}`)
  const { total } = project.scenes
  await page.getByRole('button', { name: `Play all ${total} finished scenes` }).waitFor()
  expect(await page.locator('.cell.done').count()).toBe(total)
  const facts = (await page.locator('.cell').allTextContents()).map((text) => Number(/(\d+)fr/.exec(text)?.[1]))
  expect(facts.reduce((sum, frames) => sum + frames, 0)).toBe(clip.frames)
  await page.locator('.cell').first().click()
  await page.locator('.scene-facts').getByText('SHA-256').waitFor()
  const video = page.locator('.encoded video:not([hidden])')
  await expect
    .poll(async () => video.evaluate((one: HTMLVideoElement) => one.readyState), { timeout: 60_000 })
    .toBeGreaterThanOrEqual(2)
  await page.getByLabel('Speed').selectOption('4')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect.poll(async () => video.evaluate((one: HTMLVideoElement) => one.ended), { timeout: 60_000 }).toBe(true)
  expect(
    await video.evaluate(({ videoWidth, videoHeight, error }: HTMLVideoElement) => ({ videoWidth, videoHeight, error }))
  ).toEqual({ videoWidth: clip.width, videoHeight: clip.height, error: null })
  const shown = page.locator('.controls .frame')
  await expect.poll(async () => shown.textContent()).toContain(`frame ${facts[0]} of ${facts[0]}`)
  // The node makes the clip of the source; both have the same frames.
  await page.getByRole('button', { name: 'Side by side' }).click()
  await page.getByRole('slider', { name: 'Divider between the encoded scene and its source' }).waitFor()
  const source = page.locator('video.source')
  const lengths = await Promise.all(
    [video, source].map(async (one) => one.evaluate((of: HTMLVideoElement) => of.duration))
  )
  expect(Math.abs(lengths[0]! - lengths[1]!)).toBeLessThan(0.5 / clip.fps)
  await page.getByRole('slider', { name: 'Frame' }).fill('10')
  await expect
    .poll(async () => source.evaluate((one: HTMLVideoElement) => one.currentTime))
    .toBeCloseTo(10.5 / clip.fps, 2)
  expect(complaints).toEqual([])
})
