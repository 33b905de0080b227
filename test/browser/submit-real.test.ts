import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tinyClip } from '../e2e/clips.ts'
import { AOM_PARAMS, sha256, TestSwarm, VP9_PARAMS, whenProject } from '../e2e/harness.ts'
import { testAtNight } from '../nightly.ts'
import { tabTo, useBrowser } from './browser.ts'
import { expectToPlay } from './plays.ts'

const { openPage } = useBrowser()

test('a film is submitted at a real node by keyboard alone, watched until it is done, and played', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const clip = await tinyClip()
  const media = join(swarm.folder, 'media')
  await mkdir(media)
  await copyFile(clip.path, join(media, 'short.mkv'))
  const node = await swarm.startNode({ name: 'attic', workers: 2, args: ['--media', media] })
  const page = await openPage(node.url)
  await page.locator('.view .live').waitFor()
  await page.getByText('No projects yet').waitFor()

  await page.keyboard.press('n')
  await page.waitForFunction(() => document.activeElement?.id === 'submit-input')
  await tabTo(page, 'Browse…')
  await page.keyboard.press('Enter')
  await page.waitForFunction((name) => document.activeElement?.textContent?.includes(name), media)
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.textContent === '↑ up')
  await page.keyboard.press('Tab')
  await page.waitForFunction(() => document.activeElement?.textContent?.includes('short.mkv'))
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.id === 'submit-input')
  await tabTo(page, 'Parameters')
  await page.keyboard.type(AOM_PARAMS)
  await page.getByText('The node uses: --cpu-used=6').waitFor()
  await tabTo(page, 'Dry run with scenes')
  await page.keyboard.press('Enter')
  await page.getByText('The node would accept this submission.').waitFor()
  await page.getByText(/^\d+ scenes$/).waitFor()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/project\/[a-z0-9]+$/)
  const id = page.url().split('/').at(-1) ?? ''

  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await page.getByRole('link', { name: 'short.mkv' }).waitFor()
  const status = await whenProject(node.url, id, 'completed', ({ state }) => state === 'completed')
  await page.locator('tr.project', { hasText: 'completed' }).waitFor()
  await page.getByRole('link', { name: 'short.mkv' }).focus()
  await page.keyboard.press('e')
  await page.getByText(sha256(status.outputPath ?? '')).waitFor()
  expect(status.frames).toBe(status.totalFrames)

  await page.goto(`${node.url}/#/project/${id}`)
  await expectToPlay(page, clip, status.scenes.total)
})

// In the gate AV1 plays in the page of the node that made it above, and VP9 in that of another one in `two-nodes.test.ts`.
testAtNight('what a node encoded as VP9 plays in its page to the end', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const clip = await tinyClip()
  const node = await swarm.startNode({ name: 'alone', workers: 2 })
  const output = join(swarm.folder, 'film.mkv')
  const id = await swarm.submit(node, clip.path, ['--encoder', 'vp9', '--params', VP9_PARAMS, '--output', output])
  const { scenes } = await whenProject(node.url, id, 'to be completed', ({ state }) => state === 'completed')
  await expectToPlay(await openPage(`${node.url}/#/project/${id}`), clip, scenes.total)
})
