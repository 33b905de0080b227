import type { ProjectView } from '../../swarm/protocol/index.ts'

/** What a project that failed or was cancelled had encoded is kept for this long after its end, in milliseconds: 30 days. */
export const KEPT_MS = 30 * 24 * 3_600_000
/** At most this many bytes of all such projects together are kept, those that ended last first: 100 GiB. */
export const KEPT_BYTES_MAX = 100 * 1024 ** 3

/** Own projects that failed or were cancelled and whose results are not kept any longer. @param nowMs time of day */
export function keptTooLong(own: Iterable<ProjectView>, nowMs: number): string[] {
  const ended = [...own].filter(({ end }) => end?.state === 'failed' || end?.state === 'cancelled')
  let bytes = 0
  return ended
    .toSorted((a, b) => (b.end?.endedAtMs ?? 0) - (a.end?.endedAtMs ?? 0))
    .filter(({ end, acceptedBytes }) => {
      bytes += acceptedBytes
      return bytes > KEPT_BYTES_MAX || nowMs - (end?.endedAtMs ?? 0) > KEPT_MS
    })
    .map(({ projectId }) => projectId)
}
