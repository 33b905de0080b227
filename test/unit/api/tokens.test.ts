import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTokens } from '../../../src/node/http/tokens.ts'
import { madeToken, type MadeToken } from '../../../src/api/schemas/index.ts'
import { bearer, createApiBench, TOKEN, type ApiBenchInit } from '../../fixtures/api-bench.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const READ = 'b'.repeat(64)
const FAR = { host: '0.0.0.0', remoteAddress: '192.168.1.7' }
const PATH = '/api/v2/tokens'

async function benchOf(init: ApiBenchInit = {}) {
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const tokens = await createTokens({ log, hide: () => {} }, join(await tempDir(), 'tokens.json'))
  const bench = createApiBench([{}], { readToken: READ, tokens, ...FAR, ...init })
  const make = async (body: object, token = TOKEN): Promise<Response> => bench.post(PATH, body, bearer(token))
  const made = async (name: string, access: 'full' | 'read'): Promise<MadeToken> =>
    madeToken.parse(await (await make({ name, access })).json())
  const status = async (headers: Record<string, string>, method = 'GET', path = '/api/v2/status'): Promise<number> =>
    (await bench.request(path, { method, headers })).status
  return { bench, make, made, status }
}

const problemOf = async (answer: Response): Promise<unknown> => {
  const { code, field } = (await answer.json()) as { code: string; field?: string }
  return [answer.status, code, field]
}

describe('tokens over the API', () => {
  test('one is made, listed, used and revoked', async () => {
    const { bench, made, status } = await benchOf()
    const { id, token } = await made(' phone ', 'read')
    const listed = await (await bench.request(PATH, { headers: bearer(TOKEN) })).text()
    expect(listed).toContain('"phone"')
    expect(listed).not.toContain(token)
    expect(await status(bearer(token))).toBe(200)
    expect(await status(bearer(token), 'POST', '/api/v2/node/drain')).toBe(403)
    expect(await status(bearer(TOKEN), 'DELETE', `${PATH}/${id}`)).toBe(204)
    expect(await status(bearer(token))).toBe(401)
    expect(await problemOf(await bench.request(`${PATH}/${id}`, { method: 'DELETE', headers: bearer(TOKEN) }))).toEqual(
      [404, 'not-found', undefined]
    )
  })

  test('a cookie ends with the token that it was opened with, and no other', async () => {
    const { bench, made, status } = await benchOf()
    const cookieFor = async (token: string): Promise<Record<string, string>> => {
      const answer = await bench.post('/api/v2/session', undefined, bearer(token))
      expect(Object.keys((await answer.json()) as object)).toEqual(['access', 'via', 'expiresAtMs'])
      return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
    }
    const phone = await made('phone', 'full')
    const [ofPhone, ofOwn] = [await cookieFor(phone.token), await cookieFor(TOKEN)]
    const forged = { cookie: (ofOwn['cookie'] ?? '').replace(/\.\.([\w-]+)$/, `.${phone.id}.$1`) }
    expect(await Promise.all([ofPhone, ofOwn, forged].map(async (headers) => status(headers)))).toEqual([200, 200, 401])
    expect(await status(ofOwn, 'DELETE', `${PATH}/${phone.id}`)).toBe(204)
    expect(await Promise.all([ofPhone, ofOwn].map(async (headers) => status(headers)))).toEqual([401, 200])
  })

  test('only full access shows and changes them: not a read-only token, and not a program here without one', async () => {
    const { make, status } = await benchOf()
    expect(await problemOf(await make({ name: 'mine' }, READ))).toEqual([403, 'read-only', undefined])
    expect(await status(bearer(READ), 'GET', PATH)).toBe(403)
    const here = await benchOf({ host: '127.0.0.1', remoteAddress: '127.0.0.1' })
    expect(await problemOf(await here.bench.post(PATH, { name: 'mine' }))).toEqual([
      403,
      'full-access-needed',
      undefined
    ])
    expect(await here.status({}, 'GET', PATH)).toBe(403)
    expect(await here.status({}, 'DELETE', `${PATH}/1`)).toBe(403)
  })

  test('wrong names are refused with their field', async () => {
    const { make } = await benchOf()
    expect((await make({ name: 'phone' })).status).toBe(201)
    for (const name of ['', '  ', 'a\nb', 'a\u202Eb', 'x'.repeat(65)])
      expect(await problemOf(await make({ name })), JSON.stringify(name)).toEqual([400, 'bad-request', 'name'])
    expect(await problemOf(await make({ name: 'phone' }))).toEqual([409, 'name-taken', 'name'])
    expect(await problemOf(await make({ name: 'b', access: 'all' }))).toEqual([400, 'bad-request', 'access'])
  })
})
