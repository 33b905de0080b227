import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { findProgram } from './programs.ts'

/** A loader that hangs on a program, or on its file system, keeps the node no longer. */
const LDD_MS_MAX = 10_000

/** `libaom.so.3 => /opt/lib/libaom.so.3 (0x7f...)`, or the loader's path alone. */
const LIBRARY = /^\s*(?:\S+ => )?(\/.+) \(0x[\da-f]+\)$/gm

export interface LinkedInit {
  /** Default: on PATH. */
  readonly ldd?: string | undefined
  /** Milliseconds after which ldd is ended. */
  readonly msMax?: number
}

type Libraries = readonly string[] | undefined

/** What the loader searches for libraries; changes when some are installed. */
const LOADER_CACHE = '/etc/ld.so.cache'

/** By file, with what it was made of: ldd starts the loader each time. */
const known = new Map<string, { readonly of: string; readonly libraries: readonly string[] }>()

function identityOf(path: string): string {
  const { ino, mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? {}
  return [path, ino, mtimeMs, size].join(' ')
}

function ask(file: string, ldd: string | undefined, timeout: number): Libraries {
  if (ldd === undefined) return undefined
  const { status, stdout, stderr } = spawnSync(ldd, [file], {
    encoding: 'utf8',
    timeout,
    stdio: ['ignore', 'pipe', 'pipe'],
    killSignal: 'SIGKILL'
  })
  if (/not a (?:valid )?dynamic/i.test(stdout + stderr)) return []
  if (status !== 0 || stdout.includes('=> not found')) return undefined
  return [...stdout.matchAll(LIBRARY)].map((match) => match[1] ?? '')
}

/**
 * Libraries that the loader takes for a program's file, and the loader itself; asked again when the file, one of them or what the loader searches has changed.
 * @returns undefined where ldd does not say: it is missing or hangs, or a library is missing
 */
export function linkedLibraries(
  file: string,
  { ldd = findProgram('ldd'), msMax = LDD_MS_MAX }: LinkedInit = {}
): Libraries {
  const madeOf = (libraries: readonly string[]): string =>
    [ldd, process.env['LD_LIBRARY_PATH'], ...[LOADER_CACHE, file, ...libraries].map(identityOf)].join('\n')
  const kept = known.get(file)
  if (kept !== undefined && kept.of === madeOf(kept.libraries)) return kept.libraries
  const libraries = ask(file, ldd, msMax)
  if (libraries !== undefined) known.set(file, { of: madeOf(libraries), libraries })
  return libraries
}
