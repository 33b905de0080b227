import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SubmitRequest } from '../../api/schemas/index.ts'
import { ParamsError, positionWords, readZonesFile } from '../../encode/rules/index.ts'
import { CliError } from './errors.ts'

/** What the flags of `grav1 submit` say of scenes. */
export interface SceneFlags {
  readonly zones?: string
  readonly cuts?: string
  readonly range?: string
}

/** Far more than any list of cuts that a person made. */
const FILE_CHARS_MAX = 1024 * 1024

async function readText(flag: string, file: string, cwd: string): Promise<string> {
  let text
  try {
    text = await readFile(resolve(cwd, file), 'utf8')
  } catch (cause) {
    throw new CliError('usage', `${flag}: ${file} cannot be read.`, { cause })
  }
  if (text.length > FILE_CHARS_MAX) throw new CliError('usage', `${flag}: ${file} is too long for a list.`)
  return text.replace(/^\uFEFF/, '')
}

function asUsage<T>(flag: string, task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error
    throw new CliError('usage', `${flag}: ${error.message}`, { cause: error })
  }
}

/** Looks like positions rather than like the name of a file. */
const isList = (text: string): boolean => /^[\d:.,f\s]+$/.test(text)

/** Reads the files that the flags name. @throws CliError `usage` that names the flag, and the line */
export async function sceneRequest(
  { zones, cuts, range }: SceneFlags,
  cwd: string
): Promise<Pick<SubmitRequest, 'zones' | 'cuts' | 'range'>> {
  const zonesText = zones === undefined ? undefined : await readText('--zones', zones, cwd)
  const cutsText = cuts === undefined || isList(cuts) ? cuts : await readText('--cuts', cuts, cwd)
  return {
    zones: zonesText === undefined ? undefined : asUsage('--zones', () => readZonesFile(zonesText)),
    cuts: cutsText === undefined ? undefined : asUsage('--cuts', () => positionWords(cutsText)),
    range
  }
}
