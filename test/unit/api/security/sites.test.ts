import { describe, expect, test } from 'vitest'
import { bearer, createApiBench } from '../../../fixtures/api-bench.ts'
import { PROJECT } from '../../../fixtures/protocol-samples.ts'

const ORIGIN = 'https://encode.example'
const GET = '/api/get_projects'
const DELETE = `/api/delete_project/${PROJECT}`
const preflight = {
  method: 'OPTIONS',
  headers: { origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
}
const benchOf = () => createApiBench([{}], { origins: [ORIGIN] })
const allowed = (answer: Response) => answer.headers.get('access-control-allow-origin')

describe('a page of a listed origin', () => {
  test('asks first, and is told what it may', async () => {
    const answer = await benchOf().request(DELETE, preflight)
    expect(answer.status).toBe(204)
    expect(allowed(answer)).toBe(ORIGIN)
    expect(answer.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/Authorization, Content-Type/)
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    expect(answer.headers.get('vary')).toMatch(/Origin/)
  })

  test('may use every method that the API has', async () => {
    const answer = await benchOf().request(DELETE, preflight)
    const methods = answer.headers.get('access-control-allow-methods')?.split(', ') ?? []
    const used = new Set(
      benchOf()
        .routes()
        .map(({ method }) => method)
    )
    expect([...used].filter((method) => method !== 'ALL' && method !== 'OPTIONS' && !methods.includes(method))).toEqual(
      []
    )
  })

  test('reads and commands, and reads refusals too', async () => {
    const bench = benchOf()
    const headers = { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }
    const read = await bench.request(GET, { headers })
    expect([read.status, allowed(read)]).toEqual([200, ORIGIN])
    expect(await (await bench.post(DELETE, undefined, headers)).json()).toEqual({ success: true })
    const refused = await bench.request(GET, { headers: { ...headers, ...bearer('wrong') } })
    expect([refused.status, allowed(refused)]).toEqual([401, ORIGIN])
  })

  test('from another machine it needs the token, of which the preflight knows nothing', async () => {
    const bench = createApiBench([{}], { origins: [ORIGIN], host: '0.0.0.0', remoteAddress: '10.0.0.9' })
    expect((await bench.request(DELETE, preflight)).status).toBe(204)
    expect((await bench.request(GET, { headers: { origin: ORIGIN } })).status).toBe(401)
    expect((await bench.request(GET, { headers: { origin: ORIGIN, ...bearer() } })).status).toBe(200)
  })

  test.for(['https://encode.example.evil.example', 'http://encode.example', 'https://encode.example:444', 'null', '*'])(
    '%s is not listed by that',
    async (origin) => {
      const bench = benchOf()
      expect(allowed(await bench.request(GET, { headers: { origin } }))).toBeNull()
      expect(
        allowed(await bench.request(DELETE, { ...preflight, headers: { ...preflight.headers, origin } }))
      ).toBeNull()
      expect((await bench.post(DELETE, undefined, { origin })).status).toBe(403)
      expect(bench.calls).toEqual([])
    }
  )
})

test('nobody is ever answered with a star, and without a list nobody at all', async () => {
  const bench = createApiBench([{}])
  for (const answer of [
    await bench.request(DELETE, preflight),
    await bench.request(GET, { headers: { origin: ORIGIN } })
  ])
    expect(allowed(answer)).toBeNull()
})

test('further names are names of this node', async () => {
  const bench = createApiBench([], { names: ['Encoder.home'] })
  expect((await bench.request(GET, { headers: { host: 'encoder.home:8443' } })).status).toBe(200)
  expect((await bench.request(GET, { headers: { host: 'x.encoder.home' } })).status).toBe(421)
})

describe('every answer', () => {
  const headersOf = async (https: boolean, host: string, path = GET) =>
    (await createApiBench([{}], { https, names: ['box.example'] }).request(path, { headers: { host } })).headers

  test('has the headers, refusals too', async () => {
    for (const [host, path] of [
      ['localhost', GET],
      ['evil.example', GET],
      ['localhost', '/nothing'],
      ['localhost', '/api/v2/projects/x'],
      ['localhost', '/docs']
    ] as const) {
      const headers = await headersOf(false, host, path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*frame-ancestors 'none'/)
      expect(headers.get('strict-transport-security')).toBeNull()
    }
  })

  test('with TLS says that a name has TLS only', async () => {
    expect((await headersOf(true, 'box.example:8443')).get('strict-transport-security')).toBe('max-age=31536000')
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:7899'])
      expect((await headersOf(true, host)).get('strict-transport-security')).toBeNull()
  })
})
