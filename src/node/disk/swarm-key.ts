import { open } from 'node:fs/promises'
import { generateKey } from '@libp2p/pnet'
import { ConfigError } from '../config/error.ts'
import { thisSystem } from '../../platform/index.ts'

const BYTES_MAX = 1024
const KEY_BYTES = 95

/** A key as the file holds it: three lines, the format that libp2p's pre-shared keys have. */
const KEY_FILE = /^\/key\/swarm\/psk\/1\.0\.0\/\r?\n\/base16\/\r?\n([0-9a-f]{64})\s*$/i

/** A new random key, as text for a file. */
export function newSwarmKey(): string {
  const key = new Uint8Array(KEY_BYTES)
  generateKey(key)
  return Buffer.from(key).toString()
}

/** The key in such a text, in the form that libp2p takes; undefined where it holds none. */
export function swarmKeyIn(text: string): Uint8Array | undefined {
  const hex = KEY_FILE.exec(text)?.[1]
  return hex === undefined ? undefined : Buffer.from(`/key/swarm/psk/1.0.0/\n/base16/\n${hex.toLowerCase()}`)
}

/**
 * The pre-shared key of a private swarm.
 * @param warn told when others than the file's user could read it
 * @throws ConfigError `swarm-key` when the file is missing, cannot be read or holds no key; never quotes what is in it
 */
export async function loadSwarmKey(path: string, warn: (message: string) => void): Promise<Uint8Array> {
  const { text, mode } = await readKeyFile(path)
  const key = swarmKeyIn(text)
  if (key === undefined)
    throw new ConfigError('swarm-key', `${path} does not hold a swarm key. Make one with "grav1 swarm-key > ${path}".`)
  if ((mode & 0o077) !== 0 && thisSystem.hasModes)
    warn(`other users of this machine may have access to the swarm key: chmod 600 ${path}`)
  return key
}

async function readKeyFile(path: string): Promise<{ readonly text: string; readonly mode: number }> {
  try {
    await using file = await open(path)
    const { mode } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BYTES_MAX), 0, BYTES_MAX, 0)
    return { text: buffer.toString('utf8', 0, bytesRead), mode }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new ConfigError('swarm-key', `The swarm key ${path} (--swarm-key) can't be read: ${code}.`, { cause })
  }
}
