import { opendir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { ApiRefusal } from '../../api/modules.ts'
import { isBelow, resolveInput } from '../media-paths.ts'

/** Names in an answer, and looked at for it: a folder may hold millions. */
const NAMES_MAX = 5_000
const LOOKED_AT_MAX = 20_000

/**
 * Names of files and folders below the media folders, sorted, folders with a slash at the end. Hidden ones are left out, and so is what leads out of the media folders.
 * @param folder as `input` names it; empty for the media folders themselves. @throws ApiRefusal
 */
export async function listMedia(media: readonly string[], folder: string): Promise<string[]> {
  const names = new Set<string>()
  if (folder !== '') for await (const name of namesIn(await resolveFolder(media, folder), media)) names.add(name)
  else for (const root of media) for await (const name of namesIn(root, media, 'if-there')) names.add(name)
  return [...names].sort((a, b) => (a < b ? -1 : 1)).slice(0, NAMES_MAX)
}

async function resolveFolder(media: readonly string[], folder: string): Promise<string> {
  const isHidden = folder.split(/[/\\]/).some((part) => part.startsWith('.') && part !== '.')
  const path = isHidden ? undefined : ((await resolveInput(folder, media, false)) ?? rootAt(folder, media))
  if (path == null) throw new ApiRefusal('not-found', 404, 'There is no such folder below the media folders.')
  return path
}

/** A media folder itself. */
const rootAt = (folder: string, media: readonly string[]): string | undefined =>
  isAbsolute(folder) ? media.find((root) => root === folder.replace(/(?<=.)\/+$/, '')) : undefined

async function* namesIn(path: string, media: readonly string[], mode?: 'if-there'): AsyncGenerator<string> {
  const opened = await opendir(path).catch((cause: unknown) => {
    if (mode === 'if-there') return []
    throw new ApiRefusal('not-found', 404, 'That is no folder that this node can read.', { cause })
  })
  let looked = 0
  for await (const { name } of opened) {
    looked += 1
    if (looked > LOOKED_AT_MAX) return
    if (name.startsWith('.')) continue
    const real = await realpath(join(path, name)).catch(() => undefined)
    if (real == null || !isBelow(real, media)) continue
    const found = await stat(real).catch(() => undefined)
    if (found?.isDirectory() === true) yield `${name}/`
    else if (found?.isFile() === true) yield name
  }
}
