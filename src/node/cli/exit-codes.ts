/** How a command ends. */
export type ExitReason = 'ok' | 'failed' | 'usage' | 'interrupted' | 'terminated'

/** The exit code of each ending; documented in `docs/swarm.md`. */
export const exitCodes: Readonly<Record<ExitReason, number>> = {
  ok: 0,
  failed: 1,
  usage: 2,
  interrupted: 130,
  terminated: 143
}
