import { expect, test } from 'vitest'
import { OWNER, WORKER } from '../fixtures/protocol-samples.ts'
import { nodeOf, peerOf, projectOf } from '../fixtures/web-data.ts'
import { READ_TOKEN, type WebNodeInit } from '../fixtures/web-node.ts'
import { axeComplaints } from './axe.ts'
import { useBrowser, useNode } from './browser.ts'

const { openPage } = useBrowser()

const FRIEND = `${WORKER.slice(0, -3)}abc`
const HOSTILE = '<img src=x onerror="document.title=1">'

const swarm: WebNodeInit = {
  node: nodeOf(),
  peers: [
    peerOf({ name: 'kitchen-nas', class: 'stranger', slots: 8 }),
    peerOf({ peerId: FRIEND, name: HOSTILE, class: 'banned', standing: 'banned', connected: false })
  ],
  projects: [
    projectOf({ own: true, owner: OWNER }),
    projectOf({ projectId: 'film-2', owner: WORKER, own: false, title: 'film.mkv' })
  ]
}

test('a stranger that offers a film is trusted, and banned, and a banned one is forgotten', async () => {
  const node = await useNode({
    ...swarm,
    routes: (app) => {
      app.put('/api/v2/peers/:id/standing', async (c) => {
        const { standing } = await c.req.json<{ standing: 'trusted' | 'banned' }>()
        node.calls.push({ method: 'PUT', path: c.req.path, body: { standing } })
        node.change.peer(peerOf({ peerId: c.req.param('id'), name: 'kitchen-nas', class: standing, standing }))
        return c.body(null, 204)
      })
      app.delete('/api/v2/peers/:id/standing', (c) => {
        node.change.peerGone(c.req.param('id'))
        return c.body(null, 204)
      })
    }
  })
  const page = await openPage(`${node.url}/#/settings`)
  const panel = page.getByRole('region', { name: 'Peers to trust' })
  const line = (text: string) => panel.getByRole('listitem').filter({ hasText: text })
  await line('kitchen-nas offers film.mkv, and could encode for you in 8 slots').waitFor()
  // Whoever takes the name of another has another id.
  await line(WORKER).waitFor()
  await line(`${HOSTILE} is banned`).waitFor()
  expect(await axeComplaints(page, 'section[aria-labelledby=peers-title]')).toEqual([])

  await panel.getByRole('button', { name: /^Trust kitchen-nas/ }).click()
  await line('kitchen-nas is trusted').waitFor()
  await panel.getByText('No stranger offers a film').waitFor()
  await panel.getByRole('button', { name: /^Ban kitchen-nas/ }).click()
  await line('kitchen-nas is banned').waitFor()
  expect(node.calls).toEqual(
    ['trusted', 'banned'].map((standing) => ({
      method: 'PUT',
      path: `/api/v2/peers/${WORKER}/standing`,
      body: { standing }
    }))
  )
  await panel.getByRole('button', { name: `Forget ${HOSTILE} …${FRIEND.slice(-6)}` }).click()
  await line(HOSTILE).waitFor({ state: 'detached' })
  expect(await page.title()).not.toBe('1')
})

test('who may only read sees who asks, and decides nothing', async () => {
  const node = await useNode({ ...swarm, auth: 'always' })
  const page = await openPage(`${node.url}/#token=${READ_TOKEN}`)
  await page.getByText('Big Buck Bunny.mkv').waitFor()
  await page.goto(`${node.url}/#/settings`)
  const panel = page.getByRole('region', { name: 'Peers to trust' })
  await panel.getByText('kitchen-nas').first().waitFor()
  for (const name of [/^Trust kitchen-nas/, /^Ban kitchen-nas/, /^Forget/])
    expect(await panel.getByRole('button', { name }).isDisabled()).toBe(true)
})
