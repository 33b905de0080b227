import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  type FilmGrain,
  filmGrain,
  ParamsError,
  positionWords,
  readGrainEntries,
  readZonesFile
} from '../../encode/rules/index.ts'
import { CliError } from './errors.ts'
import { type FileWishes, readScenesFile } from './scenes-file/read-scenes.ts'

/** Far more than any list of cuts that a person made. */
const FILE_CHARS_MAX = 1024 * 1024

async function readText(flag: string, file: string, cwd: string, charsMax = FILE_CHARS_MAX): Promise<string> {
  let text
  try {
    text = await readFile(resolve(cwd, file), 'utf8')
  } catch (cause) {
    throw new CliError('usage', `${flag}: ${file} cannot be read.`, { cause })
  }
  if (text.length > charsMax) throw new CliError('usage', `${flag}: ${file} is too long for a list.`)
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

/** Frames or times where scenes must start: a list, or the name of a file of them. @throws CliError `usage` that names the flag, and the line */
export async function readCuts(flag: string, given: string, cwd: string): Promise<string[]> {
  const text = isList(given) ? given : await readText(flag, given, cwd)
  return asUsage(flag, () => positionWords(text))
}

/** Reads a file of zones. @throws CliError `usage` that names the flag, and the line */
export async function readZones(flag: string, file: string, cwd: string): Promise<ReturnType<typeof readZonesFile>> {
  const text = await readText(flag, file, cwd)
  return asUsage(flag, () => readZonesFile(text))
}

/** A scene is about 1,000 characters of JSON, twice in the file. */
const SCENES_CHARS_MAX = 64 * FILE_CHARS_MAX

/** Reads a scenes file of Av1an. @throws CliError `usage` that names the flag, and the scene */
export async function readScenes(flag: string, file: string, cwd: string): Promise<FileWishes> {
  return readScenesFile(await readText(flag, file, cwd, SCENES_CHARS_MAX))
}

/** Reads a film grain table. @returns the value of the parameter. @throws CliError `usage` that names the flag */
export async function readGrain(flag: string, file: string, cwd: string): Promise<FilmGrain> {
  const text = await readText(flag, file, cwd)
  return asUsage(flag, () => filmGrain(readGrainEntries(text)))
}
