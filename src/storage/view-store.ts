import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeFileAtomic } from './atomic-file.ts'
import { sayingWhenFull } from './disk-errors.ts'
import type { KeptViews } from '../swarm/index.ts'

const SUM_BYTES = 4

/** Views of projects that have ended. One file `<folder>/<project id>` for each project: the crc-32 of what follows, big-endian, and that. Damaged ones are removed. */
export function createViewStore(folder: string): KeptViews {
  function pathOf(projectId: string): string {
    if (!/^[a-z0-9]{1,128}$/i.test(projectId)) throw new RangeError('not the id of a project')
    return join(folder, projectId)
  }

  async function readOne(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const content = await readFile(join(folder, name))
    const bytes = content.subarray(SUM_BYTES)
    const isWhole = bytes.length > 0 && content.readUInt32BE(0) === crc32(bytes)
    return isWhole ? bytes : undefined
  }

  return {
    put: async (projectId, bytes) =>
      sayingWhenFull(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const content = new Uint8Array(SUM_BYTES + bytes.length)
        new DataView(content.buffer).setUint32(0, crc32(bytes))
        content.set(bytes, SUM_BYTES)
        await writeFileAtomic(pathOf(projectId), content)
      }),
    all: async function* all() {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      // A file that was not renamed when its node was killed is of no project.
      for (const projectId of names.filter((name) => !name.includes('.'))) {
        const bytes = await readOne(projectId)
        if (bytes === undefined) await rm(join(folder, projectId), { force: true })
        else yield { projectId, bytes }
      }
    },
    delete: async (projectId) => rm(pathOf(projectId), { force: true })
  }
}
