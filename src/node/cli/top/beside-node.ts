import type { Daemon } from '../../config/types.ts'
import { exitCodes } from '../exit-codes.ts'
import type { CliIo } from '../io.ts'

export interface BesideNodeInit {
  /** The node's data folder, where the interface finds address and token. */
  readonly dataDir: string
  readonly signal: AbortSignal
  /** The user pressed Ctrl-C in the interface. */
  readonly onInterrupt: () => void
}

/** What a terminal shows that an interface left in the middle: the cursor, and the screen of before. */
const RESTORE = '\u001B[?25h\u001B[?1049l'

/**
 * Shows the terminal interface of a node in a process of its own, since it takes two thirds of what a node itself may take. Until that process ends, the log is not printed.
 * Resolves when the user quits it; the node goes on.
 */
export async function showBesideNode(
  daemon: Pick<Daemon, 'showLog'>,
  io: Pick<CliIo, 'runSelf' | 'terminal' | 'err'>,
  { dataDir, signal, onInterrupt }: BesideNodeInit
): Promise<void> {
  daemon.showLog(false)
  try {
    const code = await io.runSelf(['top', '--data-dir', dataDir], { signal })
    if (code === null) io.terminal?.write(RESTORE)
    if (code === exitCodes.interrupted) onInterrupt()
  } catch (error) {
    io.err(`The terminal interface did not start: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    daemon.showLog(true)
  }
}
