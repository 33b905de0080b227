import { createEpochFile } from '../../storage/index.ts'
import { epochAfter } from '../../swarm/protocol/index.ts'

/** The epoch that this run of the node writes its own projects with. */
export interface Reign {
  /** Undefined until one was taken. */
  readonly epoch: number | undefined
  /** Takes an epoch above every one before and above this one; it is on disk when the promise resolves. */
  readonly next: (highestSeen: number) => Promise<number>
}

/** Takes the next epoch of an owner; it is on disk when the promise resolves. @param highestSeen in logs, beats and grants */
export async function takeEpoch(dataDir: string, highestSeen: number): Promise<number> {
  const file = createEpochFile(dataDir)
  // [RULE 31]
  const epoch = epochAfter(await file.read(), highestSeen)
  await file.write(epoch)
  return epoch
}

export function createReign(dataDir: string): Reign {
  let epoch: number | undefined
  return {
    get epoch() {
      return epoch
    },
    next: async (highestSeen) => {
      epoch = await takeEpoch(dataDir, highestSeen)
      return epoch
    }
  }
}
