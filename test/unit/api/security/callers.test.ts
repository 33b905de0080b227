import { describe, expect, test } from 'vitest'
import { bearer, createApiBench, TOKEN, type ApiBenchInit } from '../../../fixtures/api-bench.ts'
import { PROJECT } from '../../../fixtures/protocol-samples.ts'

const READ = 'b'.repeat(64)
const GET = '/api/get_projects'
const DELETE = `/api/delete_project/${PROJECT}`
const SESSION = '/api/v2/session'
const FAR = { host: '0.0.0.0', remoteAddress: '192.168.1.7' }

const benchOf = (init: ApiBenchInit = {}) => createApiBench([{}], { readToken: READ, cookieName: 'grav1-me', ...init })

const codeOf = async (answer: Response): Promise<unknown[]> => {
  const { code, reason } = (await answer.json()) as { code?: string; reason?: string }
  return [answer.status, code ?? reason]
}

describe('the token that may only read', () => {
  test('reads everything, from another machine too', async () => {
    const bench = benchOf(FAR)
    for (const path of [GET, '/api/v2/status', '/openapi.json', '/docs'])
      expect((await bench.request(path, { headers: bearer(READ) })).status, path).toBe(200)
  })

  test('changes nothing, not even on this machine', async () => {
    const bench = benchOf()
    const headers = bearer(READ)
    expect(await codeOf(await bench.post(DELETE, undefined, headers))).toEqual([403, 'This token is read-only.'])
    for (const [method, path] of [
      ['POST', '/api/v2/projects'],
      ['PATCH', `/api/v2/projects/${PROJECT}`],
      ['DELETE', `/api/v2/projects/${PROJECT}`],
      ['POST', `/api/v2/projects/${PROJECT}/cancel`],
      ['POST', `${SESSION}/`],
      ['PUT', '/api/v2/anything']
    ] as const)
      expect(await codeOf(await bench.request(path, { method, headers })), path).toEqual([403, 'read-only'])
    const body = { input: 'a', encoder: 'aom', password: READ }
    expect((await bench.post('/api/add_project', body)).status).toBe(403)
    expect(bench.calls).toEqual([])
  })

  test('is none where the node has none', async () => {
    const bench = createApiBench([{}], FAR)
    expect((await bench.request(GET, { headers: bearer(READ) })).status).toBe(401)
  })
})

