import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const manifest = z.object({ name: z.string(), version: z.string(), license: z.string() })

/** The licence of what was bundled has to come with it; a package whose licence is not one of these is looked at before it is added here. */
const FREE = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0 OR MIT',
  '(MIT OR CC0-1.0)'
])

/** The folders of the packages that files belong to. */
const foldersOf = (files: readonly string[]): readonly string[] =>
  [...new Set(files.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))].sort()

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license } = manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
  if (!FREE.has(license)) throw new Error(`${name} may not be bundled unseen: its licence is ${license}`)
  const files = (await readdir(folder)).filter((entry) => /^(?:licen[cs]e|notice|copying)/i.test(entry)).sort()
  const texts = await Promise.all(files.map(async (file) => (await readFile(join(folder, file), 'utf8')).trim()))
  return [`${name} ${version}, ${license}`, ...texts].join('\n\n')
}

/**
 * The licences of the packages that files belong to, for people.
 *
 * @throws Error where a package has a licence that has to be looked at first
 */
export async function noticesOf(files: readonly string[]): Promise<string> {
  const notices = await Promise.all(foldersOf(files).map(noticeOf))
  return `grav1 contains these packages.\n\n${notices.join('\n\n----\n\n')}\n`
}
