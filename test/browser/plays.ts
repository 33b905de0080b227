import { expect } from 'vitest'
import type { Clip } from '../../scripts/clip.ts'
import type { Page } from 'playwright-core'

/** On the page of a finished film: its first scene plays to its end, and stands beside its source frame by frame. */
export async function expectToPlay(page: Page, clip: Clip, scenes: number): Promise<void> {
  await page.getByRole('button', { name: `Play all ${scenes} finished scenes` }).waitFor()
  expect(await page.locator('.cell.done').count()).toBe(scenes)
  const facts = (await page.locator('.cell').allTextContents()).map((text) => Number(/(\d+)fr/.exec(text)?.[1]))
  expect(facts.reduce((sum, frames) => sum + frames, 0)).toBe(clip.frames)
  await page.locator('.cell').first().click()
  await page.locator('.scene-facts').getByText('SHA-256').waitFor()
  const video = page.locator('.encoded video:not([hidden])')
  await expect.poll(async () => video.evaluate((one: HTMLVideoElement) => one.readyState)).toBeGreaterThanOrEqual(2)
  await page.getByLabel('Speed').selectOption('4')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect.poll(async () => video.evaluate((one: HTMLVideoElement) => one.ended)).toBe(true)
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
}
