import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import {
  FILTER_DESCRIPTOR,
  giveWayForMemory,
  groupOptions,
  installLine,
  keepLeftoversAway,
  killMarked,
  killProgram,
  lowerPriority,
  type Mark,
  nextMark,
  PROGRAM_NICE,
  programEnvironment,
  startWords,
  withoutOwnFiles
} from '../../platform/index.ts'
import { underBrake } from './brake.ts'
import { type GivenFiles, type StartedIn, startedIn } from './boxed-program.ts'
import { MediaError } from './errors.ts'
import { closeLeftOpen } from './left-open.ts'
import { limitsOf, rulesOf } from './program-rules.ts'
import { programStart } from './programs.ts'
import type { RunOptions } from './run-options.ts'

/** How much of stderr is kept for errors. */
const STDERR_TAIL_BYTES = 8 * 1024

/** Of a file whose length nobody knows before. */
const FILE_BYTES_MAX = 1024 ** 4

/** It sees no files but those that it is given. */
export interface ProcessInit extends RunOptions, GivenFiles {
  /** A number is the descriptor of an open file. */
  readonly stdin?: 'pipe' | 'ignore' | number
  /** Another program's input is handed over: this process closes its own end of it. A number is the descriptor of an open file. */
  readonly stdout?: 'pipe' | 'ignore' | Writable | number
  /** Reads a further output on file descriptor 3. */
  readonly extra?: boolean
  /** Reads frames on file descriptor 4. */
  readonly frames?: boolean
  /** 0..19, default {@link PROGRAM_NICE}. */
  readonly nice?: number
  /** Of each file that it writes; default 1 TiB. */
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
  readonly frames: Readable
  /** Settles once the program has ended and its outputs were read. */
  readonly ended: Promise<ProcessEnd>
  readonly kill: () => void
}

const livePids = new Set<number>()

function killAll(): void {
  for (const pid of livePids) killProgram(pid)
}

function fileBytesOf({ writes = [], stdout, fileBytesMax = FILE_BYTES_MAX }: ProcessInit): number {
  return writes.length === 0 && typeof stdout !== 'number' ? 0 : fileBytesMax
}

/** What a shell says of a program that a signal ended, and so does what boxes it. */
const SIGNAL_CODES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [128 + number, name])
)

function endOf(box: StartedIn['box'], code: number | null, signal: string | null): Omit<ProcessEnd, 'stderrTail'> {
  const killedBy = box === undefined ? undefined : SIGNAL_CODES.get(code ?? 0)
  return killedBy === undefined
    ? { code: code ?? undefined, killedBy: signal ?? undefined }
    : { code: undefined, killedBy }
}

interface Watched {
  readonly name: string
  readonly box: StartedIn['box']
  /** What it says from then on counts no more. */
  readonly isKilled: () => boolean
}

/** The system refuses it although its file is there: its interpreter or loader may be missing. */
function notStarted(name: string, cause: Error): MediaError {
  return new MediaError('tool-missing', `${name} cannot be started (${cause.message}): ${installLine([name])}`, {
    cause
  })
}

function watch(child: ChildProcess, { name, box, isKilled }: Watched, init: ProcessInit): Promise<ProcessEnd> {
  let tail = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    // In a box it outlives its kill by a moment, and complains of its broken pipes.
    if (isKilled()) return
    tail = (tail + text).slice(-STDERR_TAIL_BYTES)
    init.onStderr?.(text)
  })
  const { promise, resolve, reject } = Promise.withResolvers<ProcessEnd>()
  child.once('error', (error) => reject(notStarted(name, error)))
  child.once('close', (code, signal) => resolve({ ...endOf(box, code, signal), stderrTail: tail }))
  return promise
}

/** In a box there is no folder for files in between. */
function environmentOf(box: StartedIn['box'], mark: Mark): Record<string, string> {
  const { TMPDIR, ...others } = programEnvironment()
  const isHidden = box !== undefined || TMPDIR === undefined
  return { ...others, ...(isHidden ? {} : { TMPDIR }), AV_LOG_FORCE_NOCOLOR: '1', [mark.name]: mark.value }
}

/** How long a killed box has to end by itself, before what is left of it is looked for. */
const BOX_END_MS = 200

/** A box whose first process is killed while it is being made stays, without anybody who ends it. */
function endBox(child: ChildProcess, mark: Mark): void {
  const looks = setInterval(() => void killMarked(mark), BOX_END_MS)
  child.once('close', () => clearInterval(looks))
}

/** The types of Node know five descriptors. */
const streamAt = (child: ChildProcess, descriptor: number): unknown => (child.stdio as readonly unknown[])[descriptor]

/** Once written, the bytes are there for the reader, and nothing else is to come. */
function handOver(stream: Writable, bytes: Uint8Array): void {
  stream.end(bytes, () => stream.destroy())
}

/**
 * Starts a program, never through a shell. `ended` rejects with the signal's reason, or with MediaError `tool-missing` where the system does not start it.
 * @throws MediaError `tool-missing`
 */
export function spawnProgram(name: string, args: readonly string[], init: ProcessInit): MediaProcess {
  init.signal.throwIfAborted()
  const { nice = PROGRAM_NICE } = init
  const start = programStart(name)
  const { words: boxed, box } = startedIn(start, args, init)
  const [command, ...words] = startWords(boxed, { nice, limits: limitsOf(rulesOf(name), fileBytesOf(init)) })
  const mark = nextMark()
  keepLeftoversAway()
  const given = [
    init.stdin ?? 'ignore',
    init.stdout ?? 'ignore',
    'pipe',
    init.extra === true ? 'pipe' : 'ignore',
    init.frames === true ? 'pipe' : 'ignore',
    ...(box?.filter === undefined ? [] : (['pipe'] as const))
  ] as const
  const child = withoutOwnFiles(given.length, (behind) =>
    spawn(command, words, { ...groupOptions(), env: environmentOf(box, mark), stdio: [...given, ...behind] })
  )
  closeLeftOpen(child)
  if (typeof init.stdout === 'object') init.stdout.destroy()
  const streams = child.stdio.filter((stream) => stream !== null && stream !== undefined)
  // A program that ends early breaks its pipes; the exit code and the counts tell why.
  for (const stream of streams) stream.on('error', () => {})
  if (box?.filter !== undefined) handOver(streamAt(child, FILTER_DESCRIPTOR) as Writable, box.filter)
  const pid = child.pid
  if (pid !== undefined) {
    lowerPriority(pid, nice)
    giveWayForMemory(pid)
    if (livePids.size === 0) process.once('exit', killAll)
    livePids.add(pid)
  }
  const leaveBrake = pid === undefined ? undefined : underBrake(pid)
  let isOver = pid === undefined
  child.once('close', () => {
    isOver = true
  })
  let isKilled = false
  const kill = (): void => {
    if (box !== undefined && !isKilled && !isOver) endBox(child, mark)
    isKilled = true
    if (pid !== undefined && livePids.has(pid)) killProgram(pid)
    // All that runs in a box holds its stderr: it ends when they have ended.
    for (const stream of streams) if (box === undefined || stream !== child.stderr) stream.destroy()
  }
  child.once('exit', () => {
    if (pid !== undefined) livePids.delete(pid)
    leaveBrake?.()
    if (livePids.size === 0) process.off('exit', killAll)
  })
  init.signal.addEventListener('abort', kill, { once: true })
  const ended = watch(child, { name, box, isKilled: () => isKilled }, init)
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
    extra: streamAt(child, 3) as Readable,
    frames: streamAt(child, 4) as Readable,
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
