import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { MediaError, type MediaErrorCode } from './errors.ts'
import { lookUpProgram, programWords } from './programs.ts'
import type { RunOptions } from './types.ts'

/** How much of stderr is kept for errors. */
const STDERR_TAIL_BYTES = 8 * 1024

/** Address space of a program that reads other people's media: an 8K decode takes about 3 GiB. */
const ADDRESS_SPACE_BYTES_MAX = 8 * 1024 ** 3

/** What Node reserves besides, for a program that it runs: 5.9 GiB, nearly all of it never used. */
const NODE_RESERVES_BYTES = 6 * 1024 ** 3

export interface ProcessInit extends RunOptions {
  readonly stdin?: 'pipe' | 'ignore'
  /** Another program's input is handed over: this process closes its own end of it. */
  readonly stdout?: 'pipe' | 'ignore' | Writable
  /** Reads a further output on file descriptor 3. */
  readonly extra?: boolean
  /** 0..19, default 0. */
  readonly nice?: number
  /** Limits on resources, for programs that read untrusted media: address space and bytes per written file. */
  readonly fileBytesMax?: number
  readonly onStderr?: (text: string) => void
}

export interface ProcessEnd {
  /** Exit code; 128 + n after signal n is `undefined` with `killedBy`. */
  readonly code: number | undefined
  readonly killedBy: string | undefined
  readonly stderrTail: string
}

/** A running program in a process group of its own. It is killed with its group when the signal aborts, when this process exits, and by the kernel when this process is killed. */
export interface MediaProcess {
  readonly program: string
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly extra: Readable
  /** Settles once the program has ended and its outputs were read; rejects only with the signal's reason. */
  readonly ended: Promise<ProcessEnd>
  readonly kill: () => void
}

const livePids = new Set<number>()

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has ended already.
  }
}

function killAllGroups(): void {
  for (const pid of livePids) killGroup(pid)
}

/** `nice`, `setpriv` and `prlimit` each replace themselves by the next, so the program keeps the pid, its file descriptors and the death signal. */
function wrapped(
  program: readonly [string, ...string[]],
  args: readonly string[],
  init: ProcessInit
): [string, string[]] {
  const words: string[] = []
  const nice = lookUpProgram('nice')
  if (init.nice !== undefined && init.nice > 0 && nice !== undefined) words.push(nice, '-n', String(init.nice))
  if (process.platform === 'linux') {
    const prlimit = lookUpProgram('prlimit')
    if (init.fileBytesMax !== undefined && prlimit !== undefined) {
      const addressSpace = ADDRESS_SPACE_BYTES_MAX + (program.length > 1 ? NODE_RESERVES_BYTES : 0)
      words.push(prlimit, `--as=${addressSpace}`, `--fsize=${init.fileBytesMax}`, '--core=0', '--')
    }
    const setpriv = lookUpProgram('setpriv')
    if (setpriv !== undefined) words.push(setpriv, '--pdeathsig', 'KILL', '--')
  }
  words.push(...program, ...args)
  return [words[0] ?? program[0], words.slice(1)]
}

/** Nothing of this process's environment reaches the programs but what they need to be found and to name files. */
function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C.UTF-8', AV_LOG_FORCE_NOCOLOR: '1' }
  for (const name of ['PATH', 'TMPDIR', 'LD_LIBRARY_PATH']) {
    if (process.env[name] !== undefined) env[name] = process.env[name]
  }
  return env
}

function watch(child: ChildProcess, init: ProcessInit): Promise<ProcessEnd> {
  let tail = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_TAIL_BYTES)
    init.onStderr?.(text)
  })
  const { promise, resolve, reject } = Promise.withResolvers<ProcessEnd>()
  child.once('error', reject)
  child.once('close', (code, signal) =>
    resolve({ code: code ?? undefined, killedBy: signal ?? undefined, stderrTail: tail })
  )
  return promise
}

/**
 * Starts a program, never through a shell.
 * @throws MediaError `tool-missing`
 */
export function startProcess(name: string, args: readonly string[], init: ProcessInit): MediaProcess {
  init.signal.throwIfAborted()
  const [command, words] = wrapped(programWords(name), args, init)
  const child = spawn(command, words, {
    detached: true,
    env: environment(),
    stdio: [init.stdin ?? 'ignore', init.stdout ?? 'ignore', 'pipe', init.extra === true ? 'pipe' : 'ignore']
  })
  if (typeof init.stdout === 'object') init.stdout.destroy()
  const streams = child.stdio.filter((stream) => stream !== null && stream !== undefined)
  // A program that ends early breaks its pipes; the exit code and the counts tell why.
  for (const stream of streams) stream.on('error', () => {})
  const pid = child.pid
  if (pid !== undefined) {
    if (livePids.size === 0) process.once('exit', killAllGroups)
    livePids.add(pid)
  }
  const kill = (): void => {
    if (pid !== undefined && livePids.has(pid)) killGroup(pid)
    for (const stream of streams) stream.destroy()
  }
  child.once('exit', () => {
    if (pid !== undefined) livePids.delete(pid)
    if (livePids.size === 0) process.off('exit', killAllGroups)
  })
  init.signal.addEventListener('abort', kill, { once: true })
  const ended = watch(child, init)
    .finally(() => init.signal.removeEventListener('abort', kill))
    .then((end) => {
      init.signal.throwIfAborted()
      return end
    })
  // Whoever awaits it sees the rejection; nobody has to.
  ended.catch(() => {})
  return {
    program: name,
    pid: pid ?? -1,
    stdin: child.stdin as Writable,
    stdout: child.stdout as Readable,
    extra: child.stdio[3] as Readable,
    ended,
    kill
  }
}

/** The last lines of stderr that say something, for a message. */
export function lastWords(stderrTail: string): string {
  const lines = stderrTail.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  return lines.slice(-2).join(' ').slice(-300)
}

/** @throws MediaError `code` unless the program ended with exit code 0 */
export function expectSuccess(
  end: ProcessEnd,
  program: string,
  code: MediaErrorCode,
  okCodes: readonly number[] = [0]
): void {
  if (end.code !== undefined && okCodes.includes(end.code)) return
  const how =
    end.code === undefined ? `was killed by ${end.killedBy ?? 'a signal'}` : `ended with exit code ${end.code}`
  throw new MediaError(code, `${program} ${how}: ${lastWords(end.stderrTail) || 'it said nothing'}`, {
    stderrTail: end.stderrTail
  })
}

export interface ProcessOutput extends ProcessEnd {
  readonly stdout: string
}

/** Runs a program with a short output to its end. A longer output than `bytesMax` ends it. */
export async function runProcess(
  name: string,
  args: readonly string[],
  init: ProcessInit & { readonly bytesMax?: number }
): Promise<ProcessOutput> {
  const running = startProcess(name, args, { ...init, stdout: 'pipe' })
  const bytesMax = init.bytesMax ?? 4 * 1024 * 1024
  let stdout = ''
  running.stdout.setEncoding('utf8')
  running.stdout.on('data', (text: string) => {
    stdout += text
    if (stdout.length > bytesMax) running.kill()
  })
  return { ...(await running.ended), stdout }
}
