import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MediaError } from '../../encode/index.ts'

async function deviceOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ dev }) => dev,
    () => undefined
  )
}

/**
 * The folder at which the disk of a file's folder is mounted.
 * @returns undefined on the disk of the root, where nothing can be unmounted, and where the folder cannot be read
 */
export async function mountOf(file: string): Promise<string | undefined> {
  const folder = await realpath(dirname(file)).catch(() => undefined)
  const device = folder === undefined ? undefined : await deviceOf(folder)
  if (folder === undefined || device === undefined) return undefined
  for (let mount = folder; dirname(mount) !== mount; mount = dirname(mount))
    if ((await deviceOf(dirname(mount))) !== device) return mount
  return undefined
}

/**
 * A disk that was unmounted leaves its folder behind, on the disk below: a film would be written there and be hidden by the next mount.
 * @param mount what `mountOf` gave at the submission; undefined checks nothing
 * @throws MediaError `output-unwritable`
 */
export async function checkMounted(mount: string | undefined): Promise<void> {
  if (mount === undefined) return
  const [device, below] = await Promise.all([deviceOf(mount), deviceOf(dirname(mount))])
  if (device !== undefined && device === below)
    throw new MediaError(
      'output-unwritable',
      `the disk that was mounted at ${mount} when the film was submitted is not mounted; mount it`
    )
}
