import { realpath } from 'node:fs/promises'
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

/** Where a request's `output` may lie, which is relative to the folder of `input`; its folder has to be there. @throws ApiRefusal */
export async function resolveOutput(
  name: string,
  input: string,
  media: readonly string[],
  trusted: boolean
): Promise<string> {
  const path = isAbsolute(name) ? resolve(name) : resolve(dirname(input), name)
  const hasNul = name.includes('\0')
  if (trusted && !hasNul) return path
  const folder = await realpath(dirname(path)).catch(() => undefined)
  const real = folder == null ? undefined : join(folder, basename(path))
  if (real == null || hasNul || isOddName(name) || !isBelow(real, media)) {
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
