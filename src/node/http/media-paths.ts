import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { ApiRefusal } from '../../api/refusal.ts'
import { isOddName } from '../../platform/index.ts'

/** A file that a request names. */
export interface ResolvedInput {
  /** Its real path. */
  readonly path: string
  /** What its output and title are named after: the link, where it is one and lies where the caller may write; otherwise `path`. */
  readonly named: string
}

/**
 * The file that a request's `input` names. Relative names are looked for below each media folder.
 * @param trusted may name any path; otherwise the real path lies below a media folder.
 * @returns undefined when there is no such file.
 */
export async function resolveInput(
  name: string,
  media: readonly string[],
  trusted: boolean
): Promise<ResolvedInput | undefined> {
  if (name.includes('\0') || (!trusted && isOddName(name))) return undefined
  const candidates = isAbsolute(name) ? [name] : media.map((root) => resolve(root, name))
  for (const candidate of candidates) {
    const path = await realpath(candidate).catch(() => undefined)
    if (path == null || !(trusted || isBelow(path, media))) continue
    const place = join(await realpath(dirname(candidate)), basename(candidate))
    return { path, named: trusted || isBelow(place, media) ? place : path }
  }
  return undefined
}

export interface OutputInit {
  /** What a relative name is meant from: the film's own place. */
  readonly input: string
  /** The file in a folder that is named. */
  readonly fileName: string
  readonly media: readonly string[]
  readonly trusted: boolean
}

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false
  )

/** The file that a request's `output` names, or the one in the folder that it names; its folder has to be there. @throws ApiRefusal */
export async function resolveOutput(name: string, { input, fileName, media, trusted }: OutputInit): Promise<string> {
  const isBad = name.includes('\0') || (!trusted && isOddName(name))
  const named = isAbsolute(name) ? resolve(name) : resolve(dirname(input), name)
  const path = !isBad && (await isFolder(named)) ? join(named, fileName) : named
  if (trusted && !isBad) return path
  const folder = isBad ? undefined : await realpath(dirname(path)).catch(() => undefined)
  const real = folder == null ? undefined : join(folder, basename(path))
  if (real == null || !isBelow(real, media)) {
    throw new ApiRefusal(
      'output-unwritable',
      400,
      'The output does not lie below a media folder of this node; see --media.',
      { field: 'output' }
    )
  }
  return real
}

/** Whether a real path lies below one of the folders. */
export function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => {
    const inside = relative(root, path)
    return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)
  })
}
