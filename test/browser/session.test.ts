import { expect, test } from 'vitest'
import { projectOf } from '../fixtures/web-data.ts'
import { READ_TOKEN } from '../fixtures/web-node.ts'
import { useBrowser, useNode } from './browser.ts'

const { openPage } = useBrowser()
/** The browser tells of each answer that is a refusal. */
const REFUSED = [/status of 401/]

test('the token of the address becomes a cookie and leaves the address', async () => {
  const node = await useNode({ auth: 'always', projects: [projectOf()] })
  const page = await openPage(`${node.url}/#token=${node.token}`)
  await page.getByText('Big Buck Bunny.mkv').waitFor()
  expect(page.url()).toBe(`${node.url}/`)
  expect(await page.evaluate(() => document.cookie)).toBe('')
  await page.reload()
  await page.getByText('Big Buck Bunny.mkv').waitFor()
})

test('the sign-in page says nothing of a lost node, and the console nothing at all', async () => {
  const node = await useNode({ auth: 'always', projects: [projectOf()] })
  const page = await openPage(node.url)
  await page.locator('#token').fill(node.token)
  expect(await page.getByText(/lost|connecting/).count()).toBe(0)
  await page.keyboard.press('Enter')
  await page.locator('.view .live').waitFor()
  // The cookie ends while the page is open.
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('#token').waitFor()
  expect(await page.getByText(/lost|connecting/).count()).toBe(0)
})

test('who has no token is told where it is, and a wrong one is refused in words', async () => {
  const node = await useNode({ auth: 'always', projects: [projectOf()] })
  const page = await openPage(node.url, { allowed: REFUSED })
  await page.getByText('api-token', { exact: true }).waitFor()
  await page.locator('#token').fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByText('The token is wrong.').waitFor()
  await page.locator('#token').fill(node.token)
  await page.keyboard.press('Enter')
  await page.getByText('Big Buck Bunny.mkv').waitFor()
})

test('a read-only token changes nothing', async () => {
  const node = await useNode({ auth: 'always', projects: [projectOf()] })
  const page = await openPage(`${node.url}/#token=${READ_TOKEN}`)
  await page.getByText('read-only token').waitFor()
  expect(await page.getByRole('button', { name: 'Submit a film' }).isDisabled()).toBe(true)
  expect(await page.getByLabel('Priority of Big Buck Bunny.mkv').isDisabled()).toBe(true)
  await page.getByRole('link', { name: 'Big Buck Bunny.mkv' }).focus()
  await page.keyboard.press('d')
  await page.keyboard.press('n')
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.getByLabel('Details of Big Buck Bunny.mkv').click()
  expect(await page.getByRole('button', { name: 'Delete', exact: true }).isDisabled()).toBe(true)
})
