import { createHash } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { firstBytes } from '../../common/text.ts'
import { openOutput, type OutputFile, removeUnfinished } from '../../encode/index.ts'
import { isManifest } from './signed.ts'
import { ManifestError } from './error.ts'

/** Bytes of a manifest that is read at all: about a hundred hours of one-second scenes. */
const MANIFEST_BYTES_MAX = 512 * 1024 * 1024

const ENDING = '.grav1.json'

/** What the file systems of today's computers take as a name. */
const NAME_BYTES_MAX = 255

/** Where the manifest of a film lies. A name that would be too long ends in a mark of the whole one. */
export function manifestPathOf(film: string): string {
  const name = basename(film)
  if (Buffer.byteLength(name + ENDING) <= NAME_BYTES_MAX) return `${film}${ENDING}`
  const ending = `.${createHash('sha256').update(name).digest('hex').slice(0, 8)}${ENDING}`
  return join(dirname(film), `${firstBytes(name, NAME_BYTES_MAX - ending.length)}${ending}`)
}

/** @throws ManifestError `no-manifest` or `not-a-manifest` */
export async function readManifestText(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new ManifestError('no-manifest', `${path} cannot be read`, { cause })
  })
  if (!found.isFile() || found.size > MANIFEST_BYTES_MAX)
    throw new ManifestError('not-a-manifest', `${path} is not a grav1 manifest`)
  return readFile(path, 'utf8')
}

/** Whether a manifest lies there. */
const isManifestThere = async (path: string): Promise<boolean> => readManifestText(path).then(isManifest, () => false)

/** Whether a manifest may be written there: nothing lies there, or one whose film is gone. */
export async function isManifestPlaceFree(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined || isManifestThere(path)
}

/** A manifest that gets its name after its film. */
export interface ManifestFilePlace {
  /** Writes and flushes it under a hidden name. @throws the system's error */
  readonly write: (text: string) => Promise<void>
  readonly publish: OutputFile['publish']
  readonly discard: OutputFile['discard']
}

/** Prepares writing the manifest of a film. @throws MediaError `output-exists` or `output-unwritable` */
export async function openManifestPlace(film: string, overwrite: boolean, workDir: string): Promise<ManifestFilePlace> {
  const path = manifestPathOf(film)
  // What comes while the film is made is not replaced.
  const { partPath, publish, discard } = await openOutput(path, overwrite || (await isManifestThere(path)), workDir)
  const write = async (text: string): Promise<void> => {
    const file = await open(partPath, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
  }
  return { write, publish, discard }
}

/** Removes what an earlier run left of a film and of its manifest when it was killed. */
export async function removeUnfinishedFilm(film: string, workDir: string): Promise<void> {
  await Promise.all([removeUnfinished(film, workDir), removeUnfinished(manifestPathOf(film), workDir)])
}
