import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import {
  logLine,
  nodeStatus,
  page,
  peerStatus,
  preset,
  projectStatus,
  sceneStatus,
  sceneWhy,
  swarmStatus
} from '../../../../src/api/schemas/index.ts'
import { startHttpServer, type HttpServer } from '../../../../src/node/http/http-server.ts'
import { createLogRing } from '../../../../src/node/log/log-ring.ts'
import { main } from '../../../../src/node/main.ts'
import { beatOf, COMPLETED, createApiBench, TOKEN, viewOf } from '../../../fixtures/api-bench.ts'
import { WORKER } from '../../../fixtures/protocol-samples.ts'
import { tempFolder } from '../../../fixtures/encode-clips.ts'
import { fakeIo, peer } from './fixtures.ts'

/** The commands against the real API of a node, over HTTP; only what lies behind the ports is made up. */
const logs = createLogRing()
const sha256 = createHash('sha256').update(COMPLETED).digest('hex')
const done = viewOf({
  projectId: 'done1',
  scenes: [[50, 10]],
  end: { outputSha256: sha256, outputBytes: COMPLETED.length }
})
const bench = createApiBench(
  [
    { view: viewOf(), beat: beatOf() },
    { view: { ...done, announce: { ...done.announce, title: '映画.mkv' } }, outputPath: '/films/映画.aom.mkv' },
    { view: viewOf({ projectId: 'damaged1', end: {} }) }
  ],
  { logs, completed: '../映画.aom.mkv', peers: [peer({ peerId: WORKER, name: 'attic\u001b[2J', fps: 12.3 })] }
)

let server: HttpServer
let folder: Awaited<ReturnType<typeof tempFolder>>
let env: Record<string, string>

beforeAll(async () => {
  folder = await tempFolder()
  const init = { host: '127.0.0.1', port: 0, token: TOKEN, log: { error: () => {} } }
  server = await startHttpServer(bench.ports, init)
  await writeFile(join(folder.path, 'empty.toml'), '')
  await writeFile(join(folder.path, 'api-token'), `${TOKEN}\n`)
  env = { GRAV1_CONFIG: join(folder.path, 'empty.toml'), GRAV1_DATA_DIR: folder.path, GRAV1_API: server.url }
  const line = { level: 30, time: '2026-11-30T01:25:00.000Z', projectId: 'done1', msg: 'scene encoded', scene: 3 }
  for (const one of [line, { ...line, level: 40, msg: 'lost a worker' }]) logs.write(JSON.stringify(one))
})
afterEach(() => void bench.calls.splice(0))
afterAll(async () => {
  await server.stop()
  await folder.remove()
})

async function run(argv: readonly string[], change: Parameters<typeof fakeIo>[0] = {}) {
  const fake = fakeIo({ env, cwd: folder.path, ...change })
  const code = await main(argv, fake.io)
  return { code, out: fake.out.join('\n'), err: fake.err.join('\n') }
}

const FILM = 'abcdefgh'
const key = z.object({ key: z.string() })
const download = z.object({ path: z.string(), bytes: z.number(), sha256: z.literal(sha256) })

