import { errorText, errorStack } from '../../common/error-text.ts'
import { type System, thisSystem } from '../../platform/index.ts'
import type { Daemon } from '../config/types.ts'
import { type ExitReason, exitCodes } from './exit-codes.ts'
import type { CliIo } from './io.ts'

/** What stops a node besides SIGINT. */
export interface StopInit {
  /** Default: those of this system. */
  readonly stopSignals?: System['stopSignals']
  /** Ctrl-C that does not come as a signal. @returns a function that ends it */
  readonly onInterrupt?: (listener: () => void) => () => void
}

type StopIo = Pick<CliIo, 'err' | 'exit' | 'onSignal' | 'onCrash'>

/** Stops at once, but for no longer than the system lets it. False when that was too short or the stop failed. */
export async function stopNow(daemon: Pick<Daemon, 'stop'>, io: Pick<CliIo, 'err'>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, thisSystem.stopMsMax, false as const)
  try {
    return await Promise.race([daemon.stop({ drain: false }).then(() => true), late])
  } catch (error) {
    io.err(`The node did not stop cleanly: ${errorText(error)}`)
    return false
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Waits until the node has been stopped by signals: SIGINT once finishes running scenes, twice stops at once, a third time ends the process;
 * the other signals of the system stop at once; an error that nobody caught stops at once and fails.
 */
export async function stopOnSignal(
  daemon: Pick<Daemon, 'stop' | 'status'>,
  io: StopIo,
  { stopSignals = thisSystem.stopSignals, onInterrupt = () => () => undefined }: StopInit = {}
): Promise<ExitReason> {
  const { promise, resolve } = Promise.withResolvers<ExitReason>()
  let interrupts = 0
  const stopAs = (reason: ExitReason) => {
    void stopNow(daemon, io).then((clean) => resolve(clean ? reason : 'failed'))
  }
  const drain = () => {
    const { busy } = daemon.status()
    if (busy > 0) io.err(`finishing ${busy} running scene${busy === 1 ? '' : 's'}, Ctrl-C again to stop at once`)
    else io.err('stopping')
    daemon.stop({ drain: true }).then(
      // A drain that was cut short must not pass for a clean end.
      () => resolve(interrupts > 1 ? 'interrupted' : 'ok'),
      (error: unknown) => {
        io.err(`The node did not stop cleanly: ${errorText(error)}`)
        resolve('failed')
      }
    )
  }
  const interrupt = () => {
    interrupts += 1
    if (interrupts === 1) drain()
    else if (interrupts === 2) void stopNow(daemon, io).then(() => resolve('interrupted'))
    else io.exit(exitCodes.interrupted)
  }
  const crash = (error: unknown) => {
    io.err(`Unexpected error, stopping: ${errorStack(error)}`)
    stopAs('failed')
  }
  const listening = [
    io.onSignal('SIGINT', interrupt),
    onInterrupt(interrupt),
    ...stopSignals.map((signal) => io.onSignal(signal, () => stopAs('ok'))),
    io.onCrash(crash)
  ]
  try {
    return await promise
  } finally {
    for (const stopListening of listening) stopListening()
  }
}
