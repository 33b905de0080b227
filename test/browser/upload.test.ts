import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { TestSwarm } from '../e2e/harness.ts'
import { useBrowser } from './browser.ts'
import type { Page } from 'playwright-core'

const { openPage } = useBrowser()

const MIB = 1024 * 1024
/** Three pieces as they are sent, the last one shorter. */
const FILM_BYTES = 40 * MIB

async function choose(page: Page, file: string): Promise<void> {
  await page.getByRole('button', { name: 'Submit a film' }).click()
  await page.getByText('or drop them here').waitFor()
  await page.locator('.drop input[type=file]').setInputFiles(file)
}

test('a film that is sent goes on where it was, even after the page was loaded anew', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const film = join(swarm.folder, 'film.mkv')
  await writeFile(film, Buffer.alloc(FILM_BYTES, 'film'))
  const node = await swarm.startNode({ name: 'attic', workers: 0 })
  const page = await openPage(node.url, { allowed: [/ERR_FAILED/] })
  const offsets: number[] = []
  let isBroken = true
  const broken = Promise.withResolvers<void>()
  await page.route('**/api/v2/uploads/*', async (route, request) => {
    const offset = Number(request.headers()['upload-offset'])
    if (request.method() !== 'PATCH') return route.continue()
    if (isBroken && offset >= 32 * MIB) {
      broken.resolve()
      return route.abort()
    }
    offsets.push(offset)
    return route.continue()
  })
  await choose(page, film)
  await page.getByText('film.mkv: 80 %').waitFor()
  // The node has all bytes before: the page counts them as they are sent.
  await broken.promise
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('paused').waitFor()
  await page.reload()
  isBroken = false
  await page.getByRole('button', { name: 'Submit a film' }).click()
  await page.getByText('80 % of film.mkv').waitFor()
  await page.keyboard.press('Escape')
  await choose(page, film)
  // People know it by its name.
  const chosen = page.getByRole('list', { name: 'Chosen films' }).getByRole('listitem')
  await chosen.getByText('film.mkv, uploaded').waitFor()
  const more = ['a.mkv', 'b.mkv'].map((name) => join(swarm.folder, name))
  for (const file of more) await writeFile(file, file)
  await page.locator('.drop input[type=file]').setInputFiles(more)
  await expect
    .poll(async () => chosen.allInnerTexts(), { timeout: 60_000 })
    .toEqual([
      expect.stringContaining('film.mkv, uploaded'),
      expect.stringContaining('a.mkv, uploaded'),
      expect.stringContaining('b.mkv, uploaded')
    ])
  expect(await page.locator('.sending').count()).toBe(0)
  expect(offsets.slice(0, 3)).toEqual([0, 16 * MIB, 32 * MIB])
})
