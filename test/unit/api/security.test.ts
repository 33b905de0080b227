import { describe, expect, test } from 'vitest'
import { isLoopback } from '../../../src/api/security.ts'
import { bearer, createApiBench } from '../../fixtures/api-bench.ts'
import { PROJECT } from '../../fixtures/protocol-samples.ts'

const GET = '/api/get_projects'
const DELETE = `/api/delete_project/${PROJECT}`
const refused = { success: false, reason: expect.stringMatching(/./) }
const problem = (status: number) => ({ status, code: expect.any(String), detail: expect.stringMatching(/./) })

describe('Host', () => {
  test.for(['localhost', 'localhost:7899', 'LOCALHOST:1', '127.0.0.1:7899', '127.4.5.6', '[::1]:7899', '[::1]'])(
    '%s is this node',
    async (host) => {
      expect((await createApiBench().request(GET, { headers: { host } })).status).toBe(200)
    }
  )

  test.for([
    'evil.example',
    'evil.example:7899',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io:7899',
    'localhost:7899.evil.example',
    '192.168.1.5:7899',
    '[fe80::1]:7899',
    '0.0.0.0:7899',
    'user@localhost',
    ''
  ])('%s is not, with the token neither', async (host) => {
    const bench = createApiBench([{}])
    for (const headers of [{ host }, { host, ...bearer() }]) {
      const answer = await bench.request(GET, { headers })
      expect([answer.status, await answer.json()]).toEqual([421, refused])
      expect((await bench.post(DELETE, undefined, headers)).status).toBe(421)
    }
    expect(bench.calls).toEqual([])
  })

  test('the bound address or name is this node', async () => {
    const bench = createApiBench([], { host: 'Studio.local' })
    expect((await bench.request(GET, { headers: { host: 'studio.local:7899' } })).status).toBe(200)
    expect((await bench.request(GET, { headers: { host: 'other.local:7899' } })).status).toBe(421)
  })

  test('bound to every address it answers to addresses, never to names', async () => {
    for (const host of ['0.0.0.0', '::']) {
      const bench = createApiBench([], { host })
      expect((await bench.request(GET, { headers: { host: '192.168.1.5:7899' } })).status).toBe(200)
      expect((await bench.request(GET, { headers: { host: '[2001:db8::1]:7899' } })).status).toBe(200)
      expect((await bench.request(GET, { headers: { host: 'rebound.example:7899' } })).status).toBe(421)
    }
  })
})

describe('other sites', () => {
  test.for([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { origin: 'http://localhost' },
    { origin: 'http://127.0.0.1:7899' },
    { origin: 'ftp://localhost:7899' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' }
  ] as Record<string, string>[])('%j may not command', async (headers) => {
    const bench = createApiBench([{}])
    const answers = [
      await bench.post(DELETE, undefined, headers),
      await bench.post('/api/add_project', { input: 'a', encoder: 'aom' }, headers),
      await bench.post('/api/v2/projects', { input: 'a', encoder: 'aom' }, headers),
      await bench.request(DELETE, { method: 'PUT', headers })
    ]
    for (const [index, answer] of answers.entries())
      expect([answer.status, await answer.json()]).toMatchObject([403, index === 2 ? problem(403) : refused])
    expect(bench.calls).toEqual([])
  })

  test.for([
    {},
    { origin: 'http://localhost:7899' },
    { origin: 'https://localhost:7899' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' }
  ] as Record<string, string>[])('%j may', async (headers) => {
    const bench = createApiBench([{}])
    expect(await (await bench.post(DELETE, undefined, headers)).json()).toEqual({ success: true })
  })

  test('nothing allows them to read either', async () => {
    const answer = await createApiBench().request(GET, { headers: { origin: 'https://evil.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })
})

describe('the token', () => {
  test.for(['x', 'A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65)])('a wrong one is 401: %s', async (token) => {
    const bench = createApiBench([{}])
    for (const answer of [
      await bench.request(GET, { headers: bearer(token) }),
      await bench.post(DELETE, undefined, bearer(token))
    ])
      expect([answer.status, await answer.json()]).toEqual([401, refused])
    expect(bench.calls).toEqual([])
  })

  test('the right one makes the caller trusted, however the scheme is spelt', async () => {
    const bench = createApiBench()
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const headers = { authorization: `${scheme} ${'a'.repeat(64)}` }
      await bench.post('/api/v2/projects', { input: 'a', encoder: 'aom' }, headers)
    }
    expect(bench.calls.map((call) => call[2])).toEqual([true, true, true])
  })

  test.for(['192.168.1.7', '::ffff:10.0.0.1', 'fe80::1', '8.8.8.8', '', undefined])(
    'from %s it is needed for everything',
    async (remoteAddress) => {
      const bench = createApiBench([{}], { host: '0.0.0.0', remoteAddress })
      for (const path of [
        GET,
        '/docs',
        '/openapi.json',
        `/scene/${PROJECT}/1`,
        '//api/get_projects',
        '/api%2Fget_projects'
      ]) {
        const answer = await bench.request(path)
        expect([answer.status, await answer.json()]).toEqual([401, refused])
      }
      const answer = await bench.request('/api/v2/status')
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect([answer.status, await answer.json()]).toMatchObject([401, problem(401)])
      expect((await bench.request(GET, { headers: bearer() })).status).toBe(200)
    }
  )

  test('from this machine it is not, but paths stay below the media folders', async () => {
    const bench = createApiBench([], { remoteAddress: '::ffff:127.0.0.1' })
    await bench.post('/api/v2/projects', { input: 'a', encoder: 'aom' })
    expect(bench.calls).toMatchObject([['submit', [{ input: 'a' }], false]])
  })
})

test.for([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['::FFFF:127.0.0.1', true],
  ['128.0.0.1', false],
  ['127.0.0.1.example', false],
  ['127.1', false],
  ['::2', false],
  ['::ffff:10.0.0.1', false],
  ['', false]
] as const)('%s is loopback: %s', ([address, expected]) => {
  expect(isLoopback(address)).toBe(expected)
})
