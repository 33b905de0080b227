import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CliIo } from '../../../src/node/cli/io.ts'
import { greeting } from '../../../src/node/cli/node-command.ts'
import { main } from '../../../src/node/main.ts'
import type { Config, Daemon } from '../../../src/node/config/types.ts'
import { fakeIo, peer, peerId, project, serve, swarm } from './cli/fixtures.ts'

let dir: string
let env: Record<string, string>

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'grav1-main-'))
  await writeFile(join(dir, 'empty.toml'), '')
  env = { GRAV1_CONFIG: join(dir, 'empty.toml'), GRAV1_DATA_DIR: dir }
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const run = async (argv: readonly string[], change: Partial<CliIo> = {}) => {
  const fake = fakeIo({ env, cwd: dir, ...change })
  const code = await main(argv, fake.io)
  return { code, out: fake.out, err: fake.err.join('\n') }
}

/** A node that completes what it is given at the second look. */
async function fakeNode(end: Parameters<typeof project>[0] = { state: 'completed', outputPath: '/out/film.aom.mkv' }) {
  let looks = 0
  return serve(({ line }) => {
    if (line === 'GET /api/v2/status') return { json: swarm([project(), project({ projectId: 'q-1' })]) }
    if (line === 'POST /api/v2/projects')
      return { status: 201, json: { projectId: 'p-1234', attached: false, warnings: [] } }
    if (line === 'GET /api/v2/projects/p-1234') return { json: (looks += 1) === 1 ? project() : project(end) }
    return { status: 404, json: { detail: 'Project does not exist.', code: 'project-unknown' } }
  })
}

describe('usage', () => {
  test.each([
    [['--help'], 0],
    [['submit', '--help'], 0],
    [['--version'], 0],
    [[], 2],
    [['nod'], 2],
    [['node', '--bogus'], 2],
    [['node', 'extra'], 2],
    [['submit'], 2],
    [['submit', 'a', '--min-frames', '1.5'], 2],
    [['submit', 'a', 'b', '--output', 'c'], 2],
    [['status', '--api', 'nonsense'], 2],
    [['node', '--workers', 'many'], 2]
  ])('%j exits with %i', async (argv, code) => {
    expect((await run(argv)).code).toBe(code)
  })

  test('an unknown command gets a hint', async () => {
    expect((await run(['statsu'])).err).toContain('Did you mean status?')
  })
})

/** The data folder names a node that does not answer, so that no other one is looked for. */
const nothingRuns = () =>
  writeFile(join(dir, 'api.json'), JSON.stringify({ url: 'http://127.0.0.1:1', pid: process.pid, addresses: [] }))

async function embeddable(end?: Parameters<typeof project>[0]) {
  const { url } = await fakeNode(end)
  const configs: Config[] = []
  const stops: boolean[] = []
  const createDaemon = async (config: Config): Promise<Daemon> => {
    configs.push(config)
    const stop = async ({ drain }: { readonly drain: boolean }) => void stops.push(drain)
    return { peerId, addresses: [], apiUrl: url, apiToken: 't', status: () => peer(), showLog: () => undefined, stop }
  }
  return { loadDaemon: async () => createDaemon, configs, stops }
}

/** Of the other project of `fakeNode`, which the command does not ask for. */
const LEFT = 'unfinished, and left alone for now: film.mkv (12 of 68 scenes); "grav1 node" resumes it'

const failing = (error: Error) => async (): Promise<Daemon> => {
  throw error
}

