import type { RunResult } from './swarm/run.ts'

/** Sums over the runs of several seeds. */
export interface Sums {
  readonly seeds: number
  readonly events: number
  /** Encodes begun for each scene that was accepted. */
  readonly encodesPerScene: number
  /** The same without those that ended with their node, by a planned failure of the encoder, by the user's word, or that had to replace what a disk lost. */
  readonly neededPerScene: number
  /** Part of the encoders' time that the owner's word cut short. */
  readonly abortedShare: number
}

export function sumUp(results: readonly RunResult[]): Sums {
  const sum = (of: (result: RunResult) => number): number => results.reduce((all, result) => all + of(result), 0)
  const encodes = sum(({ counts }) => counts.encodes)
  const noWaste = sum(({ counts: { crashed, failed, unwanted, lostAgain } }) => crashed + failed + unwanted + lostAgain)
  const accepted = sum(({ counts }) => counts.accepted)
  return {
    seeds: results.length,
    events: sum(({ events }) => events),
    encodesPerScene: encodes / accepted,
    neededPerScene: (encodes - noWaste) / accepted,
    abortedShare: sum(({ counts }) => counts.abortedMs) / sum(({ counts }) => counts.encodedMs)
  }
}

export function isClean({ mix }: RunResult): boolean {
  return mix.faults.size === 0 && mix.adversaries.length === 0
}

function replayCommand(seed: number, mutant?: string): string {
  return `npm run sim -- --seed ${seed}${mutant == null ? '' : ` --mutant ${mutant}`}`
}

/** What became of a seed, and how to see it again when that was bad. */
export function describeRun(result: RunResult, mutant?: string): string {
  const { seed, mix, violation, counts, scenes, virtualMs, events } = result
  const faults = [...mix.faults, ...mix.adversaries].join(', ')
  const lines = [
    `seed ${seed}: ${violation == null ? 'held' : shortNames(violation.message)}`,
    `  ${scenes} scenes, ${counts.encodes} encodes, ${Math.round(virtualMs / 1000)} s, ${events} events; ${faults === '' ? 'no faults' : faults}`
  ]
  if (violation != null) lines.push(`  replay: ${replayCommand(seed, mutant)}`)
  return lines.join('\n')
}

/** Names of simulated nodes are filled up to the length of a peer id. */
export function shortNames(text: string): string {
  return text.replaceAll(/\b([a-z]+[1-9][0-9o]*)z+\b/g, '$1').replaceAll(/\b[a-z2-7]{26}\b/g, (id) => id.slice(0, 4))
}
