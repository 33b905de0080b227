import { createInterface } from 'node:readline/promises'
import { runSelf } from './run-self.ts'
import { withSmallYoungGeneration } from '../boot/young-generation.ts'
import type { StopSignal } from '../../platform/index.ts'
import type { CreateDaemon } from '../config/types.ts'

/** What a command needs of its process; tests hand in their own. */
export interface CliIo {
  /** Writes a line to stdout. */
  readonly out: (line: string) => void
  /** Writes a line to stderr. */
  readonly err: (line: string) => void
  /** Where the progress bar is drawn; undefined when stdout is no terminal. */
  readonly terminal: (NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number }) | undefined
  /** Asks the user at the terminal and returns the typed line; undefined where there is no terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Listens to a signal until the returned function is called. */
  readonly onSignal: (signal: StopSignal | 'SIGINT', listener: () => void) => () => void
  /** Listens to errors that nobody caught until the returned function is called. */
  readonly onCrash: (listener: (error: unknown) => void) => () => void
  /** Ends the process at once. */
  readonly exit: (code: number) => void
  /** Runs this program once more on the terminal, and gives its exit code; null where a signal ended it. It ends with the signal, and with this process. */
  readonly runSelf: (argv: readonly string[], options: { readonly signal: AbortSignal }) => Promise<number | null>
  /** Calls back when the process that runs this one with `runSelf` is gone. @returns a function that ends it */
  readonly onParentGone: (listener: () => void) => () => void
  /** Loads the node, and libp2p with it: slow, so only where it is needed. */
  readonly loadDaemon: () => Promise<CreateDaemon>
}

async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}

/** {@link CliIo} of this process. */
export function processIo(): CliIo {
  // A reader that goes away (`grav1 status | head`) is no reason to crash.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    terminal: process.stdout.isTTY ? process.stdout : undefined,
    ask: process.stdin.isTTY && process.stderr.isTTY ? askOnTerminal : undefined,
    env: process.env,
    cwd: process.cwd(),
    onSignal: (signal, listener) => {
      process.on(signal, listener)
      return () => process.off(signal, listener)
    },
    onCrash: (listener) => {
      process.on('uncaughtException', listener).on('unhandledRejection', listener)
      return () => process.off('uncaughtException', listener).off('unhandledRejection', listener)
    },
    exit: (code) => process.exit(code),
    runSelf,
    onParentGone: (listener) => {
      process.once('disconnect', listener)
      return () => process.off('disconnect', listener)
    },
    loadDaemon: async () => async (config) =>
      withSmallYoungGeneration(async () => (await import('../daemon.ts')).createDaemon(config))
  }
}
