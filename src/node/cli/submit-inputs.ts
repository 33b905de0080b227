import { glob, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { byName, isVideoName } from '../../common/video-names.ts'
import { CliError } from './errors.ts'

type Kind = 'file' | 'folder' | 'nothing'

async function kindOf(path: string): Promise<Kind> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return 'nothing'
  return found.isDirectory() ? 'folder' : 'file'
}

async function videosIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CliError('usage', `The folder ${folder} cannot be read.`, { cause })
  })
  const names = entries.filter((entry) => !entry.isDirectory() && isVideoName(entry.name)).map(({ name }) => name)
  if (names.length === 0) throw new CliError('usage', `There is no video in the folder ${folder}.`)
  return names.toSorted(byName).map((name) => join(folder, name))
}

async function matching(pattern: string, cwd: string): Promise<string[]> {
  const found: string[] = []
  for await (const entry of glob(pattern, { cwd })) {
    const path = resolve(cwd, entry)
    if (isVideoName(entry.split(/[\\/]/).at(-1) ?? '') && (await kindOf(path)) === 'file') found.push(path)
  }
  if (found.length === 0) throw new CliError('usage', `No video matches ${pattern}.`)
  return found.toSorted(byName)
}

async function expanded(input: string, cwd: string): Promise<string[]> {
  const path = resolve(cwd, input)
  const kind = await kindOf(path)
  if (kind === 'folder') return videosIn(path)
  // A file may have such a name; what is not here may lie at another node.
  return kind === 'nothing' && /[*?[{]/.test(input) ? matching(input, cwd) : [path]
}

/**
 * The films that the inputs of a command name, as absolute paths, each once: files as they are, of folders the videos that lie in them, of patterns the videos that match.
 * @throws CliError `usage` for a folder or a pattern without a video
 */
export async function submitInputs(inputs: readonly string[], cwd: string): Promise<string[]> {
  const films = await Promise.all(inputs.map(async (input) => expanded(input, cwd)))
  return [...new Set(films.flat())]
}
