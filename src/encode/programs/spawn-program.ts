import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import {
  groupOptions,
  killProgram,
  lowerPriority,
  PROGRAM_NICE,
  programEnvironment,
  startWords
} from '../../platform/index.ts'
import { programWords } from './programs.ts'
import { closeLeftOpen } from './left-open.ts'
import type { RunOptions } from './run-options.ts'

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
  /** 0..19, default {@link PROGRAM_NICE}. */
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

/** A running program in a process group of its own. It is killed with its group when the signal aborts, when this process exits, and by the system when this process is killed. */
export interface MediaProcess {
  readonly program: string
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly extra: Readable
  /** Settles once the program has ended and its outputs were read. */
  readonly ended: Promise<ProcessEnd>
  readonly kill: () => void
}

const livePids = new Set<number>()

function killAll(): void {
  for (const pid of livePids) killProgram(pid)
}

function wrapped(program: readonly [string, ...string[]], args: readonly string[], nice: number, init: ProcessInit) {
  const addressSpaceBytes = ADDRESS_SPACE_BYTES_MAX + (program.length > 1 ? NODE_RESERVES_BYTES : 0)
  const limits = init.fileBytesMax === undefined ? undefined : { addressSpaceBytes, fileBytes: init.fileBytesMax }
  return startWords([...program, ...args], { nice, limits })
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
 * Starts a program, never through a shell. `ended` rejects with the signal's reason only.
 * @throws MediaError `tool-missing`
 */
export function spawnProgram(name: string, args: readonly string[], init: ProcessInit): MediaProcess {
  init.signal.throwIfAborted()
  const { nice = PROGRAM_NICE } = init
  const [command, ...words] = wrapped(programWords(name), args, nice, init)
  const child = spawn(command, words, {
    ...groupOptions(),
    env: { ...programEnvironment(), AV_LOG_FORCE_NOCOLOR: '1' },
    stdio: [init.stdin ?? 'ignore', init.stdout ?? 'ignore', 'pipe', init.extra === true ? 'pipe' : 'ignore']
  })
  closeLeftOpen(child)
  if (typeof init.stdout === 'object') init.stdout.destroy()
  const streams = child.stdio.filter((stream) => stream !== null && stream !== undefined)
  // A program that ends early breaks its pipes; the exit code and the counts tell why.
  for (const stream of streams) stream.on('error', () => {})
  const pid = child.pid
  if (pid !== undefined) {
    lowerPriority(pid, nice)
    if (livePids.size === 0) process.once('exit', killAll)
    livePids.add(pid)
  }
  const kill = (): void => {
    if (pid !== undefined && livePids.has(pid)) killProgram(pid)
    for (const stream of streams) stream.destroy()
  }
  child.once('exit', () => {
    if (pid !== undefined) livePids.delete(pid)
    if (livePids.size === 0) process.off('exit', killAll)
  })
  init.signal.addEventListener('abort', kill, { once: true })
  const ended = watch(child, init)
    .finally(() => init.signal.removeEventListener('abort', kill))
    .then((end) => {
      init.signal.throwIfAborted()
      return end
    })
  // A caller that awaits it sees the rejection; no caller has to.
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

export interface ProcessOutput extends ProcessEnd {
  readonly stdout: string
}

/** The complete output of a running program. An output longer than `bytesMax` ends the program. */
export async function outputOf(running: MediaProcess, bytesMax: number): Promise<ProcessOutput> {
  let stdout = ''
  running.stdout.setEncoding('utf8')
  running.stdout.on('data', (text: string) => {
    stdout += text
    if (stdout.length > bytesMax) running.kill()
  })
  return { ...(await running.ended), stdout }
}