describe('node', () => {
  const addresses = [`/ip4/127.0.0.1/tcp/7898/p2p/${peerId}`, `/ip4/192.168.1.10/tcp/7898/p2p/${peerId}`]

  const daemonOf = (seen: Config[]) => async () => async (config: Config) => {
    seen.push(config)
    const daemon: Daemon = {
      peerId,
      addresses,
      apiUrl: 'http://127.0.0.1:7899',
      apiToken: 't',
      status: () => peer({ busy: 0 }),
      showLog: () => undefined,
      stop: async () => undefined
    }
    return daemon
  }

  test('prints how to join and the web address, and obeys flags', async () => {
    const seen: Config[] = []
    const fake = fakeIo({ env, cwd: dir, loadDaemon: daemonOf(seen) })
    const code = main(['node', '--workers', '0', '--no-mdns', '--name', 'box'], fake.io)
    await vi.waitFor(() => expect(fake.listening()).toBe(4), { timeout: 60_000 })
    fake.raise('SIGINT')
    expect(await code).toBe(0)
    expect(seen[0]).toMatchObject({ workers: 0, mdns: false, name: 'box', logLevel: 'info' })
    expect(fake.out).toEqual([
      `node box  ${peerId}`,
      'join from another machine with',
      `  grav1 node --bootstrap ${addresses[1]}`,
      'web  http://127.0.0.1:7899'
    ])
  })

  test('with --json it says where it is in one document', async () => {
    const fake = fakeIo({ env, cwd: dir, loadDaemon: daemonOf([]) })
    const code = main(['node', '--json'], fake.io)
    await vi.waitFor(() => expect(fake.listening()).toBe(4), { timeout: 60_000 })
    fake.raise('SIGINT')
    expect(await code).toBe(0)
    expect(fake.out.map((line) => JSON.parse(line) as unknown)).toEqual([
      { url: 'http://127.0.0.1:7899', node: peer({ busy: 0 }) }
    ])
  })

  test('the token is printed with the address on a terminal, and nowhere else', () => {
    const daemon = { peerId, addresses: [], apiUrl: 'http://127.0.0.1:7899', apiToken: 'secret' }
    const lines = (isTerminal: boolean) => greeting(daemon, { name: 'box', apiName: [] }, isTerminal)
    expect(lines(true)).toContain('web  http://127.0.0.1:7899/#token=secret')
    expect(lines(false)).toContain('web  http://127.0.0.1:7899')
    expect(lines(false).join('\n')).not.toContain('secret')
  })

  test('who starts a private swarm is told how another machine gets in', () => {
    const lines = greeting(
      { peerId, addresses: ['/ip4/192.168.1.9/tcp/7898'], apiUrl: 'http://127.0.0.1:7899', apiToken: 't' },
      { name: 'box', swarmKey: '/etc/grav1/swarm.key', apiName: [] },
      false
    )
    expect(lines).toContain('private swarm; "grav1 invite" lets in another machine')
    expect(lines.join('\n')).not.toContain('/etc/grav1')
  })

  test.each([
    [
      Object.assign(new Error('Database is not open'), {
        cause: Object.assign(new Error('x'), { code: 'LEVEL_LOCKED' })
      }),
      /Another grav1 node uses the data folder/
    ],
    [
      Object.assign(new Error('listen EADDRINUSE: address already in use 127.0.0.1:7899'), { code: 'EADDRINUSE' }),
      /^The port .*7899 is taken/
    ],
    [new Error('The identity file is damaged.'), /^The identity file is damaged\.$/]
  ])('says in one sentence why it did not start: %s', async (error, sentence) => {
    const { code, err } = await run(['node'], { loadDaemon: async () => failing(error) })
    expect(code).toBe(1)
    expect(err).toMatch(sentence)
    expect(err).not.toContain('\n')
  })
})

