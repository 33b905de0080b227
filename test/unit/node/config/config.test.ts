import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError, configKeys, configOptions, loadConfig, optionsTable } from '../../../../src/node/config/index.ts'
import type { ConfigFlags, Environment } from '../../../../src/node/config/index.ts'

const peer = '12D3KooWQYz6mYwhmyVBxXnT9eWj8y9kkmjbaDGBC9BrF6H4jFCJ'
let cwd: string
let empty: string

beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'grav1-config-')))
  empty = join(cwd, 'empty.toml')
  await writeFile(empty, '')
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

const load = (flags: ConfigFlags = {}, env: Environment = {}) =>
  loadConfig({ flags, env: { GRAV1_CONFIG: empty, ...env }, cwd })

const refusal = async (flags: ConfigFlags, env: Environment = {}): Promise<ConfigError> => {
  const error: unknown = await load(flags, env).then(
    () => undefined,
    (error: unknown) => error
  )
  if (error instanceof ConfigError) return error
  throw new Error(`expected a ConfigError, got ${String(error)}`)
}

async function withFile(text: string): Promise<string> {
  await mkdir(join(cwd, 'etc'), { recursive: true })
  const path = join(cwd, 'etc', 'grav1.toml')
  await writeFile(path, text)
  return path
}

describe('the swarm that the data folder joined', () => {
  const address = (port: number): string => `/ip4/10.0.0.1/tcp/${port}/p2p/${peer}`
  const joined = async (change: object = {}): Promise<void> =>
    writeFile(
      join(cwd, 'joined.json'),
      JSON.stringify({ swarm: 'aa'.repeat(8), inviter: peer, joinedAtMs: 1, bootstrap: [address(1)], ...change })
    )

  test('gives its key, and its addresses beside those that are given', async () => {
    await joined()
    expect(await load({ dataDir: cwd, bootstrap: [address(2)] })).toMatchObject({
      swarmKey: join(cwd, 'swarm.key'),
      bootstrap: [address(2), address(1)]
    })
    expect((await load({ dataDir: cwd, swarmKey: 'other.key' })).swarmKey).toBe(join(cwd, 'other.key'))
    expect((await load({ dataDir: join(cwd, 'elsewhere') })).swarmKey).toBeUndefined()
  })

  test('has no key where it is open', async () => {
    await joined({ swarm: '' })
    expect(await load({ dataDir: cwd })).toMatchObject({ swarmKey: undefined, bootstrap: [address(1)] })
  })

  test.for(['{', '{}', '{"swarm": "../key", "inviter": "", "joinedAtMs": 0, "bootstrap": []}'])(
    'is an error that says what to do where the file holds %s',
    async (text) => {
      await writeFile(join(cwd, 'joined.json'), text)
      const { code, message } = await refusal({ dataDir: cwd })
      expect([code, message]).toEqual(['joined', expect.stringContaining('join again with "grav1 join"')])
    }
  )
})

