import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDeliveryStore } from '../../../../src/node/hooks/delivery-store.ts'
import { createWebhooks } from '../../../../src/node/hooks/webhooks.ts'
import { loadWebhookSecret } from '../../../../src/node/hooks/webhook-secret.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import { projectOf } from '../../../fixtures/web-data.ts'
import type { AddressInfo } from 'node:net'

const SECRET = 'a secret of some length'
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const end = { event: 'project.completed', project: projectOf({ state: 'completed' }) } as const

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An address that hears deliveries; `answer` says what it makes of each. */
async function listener(answer: (received: Received, nth: number) => number | RequestListener) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => (body += text))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      const how = answer({ headers: request.headers, body }, received.length)
      if (typeof how === 'number') response.writeHead(how).end()
      else how(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received }
}

async function webhooksOf(folder: string, urls: readonly string[]) {
  const store = await createDeliveryStore(folder)
  const init = { urls, secret: SECRET, node: { peerId: 'me', name: 'attic' }, firstPauseMs: 5 }
  const webhooks = createWebhooks({ store, log }, init)
  onTestFinished(async () => webhooks.stop())
  await webhooks.start()
  return webhooks
}

describe('webhooks', () => {
  it('tell each address, signed over time and body', async () => {
    const folder = await tempDir()
    const one = await listener(() => 200)
    const other = await listener(() => 204)
    const webhooks = await webhooksOf(folder, [one.url, other.url])
    await webhooks.tell(end)
    await eventually('both were told', () => webhooks.counts().waiting === 0)
    const [received] = one.received
    expect([one.received.length, other.received.length]).toEqual([1, 1])
    expect(JSON.parse(received?.body ?? '')).toMatchObject({
      event: 'project.completed',
      node: { peerId: 'me', name: 'attic' },
      project: { projectId: 'film-1', state: 'completed' },
      sentAtMs: expect.any(Number) as number
    })
    const timestamp = String(received?.headers['x-grav1-timestamp'])
    const hmac = createHmac('sha256', SECRET).update(`${timestamp}.${received?.body}`).digest('hex')
    expect(received?.headers['x-grav1-signature']).toBe(`sha256=${hmac}`)
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(5)
    expect(await readdir(folder)).toEqual([])
  })

  it('come again until they are taken, the same delivery each time', async () => {
    const one = await listener((_, nth) => (nth < 4 ? 500 : 200))
    const webhooks = await webhooksOf(await tempDir(), [one.url])
    await webhooks.tell(end)
    await eventually('it was taken', () => webhooks.counts().waiting === 0)
    expect(one.received).toHaveLength(4)
    expect(new Set(one.received.map(({ headers }) => headers['x-grav1-delivery'])).size).toBe(1)
  })

  it('outlive the node', async () => {
    const folder = await tempDir()
    let isUp = false
    const one = await listener(() => (isUp ? 200 : 503))
    const first = await webhooksOf(folder, [one.url])
    await first.tell(end)
    await eventually('it was tried', () => one.received.length > 0)
    await first.stop()
    expect(await readdir(folder)).toHaveLength(1)
    await writeFile(join(folder, 'damaged.json'), '{')
    isUp = true
    const second = await webhooksOf(folder, [one.url])
    await eventually('it was taken', () => second.counts().waiting === 0)
    expect(JSON.parse(one.received.at(-1)?.body ?? '')).toMatchObject({ project: { projectId: 'film-1' } })
    await eventually('nothing is left', async () => (await readdir(folder)).length === 0)
  })

  it('to an address that is no longer wanted are thrown away', async () => {
    const folder = await tempDir()
    const one = await listener(() => 503)
    const first = await webhooksOf(folder, [one.url])
    await first.tell(end)
    await first.stop()
    const second = await webhooksOf(folder, [])
    expect(second.counts().waiting).toBe(0)
    expect(await readdir(folder)).toEqual([])
  })

  it('follow no redirect', async () => {
    const target = await listener(() => 200)
    const one = await listener((_, nth) =>
      nth > 2 ? 200 : (_request, response) => response.writeHead(307, { location: target.url }).end()
    )
    const webhooks = await webhooksOf(await tempDir(), [one.url])
    await webhooks.tell(end)
    await eventually('it was taken', () => webhooks.counts().waiting === 0)
    expect([one.received.length, target.received.length]).toEqual([3, 0])
  })

  it('do not read an answer that has no end', async () => {
    let closed = false
    const one = await listener(() => (_request, response) => {
      response.on('close', () => (closed = true))
      response.writeHead(200)
      const pour = (): void => {
        if (response.write('x'.repeat(65_536))) setImmediate(pour)
        else response.once('drain', pour)
      }
      pour()
    })
    const webhooks = await webhooksOf(await tempDir(), [one.url])
    await webhooks.tell(end)
    await eventually('it was taken', () => webhooks.counts().waiting === 0)
    await eventually('the connection was closed', () => closed)
  })

  it('give up the oldest when too many wait', async () => {
    const folder = await tempDir()
    const one = await listener(() => 503)
    const { project, event } = end
    for (let at = 0; at < 1005; at += 1) {
      const id = String(at).padStart(32, '0')
      const delivery = { id, url: one.url, event, project, createdAtMs: Date.now() + at }
      await writeFile(join(folder, `${id}.json`), JSON.stringify(delivery))
    }
    const webhooks = await webhooksOf(folder, [one.url])
    expect(webhooks.counts()).toEqual({ waiting: 1000, givenUp: 5 })
    await webhooks.stop()
    expect((await readdir(folder)).toSorted()[0]).toBe(`${'5'.padStart(32, '0')}.json`)
  })

  it('give up after a day', async () => {
    const folder = await tempDir()
    const one = await listener(() => 503)
    const store = await createDeliveryStore(folder)
    const { project, event } = end
    const createdAtMs = Date.now() - 25 * 3_600_000
    await store.put({ id: '0'.repeat(32), url: one.url, event, project, createdAtMs })
    const webhooks = await webhooksOf(folder, [one.url])
    await eventually('it was given up', () => webhooks.counts().givenUp === 1)
    expect(one.received).toHaveLength(1)
  })
})

describe('the secret of webhooks', () => {
  it('is made once, for this user only', async () => {
    const file = join(await tempDir(), 'secret')
    const secret = await loadWebhookSecret(undefined, file)
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(await loadWebhookSecret(undefined, file)).toBe(secret)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('may come from a file, which has to be there and long enough', async () => {
    const folder = await tempDir()
    const given = join(folder, 'given')
    await expect(loadWebhookSecret(given, join(folder, 'own'))).rejects.toThrow('cannot be read')
    await writeFile(given, 'short\n')
    await expect(loadWebhookSecret(given, join(folder, 'own'))).rejects.toThrow('16 to 4096 characters')
    await writeFile(given, `${SECRET}\n`)
    expect(await loadWebhookSecret(given, join(folder, 'own'))).toBe(SECRET)
    await expect(readFile(join(folder, 'own'))).rejects.toThrow('ENOENT')
  })
})
