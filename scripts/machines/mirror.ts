import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Debian's own archive, for systems that name no mirror of it. */
export const DEBIAN_MIRROR = 'http://deb.debian.org/debian'

/** The archive of packages: not that of security updates, not another vendor's. */
const ARCHIVE = /^https?:\/\/\S+\/debian\/?$/

/** The first URL of Debian's archive in the text of apt's sources, one-line or deb822. Options in brackets, comments and other archives are passed over. */
export function mirrorIn(sources: string): string | undefined {
  for (const line of sources.split('\n')) {
    const words = /^(?:deb\s+(?:\[[^\]]*\]\s*)?|URIs:\s*)(\S.*)$/i.exec(line.trim())?.[1]?.split(/\s+/) ?? []
    const found = words.find((word) => ARCHIVE.test(word))
    if (found !== undefined) return found.replace(/\/$/, '')
  }
  return undefined
}

/** Where this machine gets its packages from; what apt's folder does not tell is Debian's own archive. */
export async function hostMirror(aptFolder = '/etc/apt'): Promise<string> {
  const more = await readdir(join(aptFolder, 'sources.list.d')).catch(() => [])
  const files = [
    'sources.list',
    ...more.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => join('sources.list.d', name))
  ]
  for (const file of files.filter((name) => /\.(?:list|sources)$/.test(name))) {
    const found = mirrorIn(await readFile(join(aptFolder, file), 'utf8').catch(() => ''))
    if (found !== undefined) return found
  }
  return DEBIAN_MIRROR
}
