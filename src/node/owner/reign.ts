import { nextEpoch } from '../../storage/index.ts'

/** The epoch that this run of the node writes its own projects with. */
export interface Reign {
  /** Undefined until one was taken. */
  readonly epoch: number | undefined
  /** Takes an epoch above every one before and above this one; it is on disk when the promise resolves. */
  readonly next: (highestSeen: number) => Promise<number>
}

export function createReign(dataDir: string): Reign {
  let epoch: number | undefined
  return {
    get epoch() {
      return epoch
    },
    next: async (highestSeen) => {
      epoch = await nextEpoch(dataDir, highestSeen)
      return epoch
    }
  }
}
