import { mkdtemp, mkdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configText, loadConfig } from '../../../../src/node/config/index.ts'
import { main } from '../../../../src/node/main.ts'
import { fakeIo } from './fixtures.ts'

let folder: string
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'grav1-init-')))
  await mkdir(join(folder, 'films'))
})
afterAll(async () => rm(folder, { recursive: true }))

async function init(args: readonly string[], answers?: readonly string[]) {
  const left = [...(answers ?? [])]
  const ask = answers && (async () => left.shift() ?? '')
  const { io, out, err } = fakeIo({ cwd: folder, ask })
  const code = await main(['init', ...args], io)
  return { code, out: out.join('\n'), err: err.join('\n'), left }
}

test('answers become a config file of these settings alone, which a node can read', async () => {
  const file = join(folder, 'asked.toml')
  const { code, out, left } = await init(['--config', file], ['attic', '4', join(folder, 'films'), '', 'y'])
  expect(code).toBe(0)
  expect(left).toEqual([])
  expect(out).toContain(`grav1 node --config ${file}`)
  const text = await readFile(file, 'utf8')
  const set = { name: 'attic', workers: 4, media: [join(folder, 'films')], 'api-host': '0.0.0.0' }
  expect(parse(text)).toEqual(set)
  expect(text).toMatch(/^# scenes encoded at once.*\(default: auto/m)
  const config = await loadConfig({ flags: { config: file }, env: {}, cwd: '/' })
  expect(config).toMatchObject({ name: 'attic', workers: 4, media: set.media, apiHost: '0.0.0.0' })
})

test('options answer questions, paths count from here, and a size stays as it was typed', async () => {
  const file = join(folder, 'flags.toml')
  const options = ['--workers', '0', '--media', 'films', '--upload-quota', '1.5T', '--no-mdns', '--threads', '2']
  const { code, left } = await init(['--config', file, ...options], ['attic', '', ''])
  expect([code, left]).toEqual([0, []])
  expect(parse(await readFile(file, 'utf8'))).toEqual({
    name: 'attic',
    workers: 0,
    threads: 2,
    media: [join(folder, 'films')],
    'upload-quota': '1.5T',
    mdns: false
  })
})

test('with --yes and nothing else the file sets nothing, and without a terminal that has to be said', async () => {
  const file = join(folder, 'yes.toml')
  expect((await init(['--config', file])).code).toBe(2)
  expect((await init(['--config', file, '--yes'])).code).toBe(0)
  expect(parse(await readFile(file, 'utf8'))).toEqual({})
})

test('an answer that is not allowed is asked for again', async () => {
  const file = join(folder, 'again.toml')
  const { err } = await init(['--config', file], ['', 'many', '3', '', 'not an address', '', ''])
  expect(err).toContain('use auto or a whole number from 0 to 1024')
  expect(err).toContain('use a TCP multiaddr')
  expect(parse(await readFile(file, 'utf8'))).toEqual({ workers: 3 })
})

test('a file that is there stays unless --force is given', async () => {
  const file = join(folder, 'there.toml')
  await init(['--config', file, '--workers', '1'])
  const refused = await init(['--config', file, '--workers', '2'])
  expect([refused.code, refused.err]).toEqual([1, `${file} already exists; --force replaces it.`])
  expect(parse(await readFile(file, 'utf8'))).toEqual({ workers: 1 })
  expect((await init(['--config', file, '--workers', '2', '--force'])).code).toBe(0)
  expect(parse(await readFile(file, 'utf8'))).toEqual({ workers: 2 })
})

test('what a node would refuse is refused, and nothing is written', async () => {
  const file = join(folder, 'refused.toml')
  for (const wrong of [
    ['--media', 'no-such-folder'],
    ['--workers', 'many'],
    ['--api-port', '70000']
  ] as const) {
    const { code, err } = await init(['--config', file, ...wrong])
    expect([code, err]).toEqual([2, expect.stringContaining(`${wrong[0]}: "`)])
  }
  await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('text that TOML has marks for comes back as it was', () => {
  const name = 'a "b" \\ # c'
  expect(parse(configText({ name, workers: '007', watch: ['/x, y'] }))).toMatchObject({ name, watch: ['/x, y'] })
})
