import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { tempDir } from '../fixtures/temp-dir.ts'
import { tabTo, useBrowser, useNode } from './browser.ts'

const { openPage } = useBrowser()

test('a film is submitted by keyboard alone', async () => {
  const media = await tempDir()
  await mkdir(join(media, 'films'))
  await writeFile(join(media, 'films', 'clip.mkv'), 'x')
  const node = await useNode({ media: [media] })
  const page = await openPage(node.url)
  await page.locator('.view .live').waitFor()
  await page.keyboard.press('n')
  await page.getByRole('dialog').waitFor()

  await tabTo(page, 'Browse…')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: media }).waitFor()
  await page.waitForFunction((name) => document.activeElement?.textContent?.includes(name), media)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^films/ }).waitFor()
  await tabTo(page, '🗀 films, folder')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'clip.mkv' }).waitFor()
  await tabTo(page, '▸ clip.mkv 1 B')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.id === 'submit-input')

  await tabTo(page, 'Parameters')
  await page.keyboard.type('--cpu-used=6 --output=x')
  await page.locator('#submit-encoderParams-says .reason', { hasText: '--output' }).waitFor()
  for (let n = 0; n < ' --output=x'.length; n += 1) await page.keyboard.press('Backspace')
  await page.getByText('The node uses: --cpu-used=6').waitFor()
  await tabTo(page, 'Priority')
  await page.keyboard.type('-2')
  await page.keyboard.press('Enter')
  await eventually('the submission', () => node.submitted.length > 0)
  expect(node.submitted).toEqual([
    { input: join(media, 'films', 'clip.mkv'), encoder: 'aom', encoderParams: '--cpu-used=6', priority: -2 }
  ])
  await page.waitForURL(/#\/project\//)
})

test('what is wrong is said at its field', async () => {
  const node = await useNode({
    routes: (app) => {
      app.post('/api/v2/projects', (c) =>
        c.json({ code: 'bad-options', detail: 'The range of zones already exists.', field: 'output' }, 400)
      )
    }
  })
  const page = await openPage(node.url, { allowed: [/status of 400/] })
  await page.getByRole('button', { name: 'Submit a film' }).click()
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await page.locator('.field', { hasText: 'Film' }).getByText('Choose the film').first().waitFor()
  await page.waitForFunction(() => document.activeElement?.id === 'submit-input')
  await page.getByLabel('Film', { exact: true }).fill('/films/clip.mkv')
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await page.locator('.field', { hasText: 'Output' }).getByText('already exists').waitFor()
  await page.waitForFunction(() => document.activeElement?.id === 'submit-output')
  expect(await page.locator('#submit-output').getAttribute('aria-invalid')).toBe('true')
})

test('an encoder says what it is for, and one that cannot be chosen says why and what to do', async () => {
  const problem = 'SvtAv1EncApp ended with exit code 1: Unprocessed tokens: --made-up'
  const node = await useNode({ broken: [{ name: 'svt', program: 'SvtAv1EncApp', version: '9.9.9', problem }] })
  const page = await openPage(node.url)
  await page.getByRole('button', { name: 'Submit a film' }).click()
  const encoder = page.locator('#submit-encoder')
  await page.locator('#submit-encoder option[value="svt-av"]').waitFor({ state: 'attached' })
  expect(await encoder.locator('option').allTextContents()).toEqual([
    'aom (aomenc)',
    'vp9 (vpxenc)',
    'svt (SvtAv1EncApp), does not work here',
    'svt-av (node-av), not installed',
    'vp9-av (node-av), not installed'
  ])
  const says = page.locator('#submit-encoder-says')
  await says.getByText('Here: aom/3.6.0/1f2e3d4c').waitFor()
  await encoder.selectOption('svt')
  await says.getByText(problem).waitFor()
  await encoder.selectOption('vp9-av')
  await says.getByText('Run "grav1 encoders add" on the node.').waitFor()
  await says.getByText('One pass, so files are about an eighth larger').waitFor()
})
