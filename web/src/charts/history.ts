import type { NodeStatus, PeerStatus, ProjectStatus } from '../../../src/api/schemas/index.ts'

/** What is kept of one moment. */
export interface Sample {
  readonly atMs: number
  /** Frames a second of each node (peer id). */
  readonly fps: ReadonlyMap<string, number>
  /** Frames that are left of each project. */
  readonly left: ReadonlyMap<string, number>
}

/** Samples beyond this are thinned: every second one of the older half goes. */
export const SAMPLES_MAX = 2000

/** Adds a sample; old ones are thinned, so that a day takes no more memory than an hour. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const all = [...samples, sample]
  if (all.length <= SAMPLES_MAX) return all
  const half = SAMPLES_MAX / 2
  return [...all.slice(0, half).filter((_, index) => index % 2 === 0), ...all.slice(half)]
}

export function sampleOf(
  atMs: number,
  nodes: readonly (PeerStatus | NodeStatus)[],
  projects: Iterable<ProjectStatus>
): Sample {
  const running = [...projects].filter(({ endedAtMs }) => endedAtMs == null)
  return {
    atMs,
    fps: new Map(nodes.filter(({ slots }) => slots > 0).map(({ peerId, fps }) => [peerId, fps])),
    left: new Map(running.map(({ projectId, totalFrames, frames }) => [projectId, Math.max(0, totalFrames - frames)]))
  }
}

/** Nobody knows what was between two samples that lie further apart. */
const GAP_MS = 3 * 60_000

/** What the node remembers, then what the page saw itself; a line ends where there is a gap. */
export function joinSamples(past: readonly Sample[], seen: readonly Sample[]): readonly Sample[] {
  const first = seen[0]?.atMs ?? Infinity
  const all = [...past.filter(({ atMs }) => atMs < first), ...seen]
  return all.flatMap((sample, index) => {
    const before = all[index - 1]?.atMs ?? sample.atMs
    const gap: Sample = { atMs: before + 1, fps: new Map(), left: new Map() }
    return sample.atMs - before > GAP_MS ? [gap, sample] : [sample]
  })
}

/** Columns for a chart: times in seconds, then a line for each key; null where it was not known. */
export function columnsOf(
  samples: readonly Sample[],
  pick: (sample: Sample) => ReadonlyMap<string, number>
): { readonly keys: readonly string[]; readonly columns: readonly (readonly (number | null)[])[] } {
  const keys = [...new Set(samples.flatMap((sample) => [...pick(sample).keys()]))]
  const times = samples.map(({ atMs }) => atMs / 1000)
  return { keys, columns: [times, ...keys.map((key) => samples.map((sample) => pick(sample).get(key) ?? null))] }
}
