import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { askAboutRequests } from '../../../../src/node/cli/commands/ask-about-requests.ts'
import { durationMs } from '../../../../src/node/cli/commands/invite-text.ts'
import { statusText } from '../../../../src/node/cli/commands/status.ts'
import { startHttpServer } from '../../../../src/node/http/http-server.ts'
import { main } from '../../../../src/node/main.ts'
import { createApiBench, TOKEN } from '../../../fixtures/api-bench.ts'
import { noInvites } from '../../../fixtures/no-invites.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import { nodeOf } from '../../../fixtures/web-data.ts'
import { fakeIo } from './fixtures.ts'
import type { InviteInfo, InviteRequest, JoinRequestStatus } from '../../../../src/api/schemas/index.ts'
import type { CliIo } from '../../../../src/node/cli/io.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const TEXT = `grav1:${'A'.repeat(200)}`
const NOW = 1_900_000_000_000

const info = (change: Partial<InviteInfo> = {}): InviteInfo => ({
  id: '3f2a9c01',
  name: '',
  createdAtMs: NOW,
  expiresAtMs: NOW,
  uses: 1,
  ask: false,
  state: 'open',
  joined: [],
  ...change
})

/** The command against the real API, over HTTP. */
async function bench(list: readonly InviteInfo[] = []) {
  const folder = await tempDir()
  const asked: InviteRequest[] = []
  const revoked: string[] = []
  const { ports } = createApiBench([], {
    invites: {
      ...noInvites,
      list: () => list,
      make: async (request) => {
        asked.push(request)
        return {
          text: TEXT,
          addresses: [],
          expiresAtMs: NOW,
          invite: info({ uses: request.uses ?? 1, ask: request.ask })
        }
      },
      revoke: async (id) => void revoked.push(id)
    }
  })
  const server = await startHttpServer(ports, { host: '127.0.0.1', port: 0, token: TOKEN, log })
  onTestFinished(server.stop)
  await writeFile(join(folder, 'empty.toml'), '')
  const env = {
    GRAV1_CONFIG: join(folder, 'empty.toml'),
    GRAV1_DATA_DIR: folder,
    GRAV1_API: server.url,
    GRAV1_TOKEN: TOKEN
  }
  const run = async (args: readonly string[], terminal?: CliIo['terminal']) => {
    const { io, out, err } = fakeIo({ env, terminal })
    const code = await main(['invite', ...args], io)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { run, asked, revoked }
}

test('the line alone goes to stdout, what is said about it to stderr', async () => {
  const { run, asked } = await bench()
  expect(await run([])).toMatchObject({ code: 0, out: `grav1 join ${TEXT}` })
  expect((await run(['--uses', '3', '--expires', '30m', '--for', 'the office', '--ask'])).err).toMatch(
    /It lets in 3 machines, each after you accept it.*\n"grav1 peers requests"/
  )
  expect(asked).toEqual([
    { expiresInMs: 86_400_000, ask: false, name: '' },
    { expiresInMs: 1_800_000, ask: true, name: 'the office', uses: 3 }
  ])
  expect(JSON.parse((await run(['--json'])).out)).toMatchObject({
    text: TEXT,
    command: `grav1 join ${TEXT}`,
    page: null
  })
})

test('a terminal that is wide enough shows a code', async () => {
  const { run } = await bench()
  const terminal = (columns: number) => Object.assign(process.stdout, { columns })
  const before = process.stdout.columns
  onTestFinished(() => void Object.assign(process.stdout, { columns: before }))
  expect((await run([], terminal(120))).err).toContain('█')
  expect((await run([], terminal(40))).err).not.toContain('█')
})

test.for([
  [['--expires', 'tomorrow'], 'use 30m, 24h or 7d'],
  [['--expires', '1h30m'], 'use 30m, 24h or 7d'],
  [['--expires', '0m'], 'at least a minute'],
  [['--expires', '99d'], 'at most 31 days'],
  [['--uses', 'many'], 'is not a number of machines'],
  [['--uses', '0'], 'at least one machine'],
  [['--for', 'a\tb'], 'must not have control characters'],
  [['revoke'], 'The id of the invitation is missing'],
  [['revoke', 'ff'], 'There is no invitation "ff"'],
  [['revoke', '3f'], 'is the start of several ids'],
  [['forget'], 'Allowed choices are list, revoke']
] as const)('%j is a wrong use', async ([args, said]) => {
  const { run, revoked } = await bench([info(), info({ id: '3f00aa00' })])
  const { code, err } = await run(args)
  expect([code, err, revoked]).toEqual([2, expect.stringContaining(said), []])
})

test('invitations are listed and revoked by the start of the id; names command no terminal', async () => {
  const joined = [{ peerId: '12D3KooW', name: 'kit\u001B[2Jchen', atMs: NOW }]
  const { run, revoked } = await bench([
    info({ name: 'the office', uses: 2, joined }),
    info({ id: 'aa00aa00', ask: true })
  ])
  const { out } = await run(['list'])
  expect(out).toMatch(/^3f2a9c01 +the office +open +1\/2 .* kit\?\[2Jchen$/m)
  expect(out).toMatch(/^aa00aa00 .* open, asks +0\/1/m)
  expect(await run(['revoke', 'aa'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('no longer lets anybody in') as string
  })
  expect(revoked).toEqual(['aa00aa00'])
  expect((await (await bench()).run(['list'])).out).toBe('no invitations; "grav1 invite" makes one')
})

test('times', () => {
  expect(['30m', '24h', '7d'].map(durationMs)).toEqual([1_800_000, 86_400_000, 604_800_000])
})

const request = (name: string): JoinRequestStatus => ({
  id: `id-${name}`,
  peerId: '12D3KooWabc',
  name,
  inviteName: '',
  askedAtMs: NOW
})

test('with --ask each machine is asked about, until the invitation is used up', async () => {
  const waiting = [request('cellar'), request('kitchen\u0007')]
  const answers: [string, boolean][] = []
  const questions: string[] = []
  const client = {
    status: async () => ({ node: nodeOf({ joinRequests: [...waiting] }), peers: [], projects: [] }),
    invites: async () => [info({ id: 'one', state: waiting.length > 0 ? 'open' : 'used' })],
    answerJoin: async (id: string, isAccepted: boolean) => {
      answers.push([id, isAccepted])
      waiting.splice(0, 1)
    }
  }
  const io = {
    err: () => {},
    ask: async (question: string) => {
      questions.push(question)
      return question.startsWith('cellar') ? 'yes' : ''
    }
  }
  expect(await askAboutRequests(client, { id: 'one' }, io, AbortSignal.timeout(60_000))).toBe('ok')
  expect(questions).toEqual([
    'cellar (12D3KooWabc) wants to join: accept? [y/N] ',
    'kitchen? (12D3KooWabc) wants to join: accept? [y/N] '
  ])
  expect(answers).toEqual([
    ['id-cellar', true],
    ['id-kitchen\u0007', false]
  ])
})

test('grav1 status says who wants to join', () => {
  const text = statusText({ node: nodeOf({ joinRequests: [request('cellar')] }), peers: [], projects: [] })
  expect(text).toContain('cellar (12D3KooWabc) wants to join: "grav1 peers accept id-cellar", or "refuse id-cellar"')
})