describe('submit', () => {
  test('follows the project of a running node and ends with the path', async () => {
    const { url, seen } = await fakeNode()
    const argv = [
      'submit',
      'film.mkv',
      '--api',
      url,
      '--params',
      '--cpu-used=6',
      '--output',
      'o.mkv',
      '--threshold',
      '-1'
    ]
    const { code, out } = await run(argv)
    expect(code).toBe(0)
    expect(out.at(-1)).toBe('/out/film.aom.mkv')
    expect(out[0]).toContain('[12/68 scenes] 42% 3641/8669 frames')
    expect(seen.find(({ line }) => line.startsWith('POST'))?.body).toEqual({
      input: join(dir, 'film.mkv'),
      encoder: 'aom',
      encoderParams: '--cpu-used=6',
      threshold: -1,
      output: join(dir, 'o.mkv')
    })
  })

  test.for([
    [[], '--target-quality=psnr=42'],
    [['--params', '--cpu-used=3'], '--cpu-used=3 --target-quality=psnr=42']
  ] as const)('with %j and a target quality asks for %s', async ([params, encoderParams]) => {
    const { url, seen } = await fakeNode()
    await run(['submit', 'film.mkv', '--api', url, ...params, '--target-quality', 'psnr=42'])
    expect(seen.find(({ line }) => line.startsWith('POST'))?.body).toMatchObject({ encoderParams })
  })

  test('asks for a sample by a whole number', async () => {
    const { url, seen } = await fakeNode()
    await run(['submit', 'film.mkv', '--api', url, '--sample', '5'])
    expect(seen.find(({ line }) => line.startsWith('POST'))?.body).toMatchObject({ sample: 5 })
    expect((await run(['submit', 'film.mkv', '--api', url, '--sample', 'five'])).code).toBe(2)
  })

  test('says what becomes of the other streams', async () => {
    const { url, seen } = await fakeNode()
    const choice = ['--audio', 'opus:48', '--subtitles', 'drop', '--attachments', 'copy']
    expect((await run(['submit', 'film.mkv', '--api', url, '--output', 'o.mp4', ...choice])).code).toBe(0)
    expect(seen.find(({ line }) => line.startsWith('POST'))?.body).toEqual({
      input: join(dir, 'film.mkv'),
      encoder: 'aom',
      output: join(dir, 'o.mp4'),
      audio: 'opus:48',
      subtitles: 'drop',
      attachments: 'copy'
    })
    for (const flag of ['--subtitles', '--attachments'])
      expect((await run(['submit', 'film.mkv', '--api', url, flag, 'burn'])).code).toBe(2)
  })

  test('tells why a project failed, five scenes at most', async () => {
    const failures = Array.from({ length: 7 }, (_, scene) => ({ scene, attempts: 3, reason: `exit ${scene}` }))
    const { url } = await fakeNode({ state: 'failed', reason: '7 scenes failed', failures })
    const { code, err } = await run(['submit', 'film.mkv', '--api', url])
    expect(code).toBe(1)
    expect(err).toContain('film.mkv failed: 7 scenes failed')
    expect(err).toContain('scene 5 failed 3 times: exit 4')
    expect(err).not.toContain('scene 6')
    expect(err).toContain('and 2 more')
  })

  test('speaks JSON lines', async () => {
    const { url } = await fakeNode()
    const { out } = await run(['submit', 'film.mkv', '--api', url, '--json'])
    const events = out.map((line) => JSON.parse(line) as { event: string; output?: string })
    expect(events.map(({ event }) => event)).toEqual(['submitted', 'progress', 'progress', 'done'])
    expect(events.at(-1)?.output).toBe('/out/film.aom.mkv')
  })

  test('shows each warning once, on stderr, before and while it is followed', async () => {
    const [early, late] = ['The video is interlaced.', 'The source is damaged.']
    let looks = 0
    const { url } = await serve(({ line, body }) => {
      if (line === 'GET /api/v2/status') return { json: swarm() }
      if (line.startsWith('POST')) {
        expect(body).toMatchObject({ deinterlace: true, videoTrack: 2, keepUids: true })
        return { status: 201, json: { projectId: 'p-1234', attached: false, warnings: [early] } }
      }
      const warnings = [early, late]
      looks += 1
      return {
        json: looks < 3 ? project({ warnings }) : project({ warnings, state: 'completed', outputPath: '/out/b.mkv' })
      }
    })
    const flags = ['--deinterlace', '--video-track', '2', '--keep-uids']
    const { code, err } = await run(['submit', 'b.mkv', '--api', url, ...flags])
    expect([code, err.split('\nfilm.mkv is done')[0]]).toEqual([0, `b.mkv: warning: ${early}\nb.mkv: warning: ${late}`])
    const { out } = await run(['submit', 'b.mkv', '--api', url, ...flags, '--json'])
    expect(out.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ event: 'warning', warning: late })
    )
  })

  test('goes on with the next input after a refusal, and fails', async () => {
    const { url } = await serve(({ line, body }) => {
      if (line === 'GET /api/v2/status') return { json: swarm() }
      if (line.startsWith('GET')) return { json: project({ state: 'completed', outputPath: '/out/b.mkv' }) }
      const bad = JSON.stringify(body).includes('a.mkv')
      return bad
        ? { status: 422, json: { detail: 'Input files not found: a.mkv', code: 'input-not-found' } }
        : { status: 201, json: { projectId: 'p-1234', attached: false, warnings: [] } }
    })
    const { code, out, err } = await run(['submit', 'a.mkv', 'b.mkv', '--api', url])
    expect([code, out.at(-1)]).toEqual([1, '/out/b.mkv'])
    expect(err.split('\n')).toEqual(
      expect.arrayContaining(['a.mkv was refused: Input files not found: a.mkv', 'b.mkv: submitted'])
    )
  })

  test('says that it goes on with a project that is there, and how far that is', async () => {
    const { url } = await serve(({ line }) => {
      if (line === 'GET /api/v2/status') return { json: swarm([project()]) }
      if (line.startsWith('POST')) return { json: { projectId: 'p-1234', attached: true, warnings: [] } }
      return { json: project({ state: 'completed', outputPath: '/out/film.aom.mkv' }) }
    })
    const { err } = await run(['submit', 'film.mkv', '--api', url])
    expect(err.split('\n').slice(0, 2)).toEqual(['film.mkv is already finished', 'film.mkv is done'])
    const { out } = await run(['submit', 'film.mkv', '--api', url, '--json'])
    expect(out.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ event: 'attached', projectId: 'p-1234', state: 'completed' })
    )
  })

  test('a preset names its encoder, and what it stands for is shown', async () => {
    const series = { name: 'series', about: '', own: true, params: { svt: '--preset=4' }, options: { audio: 'opus' } }
    const { url, seen } = await serve(({ line }) => {
      if (line === 'GET /api/v2/presets') return { json: [series] }
      if (line === 'GET /api/v2/status') return { json: swarm() }
      if (line.startsWith('POST')) return { status: 201, json: { projectId: 'p-1234', attached: false, warnings: [] } }
      return { json: project({ state: 'completed', outputPath: '/out/film.aom.mkv' }) }
    })
    const { code, err } = await run(['submit', 'film.mkv', '--api', url, '--preset', 'series'])
    expect([code, err.split('\n')[0]]).toEqual([0, 'preset series: svt --preset=4, --audio opus'])
    const asked = seen.find(({ line }) => line.startsWith('POST'))?.body
    expect(asked).toEqual({ input: join(dir, 'film.mkv'), encoder: 'svt', preset: 'series' })
    for (const flags of [
      ['--preset', 'film'],
      ['--preset', 'series', '--encoder', 'aom']
    ]) {
      const refused = await run(['submit', 'film.mkv', '--api', url, ...flags])
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--preset: ')])
    }
  })

  test('only detaches its display at Ctrl-C', async () => {
    const { url } = await fakeNode({ state: 'encoding' })
    const fake = fakeIo({ env, cwd: dir })
    const code = main(['submit', 'film.mkv', '--api', url], fake.io)
    await vi.waitFor(() => expect(fake.out).toHaveLength(1), { timeout: 60_000 })
    fake.raise('SIGINT')
    expect(await code).toBe(130)
    expect(fake.err).toEqual(['still running; see "grav1 status"'])
    expect(fake.listening()).toBe(0)
  })

  test('--detach prints the id, and needs a running node', async () => {
    const { url } = await fakeNode()
    expect(await run(['submit', 'film.mkv', '--api', url, '--detach'])).toMatchObject({ code: 0, out: ['p-1234'] })
    await nothingRuns()
    const { code, err } = await run(['submit', 'film.mkv', '--detach'])
    expect([code, err]).toEqual([1, '--detach needs a running node: start one with "grav1 node".'])
  })

  test('starts a node inside where none runs, and stops it at the end', async () => {
    await nothingRuns()
    const { loadDaemon, configs, stops } = await embeddable()
    const { code, out } = await run(['submit', 'film.mkv', '--workers', '2'], { loadDaemon })
    expect([code, out.at(-1), stops]).toEqual([0, '/out/film.aom.mkv', [false]])
    expect(configs[0]).toMatchObject({ workers: 2, apiHost: '127.0.0.1', apiPort: 0, logLevel: 'warn', dataDir: dir })
  })

  test('Ctrl-C stops the node inside and says how to go on', async () => {
    await nothingRuns()
    const { loadDaemon, stops } = await embeddable({ state: 'encoding' })
    const fake = fakeIo({ env, cwd: dir, loadDaemon })
    const code = main(['submit', 'film.mkv'], fake.io)
    await vi.waitFor(() => expect(fake.out).toHaveLength(1), { timeout: 60_000 })
    fake.raise('SIGINT')
    expect([await code, fake.err, stops]).toEqual([130, [LEFT, 'stopped; the same command resumes it'], [false]])
  })

  test('a node that was named is not replaced by one inside', async () => {
    const { code, err } = await run(['submit', 'film.mkv', '--api', 'http://127.0.0.1:1'])
    expect([code, err]).toEqual([1, expect.stringContaining('No node answers at http://127.0.0.1:1')])
  })
})

