import { stat } from 'node:fs/promises'
import { raceSignal } from 'race-signal'
import { type ProcessOutput, runProcess } from './process.ts'
import { lookUpProgram } from './programs.ts'
import type { RunOptions } from './run-options.ts'

/** Answers that are kept, the latest: a film needs about ten. */
const ANSWERS_MAX = 64
/** Longer answers are asked for again. */
const ANSWER_CHARS_MAX = 64 * 1024
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024

/** How long a file may change again without another time stamp: a tick of the system's clock, or two seconds where stamps are that coarse. */
const TICK_MS = 50
const COARSE_TICK_MS = 2_000

const answers = new Map<string, ProcessOutput>()
/** Questions that are being answered. */
const asking = new Map<string, Promise<ProcessOutput>>()

interface FileState {
  readonly text: string
  /** Whether any later change would show in the text. */
  readonly isSettled: boolean
}

async function stateOf(path: string): Promise<FileState | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  if (found === undefined) return undefined
  const { dev, ino, size, mtimeNs, ctimeNs } = found
  const tickMs = ctimeNs % 1_000_000_000n === 0n ? COARSE_TICK_MS : TICK_MS
  const changedMs = Number(ctimeNs > mtimeNs ? ctimeNs : mtimeNs) / 1_000_000
  return { text: [dev, ino, size, mtimeNs, ctimeNs].join(' '), isSettled: Date.now() - changedMs > tickMs }
}

async function programState(name: string): Promise<string | undefined> {
  const path = lookUpProgram(name)
  return path === undefined ? undefined : `${path} ${(await stateOf(path))?.text}`
}

function keep(key: string, answer: ProcessOutput): void {
  if (answer.code !== 0 || answer.stdout.length > ANSWER_CHARS_MAX) return
  answers.delete(key)
  answers.set(key, answer)
  const [oldest] = answers.keys()
  if (answers.size > ANSWERS_MAX && oldest !== undefined) answers.delete(oldest)
}

const answerOrNone = async (answer: Promise<ProcessOutput>): Promise<ProcessOutput | undefined> =>
  answer.catch(() => undefined)

/**
 * What a program prints about a file that it only reads. Asked once for as long as program and file stay as they are, also by those who ask at the same time: admission, analysis and join want to know the same, and the
 * start of ffprobe takes more processor time than its work.
 * @param args with the file among them
 * @throws MediaError `tool-missing` or `command-refused`
 */
export async function askAboutFile(
  program: string,
  args: readonly string[],
  path: string,
  { signal }: RunOptions
): Promise<ProcessOutput> {
  const [before, asked] = await Promise.all([stateOf(path), programState(program)])
  const key = JSON.stringify([asked, args, before?.text])
  const known = answers.get(key)
  if (known !== undefined) {
    signal.throwIfAborted()
    keep(key, known)
    return known
  }
  const isSure = before?.isSettled === true && asked !== undefined
  // Whoever began may end it for reasons of their own: then the first of those who wait begins again, and the rest wait for that.
  const askedByOther = (): Promise<ProcessOutput> | undefined => (isSure ? asking.get(key) : undefined)
  for (let other = askedByOther(); other !== undefined; other = askedByOther()) {
    const shared = await raceSignal(answerOrNone(other), signal)
    if (shared !== undefined) return shared
    if (asking.get(key) === other) asking.delete(key)
  }
  const running = runProcess(program, args, { signal, reads: [path], bytesMax: OUTPUT_BYTES_MAX })
  if (isSure) asking.set(key, running)
  try {
    const answer = await running
    if (isSure && before.text === (await stateOf(path))?.text) keep(key, answer)
    return answer
  } finally {
    if (asking.get(key) === running) asking.delete(key)
  }
}
