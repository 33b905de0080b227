import { expect, test } from 'vitest'
import { noInvites } from '../fixtures/no-invites.ts'
import { OWNER } from '../fixtures/protocol-samples.ts'
import { nodeOf } from '../fixtures/web-data.ts'
import { useBrowser, useNode } from './browser.ts'
import type { InviteRequest, MadeInvite } from '../../src/api/schemas/index.ts'
import type { WebNode } from '../fixtures/web-node.ts'

const { openPage } = useBrowser()

test('another machine is invited by one line, as text and as a code, and a phone shows that line', async () => {
  const text = 'grav1:AQDJ_abc-123'
  const asked: InviteRequest[] = []
  const make = async (request: InviteRequest): Promise<MadeInvite> => {
    asked.push(request)
    return { text, addresses: [], expiresAtMs: Date.now() + request.expiresInMs, invite: null }
  }
  const node = await useNode({ node: nodeOf(), auth: 'always', invites: { ...noInvites, make } })
  const page = await openPage(`${node.url}/#token=${node.token}`)
  await page.getByRole('link', { name: 'Swarm' }).click()
  await page.getByLabel('ask me before a machine joins').check()
  await page.getByRole('button', { name: 'Make an invitation' }).click()
  await page.getByText(`grav1 join ${text}`, { exact: true }).waitFor()
  await page.getByRole('img', { name: 'The invitation as a QR code' }).locator('path[d^="M"]').waitFor()
  expect(asked).toEqual([{ expiresInMs: 86_400_000, ask: true, name: '' }])

  // Without a token too.
  await page.context().clearCookies()
  await page.goto(`${node.url}/#/join/${text}`)
  await page.reload()
  await page.getByRole('heading', { name: 'You are invited to a swarm' }).waitFor()
  await page.getByText(`grav1 join ${text}`, { exact: true }).waitFor()
  expect(await page.locator('#token').count()).toBe(0)
})

test('a machine that wants to join is accepted or refused, and the list is live', async () => {
  const answers: [string, boolean][] = []
  const request = { id: 'a1', peerId: OWNER, inviteName: 'the office', askedAtMs: 0 }
  const node: WebNode = await useNode({
    node: nodeOf(),
    auth: 'always',
    invites: {
      ...noInvites,
      answer: async (id, isAccepted) => {
        answers.push([id, isAccepted])
        const { joinRequests = [] } = node.state.node
        node.change.node({ joinRequests: joinRequests.filter((one) => one.id !== id) })
      }
    }
  })
  const page = await openPage(`${node.url}/#token=${node.token}`)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  const hostile = '<b>cellar</b>'
  node.change.node({
    joinRequests: [
      { ...request, name: 'kitchen-nas' },
      { ...request, id: 'b2', name: hostile }
    ]
  })
  await page.getByText('kitchen-nas wants to join, with the invitation for the office').waitFor()
  await page.getByRole('button', { name: 'Accept kitchen-nas' }).click()
  await page.getByRole('button', { name: 'Accept kitchen-nas' }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: `Refuse ${hostile}` }).click()
  await page.getByRole('heading', { name: 'Machines that want to join' }).waitFor({ state: 'detached' })
  expect(answers).toEqual([
    ['a1', true],
    ['b2', false]
  ])
})
