import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, parse } from 'node:path'
import { containerOf, ENCODERS } from '../../encode/rules/index.ts'
import type { SourceInfo } from '../../encode/index.ts'

/** A finished file of this node. */
export interface OwnOutput {
  readonly path: string
  readonly bytes: number
}

/** Endings of files that films come in. */
const FILMS = /^\.(?:mkv|mk3d|mp4|m4v|webm|avi|mov|m?ts|m2ts|mpe?g|vob|wmv|asf|flv|f4v|og[vm]|3gp|mxf|y4m|rmvb?|divx)$/i

/** The name that grav1 gives a result: what the source is called, the encoder, and a number where the name was taken. */
function readName(name: string): { readonly stem: string; readonly codec: string } | undefined {
  const [, stem, encoder] = /^(.+?)(?:\.sample)?\.([a-z0-9-]+?)(?:-\d+)?$/.exec(name) ?? []
  const known = Object.values(ENCODERS).find((one) => one.name === encoder)
  return stem === undefined || known === undefined
    ? undefined
    : { stem, codec: known.fourcc === 'AV01' ? 'av1' : 'vp9' }
}

async function hasSource(folder: string, stem: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => [])
  return names.map((name) => parse(name)).some(({ name, ext }) => name === stem && FILMS.test(ext))
}

/**
 * Whether a file is a result of grav1: a finished file of this node's projects, or one that is named and encoded like a result and lies beside its source.
 * @param named what it was asked for by, where that is a link
 */
export async function isOwnResult(
  named: string,
  { path, bytes, codec }: Pick<SourceInfo, 'path' | 'bytes' | 'codec'>,
  outputs: readonly OwnOutput[]
): Promise<boolean> {
  for (const output of outputs) if (output.bytes === bytes && (await isSameFile(output.path, path))) return true
  for (const one of new Set([named, path])) {
    const result = readName(parse(one).name)
    if (result === undefined || containerOf(one) === undefined || result.codec !== codec) continue
    if (await hasSource(dirname(one), result.stem)) return true
  }
  return false
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  if (a === b || (await realpath(a).catch(() => a)) === b) return true
  const [one, other] = await Promise.all([stat(a), stat(b)]).catch(() => [])
  return one != null && other != null && one.ino === other.ino && one.dev === other.dev
}
