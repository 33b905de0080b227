import { expect, test } from 'vitest'
import { createApiBench } from '../../../fixtures/api-bench.ts'

const LIMIT = 1 << 20

/** A body that comes without its length, and that ends only where it is told to. */
const streamOf = (bytes: number, ends: boolean) =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(new Uint8Array(bytes).fill(32))
      if (ends) controller.close()
    }
  })

const post = async (path: string, body: ReadableStream | string, bodyMs = 5000) =>
  createApiBench([{}], { bodyMs }).request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    body,
    duplex: 'half'
  } as never)

test.for(['/api/add_project', '/api/v2/projects'])('%s: a body of 1 MiB and not a byte more', async (path) => {
  expect((await post(path, streamOf(LIMIT, true))).status).toBe(400)
  const answer = await post(path, streamOf(LIMIT + 1, true))
  expect(answer.status).toBe(413)
  expect(answer.headers.get('content-type')).toBe(
    path === '/api/v2/projects' ? 'application/problem+json' : 'application/json; charset=utf-8'
  )
})

test('a length that is too large is refused before a byte is read', async () => {
  const answer = await createApiBench([{}]).request('/api/add_project', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': String(LIMIT + 1) },
    body: streamOf(1, false),
    duplex: 'half'
  } as never)
  expect(answer.status).toBe(413)
})

test('a body that does not come is given up', async () => {
  const answer = await post('/api/v2/projects', streamOf(1, false), 20)
  expect(await answer.json()).toMatchObject({ status: 408, code: 'body-too-slow' })
  expect(answer.headers.get('connection')).toBe('close')
})

test('a body that breaks off is no error of the node', async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new Error('reset')) })
  expect((await post('/api/add_project', broken)).status).toBe(400)
})

test('uploads are not read here, whatever their size', async () => {
  for (const path of ['/api/v2/uploads', '/api/v2/uploads/x'])
    expect((await post(path, streamOf(LIMIT + 1, false), 20)).status, path).toBe(404)
  expect((await post('/api/v2/uploadsx', streamOf(LIMIT + 1, true))).status).toBe(413)
})

test('of a caller that is not known nothing is read, but where the token may be in it', async () => {
  const ask = async (path: string) =>
    createApiBench([{}], { host: '0.0.0.0', remoteAddress: '10.0.0.9', bodyMs: 20 }).request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      body: streamOf(LIMIT + 1, false),
      duplex: 'half'
    } as never)
  expect((await ask('/api/v2/projects')).status).toBe(401)
  expect((await ask('/api/add_project')).status).toBe(413)
})

test('at most 32 bodies wait for that at once', async () => {
  const bench = createApiBench([{}], { host: '0.0.0.0', remoteAddress: '10.0.0.9', bodyMs: 200 })
  const ask = async () =>
    bench.request('/api/add_project', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      body: streamOf(1, false),
      duplex: 'half'
    } as never)
  const answers = await Promise.all(Array.from({ length: 33 }, ask))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    ...Array.from({ length: 32 }, () => 408),
    503
  ])
  expect((await ask()).status).toBe(408)
})
