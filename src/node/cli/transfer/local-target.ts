import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { defaultName } from '../../owner/submit-output.ts'
import { filledIn } from '../../http/submissions.ts'
import { CliError } from '../errors.ts'
import type { Place } from '../submit-place.ts'

/** What decides the name of a result. */
export interface Named {
  /** Path of the film on this machine. */
  readonly film: string
  /** Its own name, e.g. `aom`. */
  readonly encoder: string
  readonly sample: number | undefined
}

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false
  )

/** Where a result of another node gets its place on this machine: what `--output` says, or beside the film as if it had been made here. */
export async function localTarget({ folder, output }: Place, named: Named): Promise<string> {
  const { film, encoder, sample } = named
  const fileName = defaultName({ named: film, encoder, sample })
  if (output === undefined) return join(dirname(film), fileName)
  const path = resolve(filledIn(output, { named: film, encoder }))
  return output === folder || (await isFolder(path)) ? join(path, fileName) : path
}

/** @throws {@link CliError} `usage` where the result would replace a file, or has no folder */
export async function checkTarget(target: string, overwrite: boolean): Promise<void> {
  if (!(await isFolder(dirname(target)))) throw new CliError('usage', `There is no folder ${dirname(target)}.`)
  const found = await stat(target).catch(() => undefined)
  if (found?.isDirectory() === true) throw new CliError('usage', `${target} is a folder.`)
  if (found !== undefined && !overwrite)
    throw new CliError('usage', `${target} already exists; use --overwrite or another --output.`)
}
