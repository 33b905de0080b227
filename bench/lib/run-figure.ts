import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

export interface RunFigureInit {
  readonly name: string
  /** The program and its arguments. */
  readonly command: readonly [program: string, ...args: readonly string[]]
  /** Folder of the JSON. */
  readonly results: string
  readonly msMax: number
}

/** A bench that is ended has so long to remove its files and programs. */
const CLEAN_UP_MS = 10_000

/** Measures one figure in a process group of its own, which ends with it. @returns what went wrong, if anything did */
export async function runFigure({
  name,
  command: [program, ...args],
  results,
  msMax
}: RunFigureInit): Promise<string | undefined> {
  const file = join(results, `${name}.json`)
  const before = await writtenAt(file)
  const child = spawn(program, args, {
    cwd: resolve(import.meta.dirname, '../..'),
    env: { ...process.env, GRAV1_BENCH_RESULTS: results },
    stdio: 'inherit',
    detached: true
  })
  const end = (signal: NodeJS.Signals): void => void (child.pid !== undefined && endGroup(child.pid, signal))
  const interrupted = (): never => {
    end('SIGTERM')
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted)
  let isLate = false
  const late = setTimeout(() => {
    isLate = true
    end('SIGTERM')
  }, msMax)
  const deaf = setTimeout(() => end('SIGKILL'), msMax + CLEAN_UP_MS)
  const [code] = (await once(child, 'exit')) as [number | null]
  for (const timer of [late, deaf]) clearTimeout(timer)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted)
  end('SIGKILL')
  if (isLate) return `was not done after ${msMax / 1000} s`
  if (code !== 0) return `failed with code ${code}`
  return (await writtenAt(file)) === before ? 'wrote no figure' : undefined
}

const writtenAt = async (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined
  )

function endGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // Nothing of it is left.
  }
}
