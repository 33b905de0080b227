import { Socket } from 'node:net'

/** What of a child process this needs. */
interface Program {
  readonly stdio: readonly unknown[]
  readonly once: (event: 'exit' | 'close', listener: () => void) => unknown
}

/** How long an output may stay open and silent after its program has ended, in milliseconds. */
const SILENT_MS_MAX = 2_000

/** Everything that came was handed to the reader, and it waits for more. */
const isReadDry = (stream: Socket): boolean => stream.readableFlowing === true && stream.readableLength === 0

/**
 * Closes outputs that a program left open: one that it started itself, and that outlives it, may hold them for ever, and the program would seem to run for as long. Closed are
 * those that have a reader, once the program has ended and nothing has come for a while.
 */
export function closeLeftOpen(program: Program, silentMsMax = SILENT_MS_MAX): void {
  program.once('exit', () => {
    const outputs = program.stdio.slice(1).filter((stream) => stream instanceof Socket)
    let before: readonly number[] = []
    const look = (): void => {
      for (const [index, stream] of outputs.entries())
        if (isReadDry(stream) && stream.bytesRead === before[index]) stream.destroy()
      before = outputs.map(({ bytesRead }) => bytesRead)
    }
    // Not before this process has had a chance to read what lies there already.
    const timer = setInterval(() => setImmediate(look), silentMsMax)
    program.once('close', () => clearInterval(timer))
  })
}
