import { expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { completedOf, peerOf, projectOf } from '../fixtures/web-data.ts'
import { useBrowser, useNode } from './browser.ts'
import type { WebNode } from '../fixtures/web-node.ts'

const { openPage } = useBrowser()

const three = [
  projectOf({ projectId: 'a', title: 'Alpha.mkv', priority: 0 }),
  projectOf({ projectId: 'b', title: 'Beta.mkv', priority: 1, state: 'failed', endedAtMs: 1, reason: 'no space' }),
  completedOf({ projectId: 'c', title: 'Gamma.mkv', priority: 2 })
]

const deleted = ({ calls }: WebNode): string[] =>
  calls.filter(({ method }) => method === 'DELETE').map(({ path }) => path)

test('filters, sorts and shows what there is to know', async () => {
  const node = await useNode({ projects: three })
  const page = await openPage(node.url)
  const names = async (): Promise<string[]> => page.locator('tr.project .name').allInnerTexts()
  await page.getByText('Gamma.mkv').waitFor()
  await page.getByRole('button', { name: 'Name' }).click()
  await page.getByRole('button', { name: 'Name' }).click()
  expect(await names()).toEqual(['Gamma.mkv', 'Beta.mkv', 'Alpha.mkv'])
  await page.getByLabel('Show only projects in this state').selectOption('failed')
  expect(await names()).toEqual(['Beta.mkv'])
  await page.getByLabel('Show only projects in this state').selectOption('all')
  await page.getByRole('searchbox').fill('gam')
  expect(await names()).toEqual(['Gamma.mkv'])
  await page.getByLabel('Details of Gamma.mkv').click()
  await page.getByText('0000000009').waitFor()
  expect(await page.getByRole('link', { name: 'Gamma.mkv, 134 MiB' }).getAttribute('href')).toBe(
    `${node.url}/completed/c`
  )
})

test('who does nothing for a film, and why, in its line, its details and on its page', async () => {
  const commands = ['--builds compatible', 'grav1 encoders add']
  const says = (before: string, after: string): string =>
    `has another build: ${commands.map((one) => `${before}${one}${after}`).join(' or ')}`
  const reason = says('`', '`')
  const idle = [{ projectId: 'a', code: 'other-build' as const, reason }]
  const node = await useNode({
    projects: [projectOf({ projectId: 'a', title: 'Alpha.mkv', idle: { code: 'other-build', reason } })],
    peers: [peerOf({ name: 'kitchen', idle })]
  })
  const page = await openPage(node.url)
  const said = page.getByRole('list', { name: 'Idle nodes' })
  await page.getByTitle(says('“', '”')).waitFor()
  await page.getByLabel('Details of Alpha.mkv').click()
  expect(await said.getByRole('listitem').allInnerTexts()).toEqual([
    `This node is idle for it: ${says('', '')}.`,
    expect.stringMatching(/^kitchen \S+ has another build: /)
  ])
  expect(await said.locator('code').allInnerTexts()).toEqual([...commands, ...commands])
  await page.goto(`${node.url}/#/project/a`)
  await page.getByRole('heading', { name: 'Alpha.mkv' }).waitFor()
  expect(await said.getByRole('listitem').count()).toBe(2)
  node.change.project(projectOf({ projectId: 'a', title: 'Alpha.mkv', idle: null, own: false }))
  await said.waitFor({ state: 'detached' })
})

test('priority of one, and of several at once', async () => {
  const node = await useNode({ projects: three })
  const page = await openPage(node.url)
  const box = page.getByLabel('Priority of Alpha.mkv')
  await box.fill('-3')
  await box.press('Enter')
  await eventually('the change', () => node.state.projects.get('a')?.priority === -3)
  await page.getByLabel('Select all shown').check()
  const bulk = page.getByRole('form', { name: 'With the selected projects' })
  await bulk.getByLabel('Priority').fill('7')
  await bulk.getByRole('button', { name: 'Set' }).click()
  await eventually('the change', () => node.state.projects.get('a')?.priority === 7)
  // The ended ones have no turn to wait for.
  expect(node.state.projects.get('b')?.priority).toBe(1)
})

test('a deletion can be taken back, and is sent when it is not', async () => {
  const node = await useNode({ projects: three })
  const page = await openPage(node.url)
  await page.getByRole('link', { name: 'Beta.mkv' }).focus()
  await page.keyboard.press('d')
  await page.getByText('Beta.mkv will be deleted').waitFor()
  expect(await page.locator('tr.project').count()).toBe(2)
  await page.getByRole('button', { name: 'Undo' }).click()
  expect(await page.locator('tr.project').count()).toBe(3)

  await page.getByLabel('Select Gamma.mkv').check()
  await page.getByRole('button', { name: 'Delete 1' }).click()
  expect(deleted(node)).toEqual([])
  await eventually('the deletion', () => deleted(node).length > 0)
  expect(deleted(node)).toEqual(['/api/v2/projects/c'])
  expect([...node.state.projects.keys()]).toEqual(['a', 'b'])
})

test('a page that is closed sends what was deleted', async () => {
  const node = await useNode({ projects: three })
  const page = await openPage(node.url)
  await page.getByRole('link', { name: 'Beta.mkv' }).focus()
  await page.keyboard.press('d')
  await page.getByText('Beta.mkv will be deleted').waitFor()
  await page.close({ runBeforeUnload: false })
  await eventually('the deletion', () => deleted(node).length > 0)
  expect(deleted(node)).toEqual(['/api/v2/projects/b'])
})

test('a refusal is a sentence, and the project is shown again', async () => {
  const node = await useNode({
    projects: three,
    routes: (app) => {
      app.delete('/api/v2/projects/:id', (c) =>
        c.json({ code: 'owner-unreachable', detail: 'The project belongs to kitchen, which is away.' }, 503)
      )
    }
  })
  const page = await openPage(node.url, { allowed: [/status of 503/] })
  await page.getByRole('link', { name: 'Beta.mkv' }).focus()
  await page.keyboard.press('d')
  await page.getByText('Not deleted: Beta.mkv: The project belongs to kitchen, which is away.').waitFor()
  expect(await page.locator('tr.project').count()).toBe(3)
})

test('hostile text is text', async () => {
  const evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
  const node = await useNode({
    peers: [peerOf({ name: evil })],
    projects: [
      projectOf({
        title: evil,
        reason: evil,
        state: 'failed',
        warnings: [evil],
        encoder: evil,
        encoderParams: evil,
        owner: peerOf().peerId,
        failures: [{ scene: 1, attempts: 2, reason: evil }]
      })
    ]
  })
  const page = await openPage(node.url)
  await page.locator('tr.project button').click()
  await page.locator('.project-details').waitFor()
  expect(await page.locator('img, main script').count()).toBe(0)
  expect(await page.evaluate(() => 'hit' in window)).toBe(false)
  // Reason, warning, parameters, failure, encoder, owner, and the name in the line.
  expect(await page.getByText(evil).count()).toBeGreaterThanOrEqual(7)
})
