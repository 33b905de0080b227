import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tinyClip } from '../e2e/clips.ts'
import { TestSwarm, VP9_PARAMS } from '../e2e/harness.ts'
import { useBrowser } from './browser.ts'

const { openPage } = useBrowser()

test('submitted at one node, watched and played at another, which shows it still when the first is gone', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const clip = await tinyClip()
  const media = join(swarm.folder, 'media')
  await mkdir(media)
  await copyFile(clip.path, join(media, 'short.mkv'))
  const attic = await swarm.startNode({ name: 'attic', workers: 0, args: ['--media', media] })
  const cellar = await swarm.startNode({ name: 'cellar', workers: 2, bootstrap: attic.address })

  const watching = await openPage(cellar.url)
  await watching.getByText('No projects yet').waitFor()
  const submitting = await openPage(attic.url)
  await submitting.locator('.view .live').waitFor()
  await submitting.keyboard.press('n')
  await submitting.waitForFunction(() => document.activeElement?.id === 'submit-input')
  await submitting.keyboard.type('short.mkv')
  await submitting.getByLabel('Encoder', { exact: true }).selectOption('vp9')
  await submitting.getByLabel('Parameters', { exact: true }).fill(VP9_PARAMS)
  await submitting.getByRole('button', { name: 'Submit', exact: true }).click()
  await submitting.waitForURL(/#\/project\/[a-z0-9]+$/)
  const id = submitting.url().split('/').at(-1) ?? ''

  await watching.getByRole('link', { name: 'short.mkv' }).waitFor()
  await watching.locator('tr.project', { hasText: 'completed' }).waitFor({ timeout: 120_000 })

  await watching.goto(`${cellar.url}/#/project/${id}/1`)
  const video = watching.locator('.encoded video:not([hidden])')
  await expect
    .poll(async () => video.evaluate((one: HTMLVideoElement) => one.readyState), { timeout: 60_000 })
    .toBeGreaterThanOrEqual(2)
  await watching.getByLabel('Speed').selectOption('4')
  await watching.getByRole('button', { name: 'Play', exact: true }).click()
  await expect.poll(async () => video.evaluate((one: HTMLVideoElement) => one.ended), { timeout: 60_000 }).toBe(true)
  expect(await video.evaluate(({ videoWidth, error }: HTMLVideoElement) => ({ videoWidth, error }))).toEqual({
    videoWidth: clip.width,
    error: null
  })

  await submitting.close()
  await attic.kill()
  await watching.getByRole('link', { name: '1 peer cannot be reached' }).waitFor()
  await watching.reload()
  await watching
    .getByText(/of \d+ scenes are done/)
    .first()
    .waitFor()
  await watching.goto(`${cellar.url}/#/swarm`)
  await watching
    .getByText(/not connected/)
    .first()
    .waitFor()
})
