import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { execa } from 'execa'

/** How a command ended: its exit code, undefined when a signal ended it, and the last of what it printed. */
export interface RunEnd {
  readonly code: number | undefined
  readonly tail: string
}

const TAIL_CHARS = 64 * 1024

/** Runs a command to its end, with all that it prints in a file. It is killed when the signal aborts. */
export async function runLogged(
  words: readonly [string, ...string[]],
  log: string,
  init: { readonly signal: AbortSignal; readonly env?: Readonly<Record<string, string>> }
): Promise<RunEnd> {
  const [program, ...args] = words
  const file = createWriteStream(log, { flags: 'a' })
  let tail = ''
  const options = { all: true, reject: false, stdin: 'ignore', buffer: false } as const
  const stop = { cancelSignal: init.signal, killSignal: 'SIGKILL', ...(init.env ? { env: init.env } : {}) } as const
  try {
    const child = execa(program, args, { ...options, ...stop })
    child.all.setEncoding('utf8')
    child.all.on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL_CHARS)
      file.write(text)
    })
    const { exitCode } = await child
    init.signal.throwIfAborted()
    return { code: exitCode, tail }
  } finally {
    file.end()
    await finished(file)
  }
}
