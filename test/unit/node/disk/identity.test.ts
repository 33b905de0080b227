import { chmod, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { describe, expect, test } from 'vitest'
import { loadApiToken, openDataDir, publishApi } from '../../../../src/node/disk/data-dir.ts'
import { loadIdentity } from '../../../../src/node/disk/identity.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

describe('the identity', () => {
  test('is made once, for its user only, and stays', async () => {
    const folder = join(await tempDir(), 'new')
    const first = await loadIdentity(folder)
    const path = join(folder, 'identity.key')
    expect(await mode(path)).toBe(0o600)
    expect(await readdir(folder)).toEqual(['identity.key'])
    await chmod(path, 0o644)
    const again = await loadIdentity(folder)
    expect(await mode(path)).toBe(0o600)
    expect(peerIdFromPrivateKey(again).toString()).toBe(peerIdFromPrivateKey(first).toString())
  })

  test('is one for all that start at once on a new folder', async () => {
    const folder = join(await tempDir(), 'new')
    const keys = await Promise.all(Array.from({ length: 5 }, async () => loadIdentity(folder)))
    expect(new Set(keys.map((key) => peerIdFromPrivateKey(key).toString())).size).toBe(1)
    expect(await readdir(folder)).toEqual(['identity.key'])
  })

  test('differs from node to node', async () => {
    const [a, b] = await Promise.all([loadIdentity(await tempDir()), loadIdentity(await tempDir())])
    expect(peerIdFromPrivateKey(a).equals(peerIdFromPrivateKey(b))).toBe(false)
  })

  test.for(['empty', 'cut', 'garbage'] as const)('a file that is %s is refused and kept', async (damage) => {
    const folder = await tempDir()
    await loadIdentity(folder)
    const path = join(folder, 'identity.key')
    if (damage === 'cut') await truncate(path, 40)
    else await writeFile(path, damage === 'empty' ? '' : 'not a key\n')
    const before = await readFile(path)
    await expect(loadIdentity(folder)).rejects.toThrow(path)
    expect((await readFile(path)).equals(before)).toBe(true)
  })

  test('a key of another kind is refused', async () => {
    const folder = await tempDir()
    const key = privateKeyToProtobuf(await generateKeyPair('secp256k1'))
    await writeFile(join(folder, 'identity.key'), Buffer.from(key).toString('base64'))
    await expect(loadIdentity(folder)).rejects.toThrow('Ed25519')
  })
})

describe('the data folder', () => {
  test('is for its user only, also when it was there before', async () => {
    const folder = await tempDir()
    await chmod(folder, 0o755)
    const paths = await openDataDir(folder)
    expect(await mode(folder)).toBe(0o700)
    for (const path of Object.values(paths)) expect(path.startsWith(`${folder}/`)).toBe(true)
  })

  test('the token is long, made once, for its user only; a damaged one is replaced', async () => {
    const path = join(await tempDir(), 'api-token')
    const token = await loadApiToken(path)
    expect(token).toMatch(/^[0-9a-f]{64}$/)
    await chmod(path, 0o644)
    expect(await loadApiToken(path)).toBe(token)
    expect(await mode(path)).toBe(0o600)
    await truncate(path, 10)
    const next = await loadApiToken(path)
    expect(next).toMatch(/^[0-9a-f]{64}$/)
    expect(next).not.toBe(token)
    await rm(path)
    expect(await loadApiToken(path)).not.toBe(next)
  })

  test('says where the API is until it is taken back', async () => {
    const folder = await tempDir()
    const path = join(folder, 'api.json')
    const takeBack = await publishApi(path, { url: 'http://127.0.0.1:1', addresses: ['/ip4/127.0.0.1/tcp/2'] })
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      url: 'http://127.0.0.1:1',
      addresses: ['/ip4/127.0.0.1/tcp/2'],
      pid: process.pid
    })
    await takeBack()
    await takeBack()
    expect(await readdir(folder)).toEqual([])
  })
})
