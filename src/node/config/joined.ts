import { access, constants, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './error.ts'

/** The swarm that a data folder joined by an invitation. */
export const joinedSwarm = z.object({
  /** Names a private swarm, whose key is in {@link SWARM_KEY_FILE}; empty for an open one. */
  swarm: z.string().regex(/^(?:[0-9a-f]{16})?$/),
  /** Peer id of the node that invited. */
  inviter: z.string(),
  joinedAtMs: z.number(),
  /** Where nodes of the swarm are. */
  bootstrap: z.array(z.string()).max(64)
})

export type JoinedSwarm = Readonly<z.infer<typeof joinedSwarm>>

const JOINED_FILE = 'joined.json'
const SWARM_KEY_FILE = 'swarm.key'

export const joinedFile = (dataDir: string): string => join(dataDir, JOINED_FILE)
export const joinedKeyFile = (dataDir: string): string => join(dataDir, SWARM_KEY_FILE)

const mayEnter = async (folder: string): Promise<boolean> =>
  access(folder, constants.X_OK).then(
    () => true,
    () => false
  )

/** @returns undefined where the folder joined no swarm. @throws ConfigError `joined` */
export async function readJoined(dataDir: string): Promise<JoinedSwarm | undefined> {
  const path = joinedFile(dataDir)
  try {
    return joinedSwarm.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    // Who may not look into the folder of another user's node can still ask that node. Only the file: a node would start in an open swarm instead.
    if (code === 'EACCES' && !(await mayEnter(dataDir))) return undefined
    throw new ConfigError('joined', `${path} cannot be read: delete it, and join again with "grav1 join".`, { cause })
  }
}