describe('status and cancel', () => {
  test('prints node, peers and projects', async () => {
    const { url } = await fakeNode()
    const { code, out } = await run(['status', '--api', url])
    expect(code).toBe(0)
    expect(out[0]).toMatch(/^node box 12D3KooW.*1\/2 slots busy, aom 3\.6\.0/)
    expect(out[0]).toMatch(/^other +\.\.\w{8} +local +1\/2 +- +- +aom 3\.6\.0 \(1f2e3d4c\) +no$/m)
    expect(out[0]).toMatch(/^p-1234 +film\.mkv +here +encoding +aom 3\.6\.0 \(1f2e3d4c\) +12\/68 +42% +39\.2 fps +2m$/m)
  })

  test('says who does nothing for what, and why', async () => {
    const here = { code: 'other-build' as const, reason: 'needs aom 3.12.1 (bc870609), here is aom 3.6.0 (c78c5efe)' }
    const projects = ['a', 'b', 'c', 'd'].map((name) =>
      project({ projectId: name, title: `${name}\u001b.mkv`, own: false, idle: here })
    )
    const own = project({ idle: null })
    const idle = ['p-1234', 'a'].map((projectId) => ({ projectId, code: 'paused' as const, reason: 'is paused\u001b' }))
    const peers = [peer({ name: 'laptop', idle }), peer({ name: 'watcher', slots: 0, idle })]
    const { url } = await serve(() => ({ json: { ...swarm([own, ...projects]), peers } }))
    const { out } = await run(['status', '--api', url])
    expect(out[0]?.split('\n\n').at(-1)?.split('\n')).toEqual([
      'not working for a?.mkv, b?.mkv, c?.mkv and 1 more here: needs aom 3.12.1 (bc870609), here is aom 3.6.0 (c78c5efe)',
      'idle for film.mkv: laptop is paused?'
    ])
  })

  test('cancel takes the unique start of an id', async () => {
    const { url, seen } = await serve(({ line }) =>
      line === 'GET /api/v2/status' ? { json: swarm([project(), project({ projectId: 'q-1' })]) } : { json: {} }
    )
    expect(await run(['cancel', 'p', '--api', url])).toMatchObject({ code: 0, out: ['cancelled p-1234 (film.mkv)'] })
    expect(seen.at(-1)?.line).toBe('POST /api/v2/projects/p-1234/cancel')
    expect(await run(['cancel', 'x', '--api', url])).toMatchObject({
      code: 2,
      err: 'There is no project "x". "grav1 projects --all" lists them.'
    })
  })

  test('retry and output name the project by the start of its id, and a file by the folder of the command', async () => {
    const { url, seen } = await serve(({ line }) =>
      line === 'GET /api/v2/status' ? { json: swarm([project()]) } : { json: project() }
    )
    expect(await run(['retry', 'p', '--api', url])).toMatchObject({ code: 0 })
    expect(seen.at(-1)?.line).toBe('POST /api/v2/projects/p-1234/retry')
    const { code, out } = await run(['output', 'p', 'other.mkv', '--overwrite', '--api', url])
    expect([code, out]).toEqual([0, [expect.stringMatching(/will be written to \/.*\/other\.mkv$/)]])
    expect(seen.at(-1)?.line).toBe('POST /api/v2/projects/p-1234/output')
  })

  test('cancel refuses a start that several ids have', async () => {
    const { url } = await serve(() => ({ json: swarm([project(), project({ projectId: 'p-9' })]) }))
    expect((await run(['cancel', 'p-', '--api', url])).err).toContain(
      '"p-" matches several projects: p-1234 (film.mkv), p-9 (film.mkv). Give an id.'
    )
  })

  test('status without a node fails', async () => {
    expect(await run(['status', '--api', 'http://127.0.0.1:1'])).toMatchObject({ code: 1 })
  })
})

