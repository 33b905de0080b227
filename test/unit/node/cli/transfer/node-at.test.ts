import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, loadConfig } from '../../../../../src/node/config/index.ts'
import { nodeAt } from '../../../../../src/node/cli/transfer/node-at.ts'
import { tempDir } from '../../../../fixtures/temp-dir.ts'

const at = async (text: string, token?: string) => nodeAt(text, { token, env: {}, dataDir: '/nonexistent', nodes: [] })

test.for([
  ['nas', 'http://nas:7899', undefined],
  ['nas.local:8000', 'http://nas.local:8000', undefined],
  ['192.168.1.10:80', 'http://192.168.1.10', undefined],
  ['[fe80::1]:7000', 'http://[fe80::1]:7000', undefined],
  ['https://encode.example', 'https://encode.example', undefined],
  ['http://nas:7899/#token=abc', 'http://nas:7899', 'abc'],
  ['http://nas/', 'http://nas', undefined]
] as const)('%s is %s', async ([text, url, token]) => {
  expect(await at(text)).toEqual({ url, token, explicit: true })
})

test.for(['', 'a b', 'ftp://nas', 'nas/films', 'user@nas', 'nas:99999'])('%j is no node', async (text) => {
  await expect(at(text)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('--at') as string })
})

test('a token of the command line counts before that of the address', async () => {
  expect((await at('http://nas:7899/#token=abc', 'other')).token).toBe('other')
})

async function configOf(text: string) {
  const folder = await tempDir()
  const path = join(folder, 'config.toml')
  await writeFile(path, text)
  await writeFile(join(folder, 'nas.token'), 'secret\n')
  return loadConfig({ flags: { config: path }, env: {}, cwd: folder })
}

test('a name of the config file stands for its address and token', async () => {
  const { nodes } = await configOf('[nodes.nas]\nurl = "http://10.0.0.2:7899"\ntoken-file = "nas.token"\n')
  const init = { env: {}, dataDir: '/nonexistent', nodes }
  expect(await nodeAt('nas', init)).toEqual({ url: 'http://10.0.0.2:7899', token: 'secret', explicit: true })
  // Any other name is a host.
  expect((await nodeAt('nas2', init)).url).toBe('http://nas2:7899')
})

test.for([
  ['nodes = 3', /not a table/],
  ['[nodes.nas]\nurl = "nas"', /"nas".*not allowed/],
  ['[nodes.nas]\nurl = "http://nas"\ntoken = "x"', /"nas".*not allowed/],
  ['[nodes."a b"]\nurl = "http://nas"', /"a b".*not allowed/]
] as const)('the config file %j is refused', async ([text, sentence]) => {
  await expect(configOf(text)).rejects.toThrow(ConfigError)
  await expect(configOf(text)).rejects.toThrow(sentence)
})

test('a token file that is not there is named', async () => {
  const { nodes } = await configOf('[nodes.nas]\nurl = "http://10.0.0.2:7899"\ntoken-file = "none"\n')
  await expect(nodeAt('nas', { env: {}, dataDir: '/nonexistent', nodes })).rejects.toThrow(/"nas" cannot be read/)
})
