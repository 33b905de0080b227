import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError } from '../../../../src/node/config/index.ts'
import { createDaemon } from '../../../../src/node/daemon.ts'
import { main } from '../../../../src/node/main.ts'
import { loadSwarmKey, newSwarmKey } from '../../../../src/node/disk/swarm-key.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import { fakeIo } from '../cli/fixtures.ts'

async function keyFile(text: string, mode = 0o600): Promise<string> {
  const path = join(await tempDir(), 'swarm.key')
  await writeFile(path, text)
  await chmod(path, mode)
  return path
}

async function load(path: string): Promise<{ key: string; warnings: string[] }> {
  const warnings: string[] = []
  const key = await loadSwarmKey(path, (message) => warnings.push(message))
  return { key: Buffer.from(key).toString(), warnings }
}

async function refusal(path: string): Promise<ConfigError> {
  const error: unknown = await load(path).catch((error: unknown) => error)
  if (error instanceof ConfigError) return error
  throw new Error(`expected a ConfigError, got ${JSON.stringify(error)}`)
}

test('what the command prints is a key, each time another one', async () => {
  const printed = await Promise.all(
    [1, 2].map(async () => {
      const { io, out, err } = fakeIo()
      expect(await main(['swarm-key'], io)).toBe(0)
      expect(err.join('\n')).toContain('--swarm-key swarm.key')
      return out.join('\n')
    })
  )
  expect(printed[0]).not.toBe(printed[1])
  for (const text of printed) expect(await load(await keyFile(`${text}\n`))).toEqual({ key: text, warnings: [] })
})

test('line ends, capitals and what editors add make no difference', async () => {
  const key = newSwarmKey()
  const [a, b, hex = ''] = key.split('\n')
  for (const text of [`${key}\n\n`, `${a}\r\n${b}\r\n${hex}\r\n`, `${a}\n${b}\n${hex.toUpperCase()}`])
    expect((await load(await keyFile(text))).key).toBe(key)
})

test.for([0o644, 0o640, 0o660, 0o604])('mode %o is warned about', async (mode) => {
  const path = await keyFile(newSwarmKey(), mode)
  expect((await load(path)).warnings).toEqual([expect.stringContaining(`chmod 600 ${path}`)])
})

test.for([0o600, 0o400])('mode %o is not', async (mode) => {
  expect((await load(await keyFile(newSwarmKey(), mode))).warnings).toEqual([])
})

test.for([
  ['nothing', ''],
  ['something else', 'correct horse battery staple'],
  ['a short key', '/key/swarm/psk/1.0.0/\n/base16/\n00ff'],
  ['another base', `/key/swarm/psk/1.0.0/\n/base64/\n${'ab'.repeat(32)}`],
  ['a key of later times', `/key/swarm/psk/2.0.0/\n/base16/\n${'ab'.repeat(32)}`],
  ['two keys', `${newSwarmKey()}\n${newSwarmKey()}`],
  ['no hex', `/key/swarm/psk/1.0.0/\n/base16/\n${'xy'.repeat(32)}`]
] as const)('%s is no key, and is not quoted', async ([, text]) => {
  const path = await keyFile(text)
  const error = await refusal(path)
  expect(error.code).toBe('swarm-key')
  expect(error.message).toContain(path)
  if (text !== '') expect(error.message).not.toContain(text.slice(-20))
})

test('a missing file and a folder are said to be unreadable', async () => {
  const folder = await tempDir()
  await mkdir(join(folder, 'key'))
  expect((await refusal(join(folder, 'none'))).message).toContain('ENOENT')
  expect((await refusal(join(folder, 'key'))).message).toContain('EISDIR')
})

test('a node with a bad key does not start, and makes no data folder', async () => {
  const folder = await tempDir()
  const dataDir = join(folder, 'data')
  const { io, err } = fakeIo({
    cwd: folder,
    env: { GRAV1_CONFIG: join(folder, 'empty.toml') },
    loadDaemon: async () => createDaemon
  })
  await writeFile(join(folder, 'empty.toml'), '')
  expect(await main(['node', '--swarm-key', 'none.key', '--data-dir', dataDir, '--log-level', 'silent'], io)).toBe(2)
  expect(err).toEqual([`The swarm key ${join(folder, 'none.key')} (--swarm-key) can't be read: ENOENT.`])
  expect(await readdir(folder)).toEqual(['empty.toml'])
})