describe('pause, resume, workers and drain', () => {
  const { node } = swarm()
  test.each([
    [['pause'], 'PATCH /api/v2/node', { paused: true }, 'paused box; 1 running scene is finished first. '],
    [['resume'], 'PATCH /api/v2/node', { paused: false }, 'box takes scenes again, 2 at once'],
    [['workers', '2'], 'PATCH /api/v2/node', { slots: 2 }, 'box now encodes 2 scenes at once'],
    [['drain'], 'POST /api/v2/node/drain', {}, 'box takes no more scenes']
  ])('%j', async (args, line, body, says) => {
    const { url, seen } = await serve(() => ({ json: node }))
    const { code, out } = await run([...args, '--api', url, '--token', 't'])
    expect([code, out.length]).toEqual([0, 1])
    expect(out[0]).toContain(says)
    expect(seen).toMatchObject([{ line, body, token: 'Bearer t' }])
  })

  test.each(['-1', '1025', '1.5', 'auto', ''])('workers %j is refused before the node is asked', async (n) => {
    const { url, seen } = await serve(() => ({ json: node }))
    const { code, err } = await run(['workers', '--api', url, '--', n])
    expect(code).toBe(2)
    expect(err).toContain('from 0 to 1024')
    expect(seen).toEqual([])
  })
})

test('cancel says whose project it is and what lets this node cancel it', async () => {
  const owner = '12D3KooWGzxzKZYveHXtpG6AsrUJBcWxHBFS2HsEoGTxrMLvKXtf'
  const status = {
    ...swarm([project({ owner, own: false })]),
    peers: [peer({ peerId: owner, name: 'attic\u001b[2J' })]
  }
  const { url } = await serve(({ line }) =>
    line === 'GET /api/v2/status'
      ? { json: status }
      : { status: 403, json: { detail: 'You are not allowed to do this!', code: 'not-allowed' } }
  )
  const { code, err } = await run(['cancel', 'p-1234', '--api', url])
  expect([code, err]).toEqual([
    1,
    `You are not allowed to do this! The project belongs to attic?[2J (${owner}), which obeys only nodes that it trusts: give the command there, or run "grav1 peers trust ${peerId}" there.`
  ])
})
