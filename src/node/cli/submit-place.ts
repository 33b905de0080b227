import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { errorText } from '../../common/error-text.ts'
import { makeFolder } from '../../platform/index.ts'
import { CliError } from './errors.ts'

/** What a command says of the place of its results. */
export interface PlaceOptions {
  /** A file, a folder, or a name with `{stem}` and `{encoder}` in it. */
  readonly output?: string | undefined
  /** Folder that `output` is meant from; results lie in it. */
  readonly outputDir?: string | undefined
}

export interface PlaceInit {
  readonly cwd: string
  /** Films that are submitted. */
  readonly films: number
}

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false
  )

/** The folder that has to be there, and what every submission says of its output. */
export interface Place {
  /** Undefined: none is made. */
  readonly folder: string | undefined
  readonly output: string | undefined
}

/** @throws CliError `usage` where several films would become one file */
export async function placeOf({ output, outputDir }: PlaceOptions, { cwd, films }: PlaceInit): Promise<Place> {
  const asFolder = output !== undefined && /[\\/]$/.test(output) ? output : undefined
  const folder = outputDir ?? asFolder
  const base = folder === undefined ? undefined : resolve(cwd, folder)
  if (output === undefined || output === asFolder) return { folder: base, output: base }
  const path = resolve(base ?? cwd, output)
  if (films > 1 && !output.includes('{stem}') && !(await isFolder(path)))
    throw new CliError(
      'usage',
      '--output names one file; for several films give a folder, or a name such as "{stem}.{encoder}.mkv".'
    )
  return { folder: base, output: path }
}

/** @throws CliError `usage` */
export async function makeResultsFolder(folder: string): Promise<void> {
  await makeFolder(folder).catch((cause: unknown) => {
    throw new CliError('usage', `The folder ${folder} cannot be created: ${errorText(cause)}.`, { cause })
  })
}
