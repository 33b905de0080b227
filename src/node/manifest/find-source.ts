import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { sampleSource } from '../../encode/index.ts'
import { ManifestError } from './error.ts'
import type { ManifestBody } from './schema.ts'

/**
 * The source that a manifest names: the file that was given, or the one of its name beside the film.
 * @throws ManifestError `no-source` where there is none, or it is another file
 */
export async function findSource(
  { source }: Pick<ManifestBody, 'source'>,
  film: string,
  given: string | undefined
): Promise<string> {
  // The manifest is somebody's text: its name stays in the film's folder.
  const path = given ?? join(dirname(film), basename(source.name))
  const found = await stat(path).catch(() => undefined)
  if (found === undefined)
    throw new ManifestError('no-source', `${path} does not exist; name the source of the film with --source`)
  const isSame =
    found.isFile() &&
    found.size === source.bytes &&
    (source.samples === undefined || source.samples === (await sampleSource(path)))
  if (isSame) return path
  throw new ManifestError('no-source', `${path} is not the source of the film: its bytes differ`)
}
