import { readFile } from 'node:fs/promises'
import { lookUpProgram } from '../../src/encode/programs/programs.ts'
import { arm64Words, ownWords, type ProgramName, rootWords } from './programs.ts'
import { ensureRoot } from './roots.ts'

/** Debian's releases whose programs are compared. */
export const RELEASES = ['bookworm', 'trixie', 'sid'] as const
export type Release = (typeof RELEASES)[number]

/** Starts a program of a system. */
export type ProgramWords = (program: ProgramName) => readonly string[]

/** One release, on the processor of this machine and on arm64. */
export interface System {
  readonly name: string
  readonly native: ProgramWords
  readonly arm64: ProgramWords
}

/** The release that this machine has; undefined where it is another system. */
async function ownRelease(): Promise<string | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1]
}

/** Roots of releases, for both processors; this machine's own programs stand for its release. Files are seen below `shared` only. */
export async function findSystems(
  shared: string,
  signal: AbortSignal,
  releases: readonly Release[] = RELEASES
): Promise<readonly System[]> {
  const own = await ownRelease()
  const path = new Map<string, string | undefined>()
  const lookUp = (program: string): string | undefined => {
    if (!path.has(program)) path.set(program, lookUpProgram(program))
    return path.get(program)
  }
  const systems: System[] = []
  for (const release of releases) {
    const arm64 = arm64Words(await ensureRoot(release, 'arm64', signal))
    const native = release === own ? ownWords(lookUp) : rootWords(await ensureRoot(release, 'native', signal), shared)
    systems.push({ name: release, native, arm64 })
  }
  return systems
}