describe('every command', () => {
  test.for<[argv: string[], schema: z.ZodType, text: RegExp]>([
    [
      ['status'],
      swarmStatus,
      /^node n .*\n\nmachine +id .*\nn .*here\nattic\?\[2J +\.\.\w{8} +local +1\/2 +12\.3 fps +film\.mkv 2 /m
    ],
    [['projects'], page(projectStatus), /^project +title +owner +state .*\nabcdefgh +film\.mkv +here +encoding/],
    [['show', FILM], projectStatus, /^encodes now +attic\?\[2J 2$/m],
    [['show', '映画'], projectStatus, /^output +\/films\/映画\.aom\.mkv\n.*size.*\nsha-256 /m],
    [['scenes', FILM], page(sceneStatus), /^scene +start .*\n1 +0 +50 .*\n2 +50 +50 .*20%|^2 +50 +50 /m],
    [
      ['why', FILM, '2'],
      sceneWhy,
      /^scene 2 is waiting: Nobody has it\.\n {2}n failed: no such flag\.\nnext: .* \(in 2s\)$/
    ],
    [['peers'], peerStatus.array(), /^machine .*\nattic/],
    [
      ['peers', 'trust', 'attic\u001b[2J'],
      z.object({ peerId: z.literal(WORKER), name: z.string(), standing: z.literal('trusted') }),
      /^attic\?\[2J \(12D3\w+\) is trusted: /
    ],
    [['logs'], z.object({ items: z.array(logLine), next: z.int() }), /lost a worker/],
    [['cancel', FILM], projectStatus, /^cancelled abcdefghijklmnopqrstuvwxyz \(film\.mkv\)$/],
    [['retry', FILM], projectStatus, /^trying abcdefgh.* again$/],
    [['priority', FILM, '-1.5'], projectStatus, /has priority -1\.5$/],
    [['output', FILM, 'o.mkv'], projectStatus, /will be written to \/.*\/o\.mkv$/],
    [['delete', 'done1'], projectStatus, /^deleted done1 /],
    [['download', 'done1', '--overwrite'], download, /\.aom\.mkv \(17 B\)$/],
    [['pause'], nodeStatus, /^paused n/],
    [['resume'], nodeStatus, /^n takes scenes again/],
    [['drain'], nodeStatus, /^n takes no more scenes/],
    [['workers', '3'], nodeStatus, /^n now encodes/],
    [['bandwidth', '--upload-limit', '2MiB/s'], z.object({}), /^upload: no limit, download: no limit/],
    [['open', '--print'], z.object({ url: z.url() }), /^http:\/\/127\.0\.0\.1:\d+$/],
    [['open', '--print', '--token', TOKEN], z.object({ url: z.url() }), /#token=a{64}$/],
    [['token'], z.object({ token: z.literal(TOKEN) }), /^a{64}$/],
    [['presets'], preset.array(), /^archive: .*\n {2}aom +--/m],
    [
      ['encoders'],
      z.object({ node: z.url(), encoders: z.array(z.unknown()), swarm: z.array(z.unknown()) }),
      /^encoder +program/
    ],
    [['swarm-key'], key, /^[\s\S]+$/],
    [['completion', 'fish'], z.object({ shell: z.literal('fish'), script: z.string() }), /^# fish/],
    [['man'], z.object({ page: z.string() }), /^\.TH GRAV1 1/]
  ])('%j says it to people, and as one JSON document of the API', async ([argv, schema, text]) => {
    const said = await run(argv)
    expect([said.code, said.out]).toEqual([0, expect.stringMatching(text)])
    const { code, out, err } = await run([...argv, '--json'])
    expect([code, err, out.includes('\n')]).toEqual([0, '', false])
    expect(schema.safeParse(JSON.parse(out)).error).toBeUndefined()
    expect(said.out).not.toContain('\u001b')
  })

  test('a peer is decided about by name, by its id, known or not, or by the end of it', async () => {
    const stranger = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
    for (const [action, name] of [
      ['trust', 'attic\u001b[2J'],
      ['ban', WORKER],
      ['ban', stranger],
      ['forget', `..${WORKER.slice(-8)}`]
    ] as const)
      expect((await run(['peers', action, name])).code).toBe(0)
    expect(bench.calls).toEqual([
      ['setStanding', WORKER, 'trusted'],
      ['setStanding', WORKER, 'banned'],
      ['setStanding', stranger, 'banned'],
      ['forgetPeer', WORKER]
    ])
  })

  test.for([
    [['peers', 'ban'], 'The peer is missing'],
    [['peers', 'ban', 'cellar'], 'There is no peer "cellar"'],
    [['peers', 'ban', WORKER.slice(-3)], 'There is no peer'],
    [['peers', 'love', 'attic'], 'Allowed choices are trust, ban, forget']
  ] as const)('%j is wrong use', async ([argv, words]) => {
    const { code, err } = await run(argv)
    expect([code, err]).toEqual([2, expect.stringContaining(words)])
    expect(bench.calls).toEqual([])
  })

  test('steering asks the node for what was said', async () => {
    const id = 'abcdefghijklmnopqrstuvwxyz'
    const calls = [
      ['cancel', FILM],
      ['retry', FILM],
      ['priority', FILM, '3'],
      ['delete', FILM, '-y']
    ]
    for (const argv of calls) expect((await run(argv)).code).toBe(0)
    expect(bench.calls).toEqual([
      ['cancel', id],
      ['retry', id],
      ['setPriority', id, 3],
      ['remove', id]
    ])
  })

  test('ended projects are shown only where they are asked for', async () => {
    const { out } = await run(['status'])
    expect(out).toContain('2 ended projects not shown; "grav1 status --all" shows them')
    expect(out).not.toContain('映画')
    for (const argv of [
      ['status', '-a'],
      ['projects', '--all'],
      ['projects', '--state', 'completed']
    ])
      expect((await run(argv)).out).toMatch(/^done1 +映画\.mkv +here +completed/m)
    expect((await run(['projects', '--all', '--ids'])).out.split('\n').toSorted()).toEqual([
      'abcdefghijklmnopqrstuvwxyz',
      'damaged1',
      'done1'
    ])
  })
})

describe('delete', () => {
  test.for([
    ['y', 0],
    ['', 1],
    ['no', 1]
  ] as const)('of an unfinished film asks first: "%s" ends with %i', async ([answer, code]) => {
    const questions: string[] = []
    const ask = async (question: string): Promise<string> => {
      questions.push(question)
      return answer
    }
    expect((await run(['delete', FILM], { ask })).code).toBe(code)
    expect(questions).toEqual([expect.stringContaining('1 encoded scene would be lost')])
    expect(bench.calls.length).toBe(code === 0 ? 1 : 0)
  })

  test('without a terminal it needs --yes', async () => {
    expect(await run(['delete', FILM])).toMatchObject({ code: 2, err: expect.stringContaining('--yes') as string })
    expect(bench.calls).toEqual([])
  })
})

describe('bandwidth', () => {
  test('sets what is named, and shows what is', async () => {
    expect((await run(['bandwidth', '--upload-limit', '16Mbit/s', '--download-limit', 'none'])).code).toBe(0)
    expect(bench.calls).toEqual([['change', { uploadLimit: 2_000_000, downloadLimit: 0 }]])
    bench.calls.splice(0)
    expect((await run(['bandwidth'])).out).toMatch(/^upload: no limit/)
    expect(bench.calls).toEqual([])
    expect(await run(['bandwidth', '--upload-limit', '1kB/s'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--upload-limit: "1kB/s" is not allowed') as string
    })
  })
})

describe('download', () => {
  const inFolder = async (name: string): Promise<string> => {
    const path = join(folder.path, name)
    await mkdir(path)
    return path
  }

  test('takes the name that the node gives, without its folders, and replaces nothing', async () => {
    const cwd = await inFolder('to')
    expect((await run(['download', 'done1'], { cwd })).code).toBe(0)
    const names = await readdir(cwd)
    expect(names).toHaveLength(1)
    expect(names[0]).toMatch(/映画\.aom\.mkv$/)
    expect(await readFile(join(cwd, names[0] ?? ''))).toEqual(COMPLETED)
    expect(await run(['download', 'done1'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('already exists') as string
    })
    expect((await run(['download', 'done1', 'other.mkv'], { cwd })).code).toBe(0)
    expect(await run(['download', 'done1', 'none/other.mkv'], { cwd })).toMatchObject({ code: 2 })
    expect((await readdir(cwd)).length).toBe(2)
  })

  test('of a file that is not the finished one leaves nothing', async () => {
    const cwd = await inFolder('damaged')
    expect(await run(['download', 'damaged1'], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringContaining('SHA-256') as string
    })
    expect(await readdir(cwd)).toEqual([])
    expect(await run(['download', FILM], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringContaining('encoding') as string
    })
  })
})

describe('logs', () => {
  test('only what was asked for', async () => {
    expect((await run(['logs', '--level', 'warn'])).out).toMatch(/^[^\n]*lost a worker[^\n]*$/)
    expect((await run(['logs', '-n', '1'])).out).toMatch(/^[^\n]*lost a worker[^\n]*$/)
  })

  test('-f prints new lines until Ctrl-C, with --json a document per line', async () => {
    const fake = fakeIo({ env, cwd: folder.path })
    const code = main(['logs', '-f', '--json', '-n', '1'], fake.io)
    await vi.waitFor(() => expect(fake.out).toHaveLength(1), { timeout: 60_000 })
    logs.write(JSON.stringify({ level: 30, time: '2026-11-30T01:25:01.000Z', msg: 'one more' }))
    await vi.waitFor(() => expect(fake.out).toHaveLength(2), { timeout: 60_000 })
    fake.raise('SIGINT')
    expect(await code).toBe(0)
    expect(fake.out.map((line) => logLine.parse(JSON.parse(line)).message)).toEqual(['lost a worker', 'one more'])
    expect(fake.listening()).toBe(0)
  })
})

describe('watch', () => {
  test('ends with where the file is', async () => {
    const { code, out } = await run(['watch', 'done1'])
    expect([code, out.split('\n').at(-1)]).toEqual([0, '/films/映画.aom.mkv'])
  })

  test('Ctrl-C stops watching, not the project', async () => {
    const fake = fakeIo({ env, cwd: folder.path })
    const code = main(['watch', FILM], fake.io)
    await vi.waitFor(() => expect(fake.out.length).toBeGreaterThan(0), { timeout: 60_000 })
    fake.raise('SIGINT')
    expect(await code).toBe(130)
    expect(bench.calls).toEqual([])
  })
})

describe('open', () => {
  test('gives the browser a file that only the user can read, not the token', async () => {
    const opened = join(folder.path, 'opened')
    const bin = join(folder.path, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s' "$1" > ${opened}\n`, { mode: 0o755 })
    const path = process.env['PATH']
    process.env['PATH'] = `${bin}:${path}`
    try {
      expect(await run(['open', '--token', TOKEN])).toMatchObject({ code: 0 })
      const page = new URL(await readFile(opened, 'utf8'))
      expect([page.protocol, page.href.includes(TOKEN)]).toEqual(['file:', false])
      expect(await readFile(page, 'utf8')).toContain(`${server.url}/#token=${TOKEN}`)
      await rm(join(bin, 'xdg-open'))
      process.env['PATH'] = bin
      expect(await run(['open'])).toMatchObject({ code: 1, err: expect.stringContaining(server.url) as string })
    } finally {
      process.env['PATH'] = path
    }
  })
})

test('the token of a folder where no node ever ran is said to be missing', async () => {
  const { code, err } = await run(['token', '--data-dir', join(folder.path, 'none')])
  expect([code, err]).toEqual([1, expect.stringContaining('There is no token yet')])
})
