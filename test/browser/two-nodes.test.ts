import { copyFile, mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tinyClip } from '../e2e/clips.ts'
import { SVT_PARAMS, TestSwarm, VP9_PARAMS, whenProject } from '../e2e/harness.ts'
import { testAtNight } from '../nightly.ts'
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
  await watching.getByRole('link', { name: '1 peer not connected' }).waitFor()
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

// In the gate `waiting.test.ts` beside this does so in the page, and that of `test/e2e` at two real nodes.
testAtNight('a film that waits at one node is seen, tried again and given another output at another one', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const media = join(swarm.folder, 'media')
  const nas = join(media, 'nas')
  await mkdir(nas, { recursive: true })
  await copyFile((await tinyClip()).path, join(media, 'short.mkv'))
  const attic = await swarm.startNode({ name: 'attic', workers: 2, args: ['--media', media, '--trust', 'all'] })
  const cellar = await swarm.startNode({ name: 'cellar', workers: 0, bootstrap: attic.address })
  const at = ['--data-dir', attic.dataDir]
  await swarm.ask(['pause', ...at])
  const args = ['--encoder', 'svt', '--params', SVT_PARAMS, '--output', join(nas, 'out.mkv')]
  const id = await swarm.submit(attic, join(media, 'short.mkv'), args)
  await rename(nas, join(media, 'away'))
  await swarm.ask(['resume', ...at])

  const page = await openPage(`${cellar.url}/#/project/${id}`, { allowed: [/400/] })
  const part = page.getByRole('region', { name: 'What short.mkv waits for' })
  await part.waitFor({ timeout: 120_000 })
  await page.getByText('the output folder is missing at its owner').waitFor()
  // The owner's folders are nobody else's business.
  expect(await page.content()).not.toContain(swarm.folder)
  const again = part.getByRole('button', { name: 'Try again now' })
  await again.click()
  await page.getByText('the output folder is missing at its owner').waitFor({ timeout: 60_000 })
  const output = part.getByLabel('Write the finished file to')
  await output.fill('/etc/out.mkv')
  await output.press('Enter')
  await part.getByRole('alert').getByText('media folder').waitFor()
  await output.fill('other.mkv')
  await output.press('Enter')
  await page.getByText('short.mkv will be written to other.mkv').waitFor()
  const { outputPath } = await whenProject(attic.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(outputPath).toBe(join(media, 'other.mkv'))
  expect((await readdir(media)).toSorted()).toEqual(['away', 'other.mkv', 'other.mkv.grav1.json', 'short.mkv'])
})
