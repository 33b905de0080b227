import { writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { startHttpServer } from '../../../../src/node/http/http-server.ts'
import { loadTls } from '../../../../src/node/http/tls.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import type { ApiPorts } from '../../../../src/api/ports.ts'

const none = (): void => undefined

/** A key and a certificate for localhost that it signed itself. */
async function pair(folder: string, name: string) {
  const [tlsCert, tlsKey] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', tlsKey]
  await execa('openssl', ['req', '-x509', ...key, '-out', tlsCert, ...subject])
  return { tlsCert, tlsKey }
}

test('both files or neither', async () => {
  expect(await loadTls({}, none)).toBeUndefined()
  for (const half of [{ tlsCert: '/c.pem' }, { tlsKey: '/k.pem' }])
    await expect(loadTls(half, none)).rejects.toMatchObject({ code: 'tls', message: expect.stringContaining('both') })
})

test('what is wrong with a file is said in one sentence that names it', async () => {
  const folder = await tempDir()
  const [own, other] = [await pair(folder, 'own'), await pair(folder, 'other')]
  const text = join(folder, 'text')
  await writeFile(text, 'nothing\n')
  const locked = join(folder, 'locked.key')
  await execa('openssl', ['ec', '-in', own.tlsKey, '-aes128', '-passout', 'pass:x', '-out', locked])
  for (const [change, message] of [
    [{ tlsCert: '/nowhere/c' }, "The file /nowhere/c (--tls-cert) can't be read: ENOENT."],
    [{ tlsKey: '/nowhere/k' }, "The file /nowhere/k (--tls-key) can't be read: ENOENT."],
    [{ tlsCert: text }, `The file ${text} (--tls-cert) does not hold a certificate.`],
    [{ tlsKey: text }, `The file ${text} (--tls-key) holds no private key without a passphrase.`],
    [{ tlsKey: locked }, `The file ${locked} (--tls-key) holds no private key without a passphrase.`],
    [{ tlsKey: other.tlsKey }, `The key ${other.tlsKey} does not belong to the certificate ${own.tlsCert}.`]
  ] as const)
    await expect(loadTls({ ...own, ...change }, none)).rejects.toMatchObject({ code: 'tls', message })
})

test('an expired certificate is used with a warning', async () => {
  const warnings: string[] = []
  const files = await pair(await tempDir(), 'old')
  const inTwoMonths = Date.now() + 60 * 86_400_000
  expect(await loadTls(files, (message) => warnings.push(message))).toBeDefined()
  expect(warnings).toEqual([])
  expect(await loadTls(files, (message) => warnings.push(message), inTwoMonths)).toBeDefined()
  expect(warnings).toEqual([expect.stringContaining('has expired')])
})

test('the server speaks TLS with it, and its URL has a name of the certificate', async () => {
  const files = await pair(await tempDir(), 'own')
  const tls = await loadTls(files, none)
  const log = { error: none }
  const server = await startHttpServer({} as ApiPorts, {
    host: '127.0.0.1',
    names: ['localhost'],
    port: 0,
    token: 't',
    tls,
    log
  })
  onTestFinished(server.stop)
  expect(server.url).toMatch(/^https:\/\/localhost:\d+$/)
  const answered = Promise.withResolvers<unknown[]>()
  get(`${server.url}/api/v2/session`, { ca: tls?.cert, headers: { authorization: 'Bearer t' } }, (answer) => {
    answered.resolve([answer.statusCode, answer.headers['strict-transport-security']])
    answer.resume()
  }).on('error', answered.reject)
  expect(await answered.promise).toEqual([200, undefined])
})
