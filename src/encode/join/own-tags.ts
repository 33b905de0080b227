import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseTags, tagsXml } from '../rules/index.ts'
import { askAboutFile } from '../programs/file-facts.ts'
import type { RunOptions } from '../programs/run-options.ts'

/**
 * mkvmerge's options for the next input, a Matroska file, by which the film gets tags in place of that file's.
 * @param folder for a file in between, which mkvmerge reads
 * @throws MediaError `join-failed`
 */
export async function ownTags(
  path: string,
  given: readonly string[],
  folder: string,
  options: RunOptions
): Promise<readonly string[]> {
  if (given.length === 0) return []
  const { stdout } = await askAboutFile('mkvextract', [path, 'tags'], path, options)
  const file = join(folder, 'tags.xml')
  await writeFile(file, tagsXml(stdout, parseTags(given)))
  return ['--global-tags', file, '--no-global-tags']
}
