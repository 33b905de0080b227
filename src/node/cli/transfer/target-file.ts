import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Call } from '../definition.ts'
import { CliError } from '../errors.ts'

/** Where the file goes: below a folder under its own name. @throws {@link CliError} `usage` where it would replace a file */
export async function targetFile(
  given: string,
  name: string,
  { io, options }: Pick<Call, 'io' | 'options'>
): Promise<string> {
  const path = resolve(io.cwd, given)
  const found = await stat(path).catch(() => undefined)
  const target = found?.isDirectory() === true ? join(path, name) : path
  const isTaken = target === path ? found !== undefined : (await stat(target).catch(() => undefined)) !== undefined
  if (isTaken && options['overwrite'] !== true)
    throw new CliError('usage', `${target} already exists; name another file or add --overwrite.`)
  if ((await stat(dirname(target)).catch(() => undefined))?.isDirectory() !== true)
    throw new CliError('usage', `There is no folder ${dirname(target)}.`)
  return target
}
