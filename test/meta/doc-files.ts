import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** Names, from the root, of the files below a folder that end so. */
export async function filesBelow(folder: string, ending: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort()
}

export const read = async (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8')

/** Every page of the documentation. */
export async function pages(): Promise<string[]> {
  const top = (await readdir(ROOT)).filter((name) => name.endsWith('.md'))
  return [...top, ...(await filesBelow('docs', '.md'))]
}

/** A page without its blocks of code, with as many lines. */
export const withoutCode = (text: string): string =>
  text.replaceAll(/^ *```[\s\S]*?^ *```/gm, (block) => block.replaceAll(/[^\n]/g, ''))
