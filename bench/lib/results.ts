import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { figureFile, type FigureFile } from './figure.ts'
import { FIGURES } from './figures.ts'

/** The published figures, one JSON file each. */
export const RESULTS = resolve(import.meta.dirname, '../results')

/** Those that were measured, in the order of the page. @throws where there is a file of no figure */
export async function publishedResults(): Promise<readonly FigureFile[]> {
  const found = await Promise.all(
    (await readdir(RESULTS)).map(async (file) =>
      figureFile.parse(JSON.parse(await readFile(join(RESULTS, file), 'utf8')))
    )
  )
  const place = ({ name }: FigureFile): number => {
    const at = FIGURES.findIndex((figure) => figure.name === name)
    if (at === -1) throw new Error(`bench/results has ${name}, which is not among the published figures`)
    return at
  }
  return found.toSorted((a, b) => place(a) - place(b))
}