describe('loadConfig', () => {
  test('has a default for everything', async () => {
    expect(await load()).toMatchObject({
      bootstrap: [],
      listen: ['/ip4/0.0.0.0/tcp/7898'],
      workers: 'auto',
      threads: 1,
      queue: 1,
      apiHost: '127.0.0.1',
      apiPort: 7899,
      apiName: [],
      apiOrigin: [],
      auth: 'auto',
      tlsCert: undefined,
      tlsKey: undefined,
      media: [cwd],
      uploadQuota: 53_687_091_200,
      uploadLimit: 0,
      downloadLimit: 0,
      limitLan: false,
      nice: 19,
      logLevel: 'info',
      debug: [],
      mdns: true,
      trust: [],
      swarmKey: undefined,
      leaseTtlMs: undefined
    })
  })

  test('names no media folder when started in /', async () => {
    const config = await loadConfig({ flags: {}, env: { GRAV1_CONFIG: empty }, cwd: '/' })
    expect(config.media).toEqual([])
  })

  test('takes flags over environment over file over defaults', async () => {
    const config = await withFile('workers = 1\nthreads = 2\nqueue = 3\n')
    const loaded = await load({ config, workers: '7' }, { GRAV1_WORKERS: '5', GRAV1_THREADS: '6' })
    expect([loaded.workers, loaded.threads, loaded.queue, loaded.nice]).toEqual([7, 6, 3, 19])
  })

  test('splits lists of the environment, and takes arrays from the file', async () => {
    const a = `/ip4/10.0.0.1/tcp/7898/p2p/${peer}`
    const b = '/dns4/example.org/tcp/7898'
    expect((await load({}, { GRAV1_BOOTSTRAP: `${a}, ${b}` })).bootstrap).toEqual([a, b])
    const config = await withFile(`bootstrap = ["${b}"]\nmdns = false\ntrust = ["all", "${peer}"]\n`)
    expect(await load({ config })).toMatchObject({ bootstrap: [b], mdns: false, trust: ['all', peer] })
  })

  test('resolves paths of the file from its folder, others from the current one', async () => {
    await mkdir(join(cwd, 'videos'))
    await mkdir(join(cwd, 'etc', 'videos'), { recursive: true })
    const config = await withFile('data-dir = "data"\nmedia = ["videos"]\nswarm-key = "swarm.key"\n')
    expect(await load({ config })).toMatchObject({
      dataDir: join(cwd, 'etc', 'data'),
      swarmKey: join(cwd, 'etc', 'swarm.key'),
      media: [join(cwd, 'etc', 'videos')]
    })
    expect(await load({ dataDir: 'data', media: ['videos'] })).toMatchObject({
      dataDir: join(cwd, 'data'),
      media: [join(cwd, 'videos')]
    })
  })

  test('says where a bad value came from and what is allowed', async () => {
    expect((await refusal({ workers: 'many' })).message).toBe(
      '--workers: "many" is not allowed; use auto or a whole number from 0 to 1024.'
    )
    expect((await refusal({}, { GRAV1_API_PORT: '70000' })).message).toBe(
      'GRAV1_API_PORT: "70000" is not allowed; use a whole number from 0 to 65535.'
    )
    const config = await withFile('nice = 20\n')
    expect((await refusal({ config })).message).toBe(
      `nice in ${config}: 20 is not allowed; use a whole number from 0 to 19.`
    )
  })

  test.each([
    ['bootstrap', ['/ip4/10.0.0.1/tcp/7898', 'localhost:7898'], '"localhost:7898"'],
    ['bootstrap', ['/ip4/10.0.0.1'], '"/ip4/10.0.0.1"'],
    ['listen', ['/ip4/0.0.0.0/udp/1/quic-v1'], '"/ip4/0.0.0.0/udp/1/quic-v1"'],
    ['trust', ['anybody'], '"anybody"'],
    ['media', ['missing'], '"missing"'],
    ['threads', '0', '"0"'],
    ['apiName', ['box.local', 'https://box'], '"https://box"'],
    ['apiOrigin', ['https://encode.example/'], '"https://encode.example/"'],
    ['apiOrigin', ['*'], '"*"'],
    ['apiOrigin', ['null'], '"null"'],
    ['auth', 'never', '"never"'],
    ['name', 'a\u0007b', 'a\u0007b'],
    ['logLevel', 'loud', '"loud"'],
    ['leaseTtlMs', '1.5', '"1.5"']
  ])('refuses --%s %s', async (key, value, shown) => {
    const error = await refusal({ [key]: value })
    expect(error.code).toBe('invalid-value')
    expect(error.message).toContain(shown)
  })

  test('refuses unknown keys, broken TOML and a named file that is missing', async () => {
    expect(await refusal({ config: await withFile('worker = 1\n') })).toMatchObject({
      code: 'unknown-key',
      message: expect.stringContaining('unknown key "worker"')
    })
    expect(await refusal({ config: await withFile('workers = \n') })).toMatchObject({ code: 'config-syntax' })
    expect(await refusal({}, { GRAV1_CONFIG: 'nowhere.toml' })).toMatchObject({
      code: 'config-unreadable',
      message: expect.stringContaining('(from GRAV1_CONFIG)')
    })
  })
})

test('optionsTable has a row for every option', () => {
  const table = optionsTable()
  for (const key of configKeys) expect(table).toContain(`\`${configOptions[key].flag}\``)
  expect(table).toContain('`GRAV1_DATA_DIR`')
})
