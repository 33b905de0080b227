import type { LockEntry } from '../complete-lock.ts'

/** A package-lock.json, as far as it matters here. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>
  readonly [key: string]: unknown
}

const isForDevelopment = (entry: LockEntry): boolean => entry['dev'] === true || entry['devOptional'] === true

/** The lock that the package carries as npm-shrinkwrap.json: what grav1 needs to run, in the versions that the tests ran with. */
export function publishedLock(lock: Lock): Lock {
  const published = Object.entries(lock.packages).filter(([, entry]) => !isForDevelopment(entry))
  const { devDependencies: _dev, ...root } = lock.packages[''] ?? {}
  return { ...lock, packages: { ...Object.fromEntries(published), '': root } }
}
