import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createLogBook, createSigner, type Logger } from '../../swarm/index.ts'
import { takeEpoch } from '../owner/reign.ts'
import { openStorage } from '../boot/open-storage.ts'
import { createShutdown } from '../boot/shutdown.ts'
import { openDataDir } from '../disk/data-dir.ts'
import { loadIdentity } from '../disk/identity.ts'
import { openStandings } from '../peers/standings.ts'
import { createFolderApi } from './folder-api.ts'
import { createFolderOwner } from './folder-owner.ts'

export interface OpenFolderInit {
  /** What the node that runs on it is called. */
  readonly name: string
  /** Told of what is damaged in the folder. */
  readonly warn: (message: string) => void
}

/** A data folder on which no node runs. Its database is locked until it is closed. */
export interface OpenFolder {
  /** Answers what `/api/v2` of a node would. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly close: () => Promise<void>
}

/** Whether a node ever ran on the folder. */
async function isUsed(dataDir: string): Promise<boolean> {
  try {
    await Promise.all(['identity.key', 'db'].map(async (name) => access(join(dataDir, name))))
    return true
  } catch {
    return false
  }
}

/**
 * Opens what a node keeps on disk, without the network and without going on with anything.
 * What is written is signed with the key of the node, in an epoch of its own, as that node would have done it; the swarm hears of it at the next start.
 * @returns undefined where no node ever ran on the folder. @throws StorageError where another process has it open
 */
export async function openFolder(dataDir: string, { name, warn }: OpenFolderInit): Promise<OpenFolder | undefined> {
  if (!(await isUsed(dataDir))) return undefined
  const shutdown = createShutdown()
  const log: Logger = {
    debug: () => {},
    info: () => {},
    warn: (_, message) => warn(message),
    error: (_, message) => warn(message)
  }
  try {
    const paths = await openDataDir(dataDir)
    const { own, database, heads, kept } = await openStorage({ dataDir, paths, log, shutdown })
    const signer = createSigner(await loadIdentity(dataDir))
    const book = createLogBook({
      store: database.log,
      journal: own,
      signer,
      log,
      heads,
      kept
    })
    await book.load()
    const standings = await openStandings({ path: paths.peers, warn })
    let epoch: Promise<number> | undefined
    const { peerId } = signer
    const owner = await createFolderOwner(
      { peerId, book, own, database, epoch: async () => (epoch ??= takeEpoch(dataDir, book.highestOwnEpoch())) },
      { workDir: paths.projects }
    )
    return { fetch: createFolderApi({ peerId, name, book, owner, standings }), close: shutdown.run }
  } catch (error) {
    await shutdown.run()
    throw error
  }
}
