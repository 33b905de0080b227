import { thisSystem } from '../../platform/index.ts'
import type { ExitReason } from './exit-codes.ts'
import type { CliIo } from './io.ts'

/** Runs a task that Ctrl-C and the stop signals of the system end. @returns what it gives, or how it was ended. @throws what it throws by itself */
export async function untilSignal<Result>(
  io: Pick<CliIo, 'onSignal'>,
  task: (signal: AbortSignal) => Promise<Result>
): Promise<Result | Extract<ExitReason, 'interrupted' | 'terminated'>> {
  const stop = new AbortController()
  let ending: 'interrupted' | 'terminated' = 'terminated'
  const interrupt = (): void => {
    ending = 'interrupted'
    stop.abort()
  }
  const offs = [
    io.onSignal('SIGINT', interrupt),
    ...thisSystem.stopSignals.map((name) => io.onSignal(name, () => stop.abort()))
  ]
  try {
    return await task(stop.signal)
  } catch (error) {
    if (!stop.signal.aborted) throw error
    return ending
  } finally {
    for (const off of offs) off()
  }
}
