import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.ts'

/** Files of the blobs that a node holds. */
async function blobFiles(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Turns a bit in the middle of each blob of a node. One that the node deletes meanwhile is gone. */
async function flipAll(dataDir: string): Promise<void> {
  for (const file of await blobFiles(dataDir)) {
    const data = await readFile(file).catch(() => undefined)
    const at = (data?.byteLength ?? 0) >> 1
    if (data === undefined || data[at] === undefined) continue
    data[at] ^= 0x10
    await chmod(file, 0o600)
      .then(async () => writeFile(file, data, { flag: 'r+' }))
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
  }
}

/** A bit is turned in all blobs of one side. */
const flipped = (side: 'owner' | 'workers', isDown: boolean): Fault => ({
  name: `${side === 'owner' ? 'owner-blobs' : 'worker-blobs'}-flipped-${isDown ? 'down' : 'running'}`,
  what: `a bit turns in every blob of ${side === 'owner' ? 'the owner' : 'the workers'} while ${side === 'owner' ? 'it' : 'they'} ${isDown ? (side === 'owner' ? 'is down' : 'are down') : side === 'owner' ? 'runs' : 'run'}`,
  when: 'at 4 of 10 scenes',
  run: async (stage) => {
    await stage.enterAll()
    const film = await stage.submit()
    await stage.whenDone(film, 4)
    const names = side === 'owner' ? ['owner'] : ['a', 'b']
    if (isDown) await stage.kill(...names)
    for (const name of names) await flipAll(stage.node(name).dataDir)
    if (isDown) for (const name of names) await stage.again(name)
    await stage.whenComplete(film)
  }
})

/** What lies on disks is lost or damaged. */
export const blobs: readonly Fault[] = [
  flipped('owner', true),
  flipped('owner', false),
  flipped('workers', true),
  flipped('workers', false),
  {
    name: 'database-deleted',
    what: 'the database of the owner is deleted while it is down',
    when: 'at 4 of 10 scenes',
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 4)
      await stage.kill('owner')
      await rm(join(stage.node('owner').dataDir, 'db'), { recursive: true })
      await stage.again('owner')
      await stage.whenComplete(film)
    }
  },
  {
    name: 'worker-folder-deleted',
    what: 'a worker loses its data folder, and with it who it is, while it is down',
    when: 'at 4 of 10 scenes',
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 4)
      await stage.kill('a')
      await rm(stage.node('a').dataDir, { recursive: true })
      await stage.again('a')
      await stage.whenComplete(film)
    }
  }
]
