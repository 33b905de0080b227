import { expect, test } from 'vitest'
import { projectOf } from '../fixtures/web-data.ts'
import { WORKER } from '../fixtures/protocol-samples.ts'
import { READ_TOKEN } from '../fixtures/web-node.ts'
import { useBrowser, useNode } from './browser.ts'
import type { ProjectStatus } from '../../src/api/schemas/index.ts'
import type { Page } from 'playwright-core'

const { openContext, openPage, openTab } = useBrowser()

const REASON = 'cannot write into /nas: ENOENT. Nothing is lost: grav1 tries again by itself'
const waitingOf = (init: Partial<ProjectStatus> = {}): ProjectStatus =>
  projectOf({ title: 'Alpha.mkv', state: 'waiting', reason: REASON, fps: 0, ...init })

const parts = (page: Page) => {
  const part = page.getByRole('region', { name: 'What Alpha.mkv waits for' })
  return {
    part,
    again: part.getByRole('button', { name: 'Try again now' }),
    output: part.getByLabel('Write the finished file to'),
    change: part.getByRole('button', { name: 'Change the output' }),
    replace: part.getByLabel('Replace an existing file')
  }
}

test.for(['its details', 'its page'] as const)(
  'a film that waits says why and is tried again, from %s',
  async (where) => {
    const node = await useNode({ projects: [waitingOf()] })
    const page = await openPage(where === 'its page' ? `${node.url}/#/project/film-1` : node.url)
    if (where === 'its details') await page.getByLabel('Details of Alpha.mkv').click()
    const { part, again } = parts(page)
    await page.getByText(REASON).waitFor()
    await again.click()
    await expect
      .poll(() => node.calls)
      .toEqual([{ method: 'POST', path: '/api/v2/projects/film-1/retry', body: undefined }])
    await expect.poll(async () => again.isDisabled()).toBe(true)
    node.change.project(waitingOf())
    await expect.poll(async () => again.isDisabled()).toBe(false)
    node.change.project(waitingOf({ state: 'completed', endedAtMs: 2, reason: '' }))
    await part.waitFor({ state: 'detached' })
  }
)

test('it is written elsewhere; what is typed stays while it is tried again meanwhile', async () => {
  const node = await useNode({ projects: [waitingOf()] })
  const page = await openPage(`${node.url}/#/project/film-1`)
  const { output, change, replace } = parts(page)
  expect(await change.isDisabled()).toBe(true)
  await output.fill('/other/place')
  node.change.project(waitingOf({ state: 'joining', reason: '' }))
  await page.getByText('the owner is joining the file').waitFor()
  node.change.project(waitingOf())
  await page.getByText(REASON).waitFor()
  await output.press('End')
  await output.pressSequentially('/out.webm')
  await replace.check()
  await output.press('Enter')
  await page.getByText('Alpha.mkv will be written to /other/place/out.webm').waitFor()
  expect(node.calls).toEqual([
    {
      method: 'POST',
      path: '/api/v2/projects/film-1/output',
      body: { output: '/other/place/out.webm', overwrite: true }
    }
  ])
})

test('of another node nothing is replaced, and a refusal stands beside the field', async () => {
  const detail = 'The output does not lie below a media folder of this node; see --media.'
  const node = await useNode({
    projects: [waitingOf({ own: false, owner: WORKER })],
    routes: (app) =>
      app.post('/api/v2/projects/film-1/output', (c) => c.json({ code: 'output-unwritable', detail }, 400))
  })
  const page = await openPage(`${node.url}/#/project/film-1`, { allowed: [/400/] })
  const { part, output, change, replace } = parts(page)
  await output.fill('/etc/out.mkv')
  expect(await replace.count()).toBe(0)
  await change.click()
  await part.getByRole('alert').getByText(detail).waitFor()
  expect(await output.getAttribute('aria-invalid')).toBe('true')
  expect(await output.inputValue()).toBe('/etc/out.mkv')
})

test('the same as a line for a shell: a full path only, since a command means others from its own folder', async () => {
  const node = await useNode({ projects: [waitingOf()] })
  const context = await openContext()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await openTab(context, `${node.url}/#/project/film-1`)
  const { part, output } = parts(page)
  const copied = async (name: string): Promise<string> => {
    await part.getByRole('button', { name, exact: true }).click()
    await page.getByText('Copied: ').last().waitFor()
    return page.evaluate(async () => navigator.clipboard.readText())
  }
  expect(await copied('Copy as grav1 command: retry Alpha.mkv')).toBe(`grav1 retry film-1 --api ${node.url}`)
  await output.fill("/it's/out.mkv")
  expect(await copied('Copy as grav1 command: output of Alpha.mkv')).toBe(
    `grav1 output film-1 '/it'\\''s/out.mkv' --api ${node.url}`
  )
  await output.fill('out.mkv')
  expect(await part.getByRole('button', { name: 'Copy as grav1 command: output of Alpha.mkv' }).count()).toBe(0)
})

test('who may only read changes nothing', async () => {
  const node = await useNode({ projects: [waitingOf()], auth: 'always' })
  const page = await openPage(`${node.url}/#token=${READ_TOKEN}`)
  await page.getByRole('link', { name: 'Alpha.mkv' }).click()
  const { again, output, change } = parts(page)
  await again.waitFor()
  for (const control of [again, output, change]) expect(await control.isDisabled()).toBe(true)
})
