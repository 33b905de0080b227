import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { madeToken, tokenInfo } from '../../../../src/api/schemas/index.ts'
import { startHttpServer } from '../../../../src/node/http/http-server.ts'
import { createTokens } from '../../../../src/node/http/tokens.ts'
import { main } from '../../../../src/node/main.ts'
import { bearer, createApiBench, TOKEN } from '../../../fixtures/api-bench.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import { fakeIo } from './fixtures.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** The command against the real API, over HTTP. */
async function bench() {
  const folder = await tempDir()
  const tokens = await createTokens({ log, hide: () => {} }, join(folder, 'tokens.json'))
  const { ports } = createApiBench([], { tokens })
  const server = await startHttpServer(ports, { host: '127.0.0.1', port: 0, token: TOKEN, log })
  onTestFinished(server.stop)
  await writeFile(join(folder, 'empty.toml'), '')
  await writeFile(join(folder, 'api-token'), `${TOKEN}\n`)
  const env = {
    GRAV1_CONFIG: join(folder, 'empty.toml'),
    GRAV1_DATA_DIR: folder,
    GRAV1_API: server.url,
    GRAV1_TOKEN: TOKEN
  }
  const run = async (...args: string[]) => {
    const { io, out, err } = fakeIo({ env })
    const code = await main(['token', ...args], io)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { url: server.url, run, tokens }
}

test('tokens are added, listed and revoked; the first one is printed as before', async () => {
  const { run, tokens } = await bench()
  expect((await run()).out).toBe(TOKEN)
  expect((await run('list')).out).toContain('"grav1 token add <name>" makes one')
  const added = await run('add', 'my phone', '--read-only')
  expect(tokens.find(added.out)).toMatchObject({ name: 'my phone', access: 'read' })
  expect(added.err).toBe('It is shown only once.')
  expect((await run('list')).out).toMatch(/^my phone +read-only .* (?!never)/m)
  expect(madeToken.parse(JSON.parse((await run('add', 'desk', '--json')).out))).toMatchObject({ access: 'full' })
  expect(tokenInfo.array().parse(JSON.parse((await run('list', '--json')).out))).toHaveLength(2)
  expect(await run('revoke', 'my phone')).toMatchObject({ code: 0, out: 'revoked the token my phone' })
  expect(tokens.find(added.out)).toBeUndefined()
})

test.for([
  [['add'], 'The name of the token is missing: grav1 token add <name>.'],
  [['revoke'], 'The name of the token is missing: grav1 token revoke <name>.'],
  [['revoke', 'nobody'], 'There is no token "nobody"'],
  [['make', 'x'], 'Allowed choices are list, add, revoke'],
  [['add', 'a\tb'], 'A name must not have control characters.']
] as const)('%j is a wrong use', async ([args, said]) => {
  const { run } = await bench()
  const { code, err } = await run(...args)
  expect([code, err]).toEqual([2, expect.stringContaining(said)])
})

test('a stream of events ends when the token that opened it is revoked, and goes on for others', async () => {
  const { url, tokens } = await bench()
  const listen = async (token: string) => {
    const answer = await fetch(`${url}/api/v2/events`, { headers: bearer(token) })
    const reader = answer.body!.getReader()
    onTestFinished(async () => reader.cancel().catch(() => undefined))
    await reader.read()
    return reader
  }
  const phone = await tokens.make({ name: 'phone', access: 'read' })
  const [ofPhone, ofOwn] = [await listen(phone.token), await listen(TOKEN)]
  await tokens.revoke(phone.id)
  const toEnd = async (): Promise<string> => {
    for (;;) {
      const part = await ofPhone.read().catch(() => undefined)
      if (part === undefined || part.done) return 'ended'
    }
  }
  expect(await toEnd()).toBe('ended')
  expect((await ofOwn.read()).done).toBe(false)
})
