import type { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import type { Stream } from 'node:stream'

/** How long an output may stay open and silent after its program has ended, in milliseconds. */
const SILENT_MS_MAX = 2_000

/** Everything that came was handed to the reader, and it waits for more. */
const isReadDry = (stream: Socket): boolean => stream.readableFlowing === true && stream.readableLength === 0

/**
 * Closes outputs that a program left open: one that it started itself, and that outlives it, may hold them for ever, and the program would seem to run for as long. Closed are
 * those that have a reader, once the program has ended and nothing has come for a while.
 */
export function closeLeftOpen(child: ChildProcess, silentMsMax = SILENT_MS_MAX): void {
  child.once('exit', () => {
    const outputs = child.stdio.slice(1).filter((stream: Stream | null | undefined) => stream instanceof Socket)
    let before: readonly number[] = []
    const look = (): void => {
      for (const [index, stream] of outputs.entries())
        if (isReadDry(stream) && stream.bytesRead === before[index]) stream.destroy()
      before = outputs.map(({ bytesRead }) => bytesRead)
    }
    // Not before this process has had a chance to read what lies there already.
    const timer = setInterval(() => setImmediate(look), silentMsMax)
    child.once('close', () => clearInterval(timer))
  })
}
