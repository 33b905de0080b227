/** Messages that wait to be checked, and their bytes: up to a number in all, and a quarter of it from one neighbour. */
export interface Waiting {
  /** @returns what to call when the message was checked; undefined when there is no room for it */
  enter: (peer: string, bytes: number) => (() => void) | undefined
}

export interface WaitingInit {
  readonly max: number
  readonly bytesMax: number
}

/** One neighbour cannot fill the line for all others. */
const SHARE = 0.25

export function createWaiting({ max, bytesMax }: WaitingInit): Waiting {
  const theirs = new Map<string, { count: number; bytes: number }>()
  const all = { count: 0, bytes: 0 }
  const isFull = (of: { readonly count: number; readonly bytes: number }, bytes: number, share: number): boolean =>
    of.count + 1 > max * share || of.bytes + bytes > bytesMax * share

  return {
    enter: (peer, bytes) => {
      const mine = theirs.get(peer) ?? { count: 0, bytes: 0 }
      if (isFull(all, bytes, 1) || isFull(mine, bytes, SHARE)) return undefined
      theirs.set(peer, mine)
      for (const one of [mine, all]) {
        one.count += 1
        one.bytes += bytes
      }
      return () => {
        for (const one of [mine, all]) {
          one.count -= 1
          one.bytes -= bytes
        }
        if (mine.count === 0) theirs.delete(peer)
      }
    }
  }
}
