/** How a command ends. */
export type ExitReason = 'ok' | 'failed' | 'usage' | 'interrupted' | 'terminated'

/** The exit code of each ending. */
export const exitCodes: Readonly<Record<ExitReason, number>> = {
  ok: 0,
  failed: 1,
  usage: 2,
  interrupted: 130,
  terminated: 143
}

/** What each exit code means, for the documentation. */
export const exitMeanings: Readonly<Record<ExitReason, string>> = {
  ok: 'done; for `grav1 node` also a clean stop by Ctrl-C or SIGTERM',
  failed: 'failed: the node refused or cannot be reached, or the film failed',
  usage:
    'wrong use: an option, value, file or name in the command or the configuration is not valid; nothing was started',
  interrupted: 'interrupted by Ctrl-C',
  terminated: '`grav1 submit` or `grav1 watch` after SIGTERM or SIGHUP'
}
