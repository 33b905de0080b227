import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { writeFileAtomic } from '../../storage/index.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

export const identityFile = (dataDir: string): string => join(dataDir, 'identity.key')

/**
 * The node's key, made at the first start: `<dataDir>/identity.key`, readable by its user only.
 * @throws Error when the file is not a key; it is never replaced, since the peer id hangs on it.
 */
export async function loadIdentity(dataDir: string): Promise<Ed25519PrivateKey> {
  const path = identityFile(dataDir)
  const stored = await readStored(path)
  if (stored == null) return createIdentity(dataDir, path)
  try {
    await chmod(path, 0o600)
    const key = privateKeyFromProtobuf(Buffer.from(stored.trim(), 'base64'))
    if (key.type === 'Ed25519') return key
  } catch (cause) {
    throw new Error(`${path} is damaged: restore it from a copy, or remove it to start as a new peer`, { cause })
  }
  throw new Error(`${path} does not hold an Ed25519 key`)
}

async function readStored(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

async function createIdentity(dataDir: string, path: string): Promise<Ed25519PrivateKey> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const key = await generateKeyPair('Ed25519')
  const aside = join(dataDir, `identity.${randomUUID()}`)
  await writeFileAtomic(aside, `${Buffer.from(privateKeyToProtobuf(key)).toString('base64')}\n`)
  try {
    await link(aside, path)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(aside, { force: true })
  }
  // Another start on this folder was first.
  return loadIdentity(dataDir)
}