describe('the session', () => {
  const cookieOf = (answer: Response): string => answer.headers.get('set-cookie') ?? ''
  const open = async (bench: ReturnType<typeof benchOf>, token: string) => {
    const answer = await bench.post(SESSION, undefined, bearer(token))
    expect(answer.status).toBe(200)
    return { answer, cookie: cookieOf(answer).split(';')[0] ?? '' }
  }

  test.for([
    [TOKEN, 'full', 200],
    [READ, 'read', 403]
  ] as const)('the token becomes a cookie that may as much (%#)', async ([token, access, status]) => {
    const bench = benchOf(FAR)
    const { answer, cookie } = await open(bench, token)
    expect(cookieOf(answer)).toMatch(/^grav1-me=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(await answer.json()).toMatchObject({ access, via: 'cookie' })
    expect(cookieOf(answer)).not.toContain(token)
    const headers = { cookie: `other=1; ${cookie}` }
    expect((await bench.request(GET, { headers })).status).toBe(200)
    expect(await (await bench.request(SESSION, { headers })).json()).toMatchObject({ access, via: 'cookie' })
    expect((await bench.post(DELETE, undefined, headers)).status).toBe(status)
  })

  test('is for this machine what it is told', async () => {
    const bench = benchOf()
    const ask = async (headers: Record<string, string>) => (await bench.request(SESSION, { headers })).json()
    expect(await ask({})).toEqual({ access: 'local', via: 'address', expiresAtMs: null })
    expect(await ask(bearer())).toEqual({ access: 'full', via: 'token', expiresAtMs: null })
    expect(await ask(bearer(READ))).toMatchObject({ access: 'read' })
    expect(await codeOf(await bench.post(SESSION))).toEqual([401, 'token-needed'])
  })

  test('tells who has no token that he may do nothing, and lets him do nothing', async () => {
    const bench = benchOf(FAR)
    const answer = await bench.request(SESSION)
    expect([answer.status, await answer.json()]).toEqual([200, { access: 'none', via: 'nothing', expiresAtMs: null }])
    expect(await codeOf(await bench.post(SESSION))).toEqual([401, 'token-needed'])
    expect((await bench.request(SESSION, { method: 'DELETE' })).status).toBe(401)
    expect((await bench.request(GET)).status).toBe(401)
  })

  test('a cookie is not exchanged for another that lasts longer', async () => {
    const bench = benchOf()
    const { cookie } = await open(bench, TOKEN)
    expect(await codeOf(await bench.post(SESSION, undefined, { cookie }))).toEqual([401, 'token-needed'])
  })

  test('ends with the cookie taken back, and is marked for TLS where there is TLS', async () => {
    const bench = benchOf({ https: true })
    expect(cookieOf((await open(bench, TOKEN)).answer)).toMatch(/; Secure/)
    const answer = await bench.request(SESSION, { method: 'DELETE', headers: bearer(READ) })
    expect([answer.status, cookieOf(answer)]).toEqual([204, expect.stringMatching(/^grav1-me=; Max-Age=0; Path=\//)])
  })

  test('a cookie counts for 30 days, for the token that made it, as it was made', async () => {
    let nowMs = Date.now()
    const bench = benchOf({ ...FAR, now: () => nowMs })
    const { cookie } = await open(bench, TOKEN)
    const { cookie: reading } = await open(bench, READ)
    const status = async (value: string, where = bench) =>
      (await where.request(GET, { headers: { cookie: value } })).status
    expect(await status(cookie)).toBe(200)
    const forged = [
      reading.replace('=read.', '=full.'),
      cookie.replace(/\.\d+\./, (until) => `.${Number(until.slice(1, -1)) + 1}.`),
      cookie.slice(0, -1),
      `${cookie}x`,
      'grav1-me=',
      `grav1-me=${TOKEN}`,
      cookie.replace('grav1-me', 'grav1-you')
    ]
    for (const value of forged) expect(await status(value), value).toBe(401)
    expect(await status(cookie, benchOf({ ...FAR, token: 'c'.repeat(64) }))).toBe(401)
    nowMs += 30 * 24 * 3_600_000
    expect(await status(cookie)).toBe(401)
  })

  test('a page of another site cannot use the cookie', async () => {
    const bench = benchOf()
    const { cookie } = await open(bench, TOKEN)
    for (const headers of [
      { cookie, origin: 'https://evil.example' },
      { cookie, 'sec-fetch-site': 'same-site' }
    ] as Record<string, string>[])
      expect((await bench.post(DELETE, undefined, headers)).status).toBe(403)
    expect(bench.calls).toEqual([])
  })
})

describe('password in a body', () => {
  const add = { input: 'a', encoder: 'aom' }

  test('is the token by another way, in the documented calls', async () => {
    const bench = benchOf(FAR)
    expect(await (await bench.post('/api/add_project', { ...add, password: TOKEN })).json()).toMatchObject({
      success: true
    })
    expect(bench.calls.at(-1)).toMatchObject(['submit', [{ input: 'a' }], true])
    for (const path of [`/api/modify_project/${PROJECT}`, `/api/modify/${PROJECT}`])
      expect((await bench.post(path, { priority: 1, password: TOKEN })).status).toBe(200)
    expect((await bench.post(DELETE, { password: TOKEN })).status).toBe(200)
    expect(bench.calls.length).toBe(4)
  })

  test('a wrong one is refused; an empty one, or one that is no text, is none', async () => {
    const bench = benchOf()
    expect((await bench.post('/api/add_project', { ...add, password: 'x' })).status).toBe(401)
    expect(bench.calls).toEqual([])
    for (const password of ['', 1, null, [TOKEN]])
      expect((await bench.post('/api/add_project', { ...add, password })).status).toBe(200)
    expect(bench.calls.map((call) => call[2])).toEqual([false, false, false, false])
  })

  test('counts nowhere else', async () => {
    const bench = benchOf(FAR)
    const body = { ...add, password: TOKEN }
    expect((await bench.post('/api/v2/projects', body)).status).toBe(401)
    expect((await bench.post('/api/add_project', JSON.stringify(body), { 'content-type': 'text/plain' })).status).toBe(
      401
    )
    expect((await bench.post('//api/add_project', body)).status).toBe(401)
    expect((await bench.request(`${GET}?password=${TOKEN}`)).status).toBe(401)
    expect(bench.calls).toEqual([])
  })
})

describe('who is on this machine', () => {
  test.for(['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'])('not who comes through a proxy (%s)', async (name) => {
    const bench = benchOf()
    expect((await bench.request(GET, { headers: { [name]: '127.0.0.1' } })).status).toBe(401)
    expect((await bench.request(GET, { headers: { [name]: 'x', ...bearer() } })).status).toBe(200)
  })

  test('with --auth always nobody goes without a token', async () => {
    const bench = benchOf({ auth: 'always' })
    for (const answer of [await bench.request(GET), await bench.post(DELETE), await bench.request('/docs')])
      expect(answer.status).toBe(401)
    expect((await bench.request(GET)).headers.get('www-authenticate')).toBe('Bearer')
    expect((await bench.request(GET, { headers: bearer() })).status).toBe(200)
    expect(bench.calls).toEqual([])
  })

  test('the page itself needs none: it could not ask for the token otherwise', async () => {
    const bench = benchOf({ ...FAR, auth: 'always' })
    expect((await bench.request('/')).status).not.toBe(401)
    for (const path of ['/app.js', '/assets/index-x_1.css', '/icon.svg'])
      expect([200, 404], path).toContain((await bench.request(path)).status)
    expect((await bench.request('/', { headers: bearer('wrong') })).status).toBe(401)
  })

  test.for([
    '/openapi.json',
    '/docs',
    '/metrics',
    '//',
    '/assets/../api/get_projects',
    '/assets/..%2fapi%2fget_projects',
    '/assets/.hidden.js',
    '/assets//x.js',
    '/api/x.js',
    '/scene/a/b.js',
    '/api%2fx.js',
    '/./api/v2/status',
    '/API/get_projects'
  ])('%s is no part of the page', async (path) => {
    expect((await benchOf(FAR).request(path)).status).toBe(401)
    expect((await benchOf(FAR).post('/app.js')).status).toBe(401)
  })
})

describe('guessing', () => {
  test('waits longer each time; who has the cookie is not held up', async () => {
    let nowMs = 0
    const bench = benchOf({ ...FAR, now: () => nowMs })
    const cookie = (await bench.post(SESSION, undefined, bearer())).headers.get('set-cookie')?.split(';')[0] ?? ''
    const guess = async () => bench.request(GET, { headers: bearer('guess') })
    for (let time = 0; time < 5; time += 1) expect((await guess()).status).toBe(401)
    const refused = await bench.request('/api/v2/status', { headers: bearer() })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await codeOf(refused)).toEqual([429, 'too-many-tries'])
    expect((await bench.post('/api/add_project', { input: 'a', password: TOKEN })).status).toBe(429)
    expect((await bench.request(GET, { headers: { cookie } })).status).toBe(200)
    nowMs += 1000
    expect((await guess()).status).toBe(401)
    expect((await guess()).headers.get('retry-after')).toBe('2')
    nowMs += 2000
    expect((await bench.request(GET, { headers: bearer() })).status).toBe(200)
    for (let time = 0; time < 4; time += 1) expect((await guess()).status).toBe(401)
    expect((await bench.request(GET, { headers: bearer() })).status).toBe(200)
  })

  test('on this machine goes on without a token', async () => {
    const bench = benchOf({ now: () => 0 })
    for (let time = 0; time < 9; time += 1) await bench.request(GET, { headers: bearer('guess') })
    expect((await bench.request(GET, { headers: bearer() })).status).toBe(429)
    expect((await bench.request(GET)).status).toBe(200)
  })
})
