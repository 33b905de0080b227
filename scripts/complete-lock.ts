import { readFile, writeFile } from 'node:fs/promises'

/** An entry of `packages` in a package-lock.json, as far as it matters here. */
export interface LockEntry {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

const osNames = new Set(['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'])
const cpuNames = new Set(['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'])

/** Which machines a binary package such as `@oxlint/binding-linux-x64-musl` is for, read from its name. */
export function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } | undefined {
  const words = name.split(/[-/]/)
  const os = words.find((word) => osNames.has(word))
  const cpu = words.find((word) => cpuNames.has(word))
  if (os === undefined || cpu === undefined) return undefined
  const base = { os: [os], cpu: [cpu] }
  if (words.some((word) => word.startsWith('musl'))) return { ...base, libc: ['musl'] }
  return os === 'linux' && words.some((word) => word.startsWith('gnu')) ? { ...base, libc: ['glibc'] } : base
}

function isLocked(packages: Readonly<Record<string, LockEntry>>, from: string, name: string): boolean {
  let base = from
  for (;;) {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`] !== undefined) return true
    if (base === '') return false
    base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))
  }
}

/** The entries for binaries of other platforms that npm left out because its registry did not have them. */
export function missingBinaries(packages: Readonly<Record<string, LockEntry>>): Record<string, LockEntry> {
  const missing: Record<string, LockEntry> = {}
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const platform = platformOf(name)
      if (platform === undefined || !/^\d/.test(version) || isLocked(packages, path, name)) continue
      missing[`node_modules/${name}`] = {
        version,
        ...platform,
        ...(entry['dev'] === true && { dev: true }),
        optional: true
      }
    }
  }
  return missing
}

/** Without these entries `npm ci` of npm 11 refuses the lock file, and other platforms miss their binaries. Run it after `npm i`. */
async function completeLock(file: string): Promise<void> {
  const lock: { packages: Record<string, LockEntry> } = JSON.parse(await readFile(file, 'utf8'))
  const missing = missingBinaries(lock.packages)
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en'))
  await writeFile(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
  console.log(`${file}: ${Object.keys(missing).length} entries added`)
}

if (import.meta.main) await completeLock(process.argv[2] ?? 'package-lock.json')
