/** Collects what was left out of parameters, by reason. */
export interface Notes {
  readonly leftOut: (spelling: string, reason: string) => void
  readonly sentences: () => string[]
}

function listed(spellings: readonly string[]): string {
  const last = spellings.at(-1) ?? ''
  return spellings.length === 1 ? `${last} is` : `${spellings.slice(0, -1).join(', ')} and ${last} are`
}

export function createNotes(): Notes {
  const byReason = new Map<string, Set<string>>()
  return {
    leftOut: (spelling, reason) => {
      const spellings = byReason.get(reason) ?? new Set()
      byReason.set(reason, spellings.add(spelling))
    },
    sentences: () => [...byReason].map(([reason, spellings]) => `${listed([...spellings])} left out: ${reason}`)
  }
}
