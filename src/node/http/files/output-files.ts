import { stat } from 'node:fs/promises'
import { hashFile } from '../../../common/hash-file.ts'
import type { LogBook, ServedFile } from '../../../swarm/index.ts'
import type { End, ProjectView } from '../../../swarm/protocol/index.ts'
import type { OwnerService } from '../../owner/owner-service.ts'

export interface OutputFilesComponents {
  readonly peerId: string
  readonly book: Pick<LogBook, 'views'>
  readonly owner: Pick<OwnerService, 'jobOf'>
}

/** Finished files of this node's own projects, as long as they are what was published. */
export interface OutputFiles {
  readonly of: (view: ProjectView) => Promise<ServedFile | undefined>
  readonly find: (sha256: string) => Promise<ServedFile | undefined>
}

/** Files of which is remembered that they were hashed. */
const HASHED_MAX = 1000

export function createOutputFiles({ peerId, book, owner }: OutputFilesComponents): OutputFiles {
  /** State of a file on the disk → whether it has its hash. */
  const hashed = new Map<string, Promise<boolean>>()

  async function isUnchanged(path: string, { outputSha256, outputBytes, endedAtMs }: End): Promise<boolean> {
    const found = await stat(path).catch(() => undefined)
    if (found == null || !found.isFile() || found.size !== outputBytes) return false
    // The end is written after the file.
    if (found.mtimeMs <= endedAtMs) return true
    const key = `${outputSha256} ${found.ino} ${found.size} ${found.mtimeMs}`
    const known = hashed.get(key)
    if (known != null) return known
    const [oldest] = hashed.keys()
    if (hashed.size >= HASHED_MAX && oldest != null) hashed.delete(oldest)
    const answer = hashFile(path).then(
      (sha256) => sha256 === outputSha256,
      () => false
    )
    hashed.set(key, answer)
    return answer
  }

  async function of({ projectId, end }: ProjectView): Promise<ServedFile | undefined> {
    const path = owner.jobOf(projectId)?.output
    if (path == null || end?.state !== 'completed' || !(await isUnchanged(path, end))) return undefined
    return { path, bytes: end.outputBytes }
  }

  return {
    of,
    find: async (sha256) => {
      for (const view of book.views.values()) {
        if (view.owner !== peerId || view.end?.outputSha256 !== sha256) continue
        const file = await of(view)
        if (file != null) return file
      }
      return undefined
    }
  }
}
