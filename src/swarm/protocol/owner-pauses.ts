import type { Timing } from './limits.ts'
import type { Lease } from './owner-types.ts'

/** A lease whose encoder begins or continues to stand still, or runs again; the time that it stood still is taken out of all that is counted. */
export function withPause(lease: Lease, { nowMs, paused }: { nowMs: number; paused: boolean }, timing: Timing): Lease {
  const stoodMs = lease.pausedAtMs === undefined ? 0 : nowMs - lease.pausedAtMs
  // [RULE 88] A stranger's pause does not count, so that a stranger cannot keep a scene.
  const counts = paused && lease.standing === 'trusted' && lease.pausedMs + stoodMs < timing.pausedMsMax
  return {
    ...lease,
    begunAtMs: lease.begunAtMs + stoodMs,
    hardAtMs: lease.hardAtMs + stoodMs,
    stalledAtMs: lease.stalledAtMs + stoodMs,
    pausedMs: lease.pausedMs + stoodMs,
    pausedAtMs: counts ? nowMs : undefined
  }
}

/** When a lease has been paused for as long as it may; Infinity while it runs. */
export function pauseEndsAtMs({ pausedAtMs, pausedMs }: Lease, timing: Timing): number {
  return pausedAtMs === undefined ? Infinity : pausedAtMs + timing.pausedMsMax - pausedMs
}

/** The limit that a lease has broken, apart from silence. */
export function brokenLimit(lease: Lease, timing: Timing, nowMs: number): 'hard' | 'stall' | 'pause' | undefined {
  if (lease.pausedAtMs !== undefined) return pauseEndsAtMs(lease, timing) <= nowMs ? 'pause' : undefined
  if (lease.hardAtMs <= nowMs) return 'hard'
  return lease.stalledAtMs <= nowMs ? 'stall' : undefined
}

/** How long its encoder has run. */
export function ranMs({ begunAtMs, pausedAtMs }: Lease, nowMs: number): number {
  return (pausedAtMs ?? nowMs) - begunAtMs
}

/** Paused for so long that an idle worker need not wait for it. */
export function isLongPaused({ pausedAtMs, pausedMs }: Lease, timing: Timing, nowMs: number): boolean {
  return pausedAtMs !== undefined && pausedMs + nowMs - pausedAtMs >= timing.pausedAloneMs
}
