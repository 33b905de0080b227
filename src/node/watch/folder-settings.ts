import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'
import { firstIssue } from '../../api/bodies.ts'
import { optionFields, submitRequest, type SubmitRequest } from '../../api/schemas/index.ts'
import { submitOption, submitOptionNames, type SubmitOptionName } from '../../api/submit/options.ts'
import { errorText } from '../../common/error-text.ts'

/** The file in a watched folder that says what its films are submitted with. */
export const SETTINGS_FILE = 'grav1.toml'

/** About one film, or about one submission. */
const OF_ONE_FILM: ReadonlySet<SubmitOptionName> = new Set([
  'zones',
  'cuts',
  'range',
  'sample',
  'videoTrack',
  'title',
  'restart',
  'waitComplete'
])

const names = submitOptionNames.filter((name) => !OF_ONE_FILM.has(name))
const byFlag = new Map(names.map((name) => [submitOption(name).flag as string, name]))

/** Keys are the names of the flags of `grav1 submit`. */
const settings = z.strictObject({
  encoder: z.string().min(1).optional(),
  'output-dir': z.string().min(1).optional(),
  ...Object.fromEntries([...byFlag].map(([flag, name]) => [flag, optionFields[name]]))
})

/** What the films of a folder are submitted with. */
export interface FolderSettings {
  /** Undefined: what the preset is for, or the usual one. */
  readonly encoder: string | undefined
  readonly options: Omit<SubmitRequest, 'input' | 'encoder'>
  /** Folder that has to be there; undefined where results lie beside the films. */
  readonly outputDir: string | undefined
  /** Changes with the file. */
  readonly text: string
}

/** The settings of a folder cannot be used; the message is a sentence. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

const wishes = submitRequest.omit({ input: true, encoder: true })

function readText(text: string, folder: string): FolderSettings {
  const given = settings.parse(parse(text))
  const { encoder, 'output-dir': dir, ...flags } = given
  const outputDir = dir === undefined ? undefined : resolve(folder, dir)
  const options = Object.fromEntries(Object.entries(flags).map(([flag, value]) => [byFlag.get(flag), value]))
  const { output = '' } = wishes.parse(options)
  const place = resolve(outputDir ?? folder, output)
  return {
    encoder,
    options: wishes.parse({ ...options, ...(outputDir === undefined && output === '' ? {} : { output: place }) }),
    outputDir,
    text
  }
}

/** The settings of a folder; a folder without a file has none. @throws SettingsError */
export async function readFolderSettings(folder: string): Promise<FolderSettings> {
  const path = join(folder, SETTINGS_FILE)
  try {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    return readText(text, folder)
  } catch (cause) {
    const what = cause instanceof z.ZodError ? firstIssue(cause) : (errorText(cause).split('\n')[0] ?? '')
    throw new SettingsError(`${path} cannot be used: ${what}`, { cause })
  }
}
