import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultApiUrl, findNode } from '../../../../src/node/cli/find-node.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'grav1-find-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

async function running(url: string, pid = process.pid): Promise<void> {
  await writeFile(join(dataDir, 'api.json'), JSON.stringify({ url, pid, addresses: [] }))
  await writeFile(join(dataDir, 'api-token'), 'folder-token\n')
}

describe('findNode', () => {
  test('falls back to the default address, without a token', async () => {
    expect(await findNode({ env: {}, dataDir })).toEqual({ url: defaultApiUrl, token: undefined, explicit: false })
  })

  test('finds the node that runs on the data folder, and its token', async () => {
    await running('http://127.0.0.1:4242')
    const target = { url: 'http://127.0.0.1:4242', token: 'folder-token', explicit: false }
    expect(await findNode({ env: {}, dataDir })).toEqual(target)
  })

  test('takes --api over GRAV1_API over api.json', async () => {
    await running('http://127.0.0.1:4242')
    const env = { GRAV1_API: 'http://127.0.0.1:2/' }
    expect(await findNode({ env, dataDir })).toMatchObject({ url: 'http://127.0.0.1:2', explicit: true })
    expect(await findNode({ api: 'http://127.0.0.1:1', env, dataDir })).toMatchObject({ url: 'http://127.0.0.1:1' })
  })

  test("sends the folder's token to no other node", async () => {
    await running('http://127.0.0.1:4242')
    const token = async (api: string) => (await findNode({ api, env: {}, dataDir })).token
    expect(await token('http://localhost:4242')).toBe('folder-token')
    expect(await token('http://127.0.0.1:4243')).toBeUndefined()
    expect(await token('http://example.org:4242')).toBeUndefined()
    expect(await token('https://127.0.0.1:4242')).toBeUndefined()
  })

  test('trusts the certificate of the node that runs here, one that is gone does no harm', async () => {
    const certificate = join(dataDir, 'tls.crt')
    const info = { url: 'https://localhost:4242', pid: process.pid, certificate }
    await writeFile(join(dataDir, 'api.json'), JSON.stringify(info))
    expect(await findNode({ env: {}, dataDir })).toMatchObject({ url: 'https://localhost:4242' })
    const tlsKey = join(dataDir, 'tls.key')
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        tlsKey,
        '-out',
        certificate,
        '-subj',
        '/CN=localhost'
      ],
      { stdio: 'ignore' }
    )
    const { fingerprint256 } = new X509Certificate(await readFile(certificate))
    const isTrusted = () =>
      getCACertificates('default').some((one) => new X509Certificate(one).fingerprint256 === fingerprint256)
    await findNode({ api: 'https://elsewhere.example', env: {}, dataDir })
    expect(isTrusted()).toBe(false)
    await findNode({ env: {}, dataDir })
    expect(isTrusted()).toBe(true)
  })

  test('takes --token over GRAV1_TOKEN over the file', async () => {
    await running('http://127.0.0.1:4242')
    const env = { GRAV1_TOKEN: 'from-env' }
    expect((await findNode({ env, dataDir })).token).toBe('from-env')
    expect((await findNode({ token: 'from-flag', env, dataDir })).token).toBe('from-flag')
  })

  test.each([
    ['a dead process', '{"url":"http://127.0.0.1:4242","pid":4194304999}'],
    ['a file cut short', '{"url":"http://127.0'],
    ['another scheme', `{"url":"file:///etc/passwd","pid":${process.pid}}`]
  ])('ignores api.json of %s', async (_what, text) => {
    await writeFile(join(dataDir, 'api.json'), text)
    expect((await findNode({ env: {}, dataDir })).url).toBe(defaultApiUrl)
  })

  test('refuses what is no http URL', async () => {
    await expect(findNode({ api: 'ftp://x', env: {}, dataDir })).rejects.toMatchObject({ code: 'usage' })
    await expect(findNode({ env: { GRAV1_API: 'x' }, dataDir })).rejects.toThrow('GRAV1_API: "x"')
  })
})
