import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shellWord } from '../../bench/baseline.ts'
import { type Place, enterWords } from './enter.ts'
import type { Root } from './roots.ts'

/** What a measurement calls, by the names that `src` looks for on PATH. */
const PROGRAMS = ['ffmpeg', 'aomenc', 'vpxenc', 'SvtAv1EncApp'] as const
export type ProgramName = (typeof PROGRAMS)[number]

/** Programs of one system: a folder to put first on PATH. */
export interface ProgramFolder {
  readonly folder: string
}

/** What is put around a program: words before it, settings, and arguments behind all others. */
export interface Wrapping {
  readonly before?: (program: ProgramName) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly after?: Readonly<Partial<Record<ProgramName, readonly string[]>>>
}

/** Writes a folder of programs, each of which becomes the one that it stands for. */
export async function writePrograms(
  folder: string,
  { before, env = {}, after = {} }: Wrapping
): Promise<ProgramFolder> {
  await mkdir(folder, { recursive: true })
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  for (const program of PROGRAMS) {
    const words = ['env', ...settings, ...(before?.(program) ?? [program])].map(shellWord).join(' ')
    const more = (after[program] ?? []).map(shellWord).join(' ')
    const path = join(folder, program)
    await writeFile(path, `#!/bin/sh\nexec ${words} "$@" ${more}\n`)
    await chmod(path, 0o755)
  }
  return { folder }
}

/** The words that start a program of this system, whatever PATH says then. */
export const ownWords =
  (lookUp: (program: string) => string | undefined) =>
  (program: ProgramName): readonly string[] => [lookUp(program) ?? program]

/** The words that start a program of a root of this processor. Files are the same inside below `shared` only. */
export function rootWords(root: Root, shared: string): (program: ProgramName) => readonly string[] {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', AV_LOG_FORCE_NOCOLOR: '1' }
  const place: Place = { root: root.folder, shared, mounts: [], cwd: shared, env }
  return (program) => enterWords(place, [program])
}

/** Where Debian keeps libraries that an installation would have linked. */
const UNLINKED = ['blas', 'lapack'].map((name) => `/usr/lib/aarch64-linux-gnu/${name}`).join(':')

/** The words that start a program of an arm64 root, by an emulator that looks for libraries there and for all else here. */
export function arm64Words(root: Root): (program: ProgramName) => readonly string[] {
  const emulator = ['qemu-aarch64-static', '-L', root.folder, '-E', `LD_LIBRARY_PATH=${UNLINKED}`]
  return (program) => [...emulator, join(root.folder, 'usr/bin', program)]
}
