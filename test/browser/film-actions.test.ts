import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { completedOf, projectOf, scenesOf } from '../fixtures/web-data.ts'
import { OWNER, WORKER } from '../fixtures/protocol-samples.ts'
import { startWebNode, type WebNode } from '../fixtures/web-node.ts'
import { axeComplaints } from './axe.ts'
import { useBrowser } from './browser.ts'

const { openPage, openContext, openTab } = useBrowser()

let node: WebNode
beforeAll(async () => {
  node = await startWebNode({
    projects: [
      projectOf({
        projectId: 'runs',
        title: 'Runs.mkv',
        scenes: { total: 40, done: 8, running: 2, failed: 1 },
        failures: [{ scene: 9, attempts: 3, reason: 'the encoder says no' }]
      }),
      completedOf({ projectId: 'done', title: 'Done.mkv' }),
      completedOf({ projectId: 'other', title: 'Other.mkv', own: false, owner: WORKER, outputPath: null })
    ],
    scenes: { runs: scenesOf(40), done: scenesOf(40).map((scene) => ({ ...scene, state: 5, bytes: 9000, psnr: 40 })) }
  })
})
afterAll(async () => node.stop())

const called = (method: string, path: string): boolean =>
  node.calls.some((call) => call.method === method && call.path === path)

test('what can be done with a film is on its page', async () => {
  const page = await openPage(`${node.url}/#/project/runs`)
  const actions = page.getByRole('group', { name: 'Actions for Runs.mkv' })
  await actions.getByRole('button', { name: 'Retry the failed scene' }).click()
  await eventually('the retry', () => called('POST', '/api/v2/projects/runs/retry'))
  node.change.project(projectOf({ projectId: 'runs', title: 'Runs.mkv' }))
  await actions.getByRole('button', { name: 'Retry the failed' }).waitFor({ state: 'detached' })
  await actions.getByLabel('Priority of Runs.mkv').fill('-4')
  await page.keyboard.press('Enter')
  await eventually('the priority', () => node.state.projects.get('runs')?.priority === -4)
  await actions.getByRole('button', { name: 'Cancel the project' }).click()
  await eventually('the end', () => node.state.projects.get('runs')?.state === 'cancelled')
  await actions.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Runs.mkv will be deleted').waitFor()
  await page.getByRole('heading', { name: 'Projects' }).waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
})

test('a finished film says what it is, who made it and how good it is', async () => {
  const context = await openContext()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await openTab(context, `${node.url}/#/project/done`)
  const download = page.getByRole('link', { name: 'Download' })
  expect(await download.getAttribute('href')).toBe(`${node.url}/completed/done`)
  await page.getByText('/films/Big Buck Bunny.av1.mkv').waitFor()
  await page.getByRole('button', { name: 'Copy the path of its folder' }).click()
  await page.getByText('Copied: the path of its folder.').waitFor()
  expect(await page.evaluate(async () => navigator.clipboard.readText())).toBe('/films')
  const rows = page.getByRole('table', { name: 'Who encoded how much' }).getByRole('row')
  await expect.poll(async () => rows.count()).toBe(3)
  const table = await page.getByRole('table', { name: 'Who encoded how much' }).innerText()
  for (const peer of [OWNER, WORKER]) expect(table).toContain(peer.slice(-6))
  await page.getByText('Bitrate and quality over the film').click()
  const legend = page.locator('.u-legend')
  await legend.getByText('Bitrate').waitFor()
  await legend.getByText('Lowest PSNR').waitFor()
  expect(await axeComplaints(page)).toEqual([])
})

test('a film is run again with other parameters, beside its first file', async () => {
  const page = await openPage(`${node.url}/#/project/done`)
  await page.getByRole('button', { name: 'Submit with other parameters' }).click()
  await page.getByRole('dialog').waitFor()
  expect(await page.locator('#submit-input').inputValue()).toBe('/films/film.mkv')
  expect(await page.locator('#submit-output').inputValue()).toBe('/films/Big Buck Bunny.av1-2.mkv')
  await page.locator('#submit-encoderParams').fill('--cpu-used=6')
  await page.getByText('The node uses: --cpu-used=6').waitFor()
  await page.getByRole('button', { name: 'Submit', exact: true }).click()
  await eventually('the submission', () => node.submitted.length > 0)
  expect(node.submitted.at(-1)).toMatchObject({ input: '/films/film.mkv', encoderParams: '--cpu-used=6' })
  // The page of the new film comes by itself; what is opened before it would be left again.
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  // Only its owner knows where the source lies.
  await page.goto(`${node.url}/#/project/other`)
  await page.getByRole('heading', { name: 'Other.mkv' }).waitFor()
  expect(await page.getByRole('button', { name: /other parameters/ }).count()).toBe(0)
})
