import { copyFile, mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tinyClip } from '../e2e/clips.ts'
import { SVT_PARAMS, TestSwarm, whenProject } from '../e2e/harness.ts'
import { useBrowser } from './browser.ts'

const { openPage } = useBrowser()

test('a film that waits at one node is seen, tried again and given another output at another one', async () => {
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
