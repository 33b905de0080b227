import { commandKey, type CommandReply } from '../protocol/index.ts'

/** Ids kept, of all peers together: far more than are ever in transit at once. */
const ANSWERED_MAX = 1024

/** The latest commands with their answers; beyond `max`, the oldest is forgotten. */
export interface AnsweredCommands {
  /** The answer to this command of this peer: the one it got before (or is about to get), else that of `carryOut`, which is called once. */
  once: (peer: string, commandId: string, carryOut: () => Promise<CommandReply>) => Promise<CommandReply>
  /** Resolves when nothing is being carried out any more. */
  settled: () => Promise<void>
}

export function createAnsweredCommands(max = ANSWERED_MAX): AnsweredCommands {
  const answers = new Map<string, Promise<CommandReply>>()
  const running = new Set<Promise<CommandReply>>()

  return {
    once: async (peer, commandId, carryOut) => {
      // [RULE 62] A repeat gets the answer of the first, or waits for it.
      const key = commandKey(peer, commandId)
      const known = answers.get(key)
      if (known != null) return known
      const answer = carryOut()
      answers.set(key, answer)
      running.add(answer)
      const [oldest] = answers.keys()
      if (answers.size > max && oldest != null) answers.delete(oldest)
      try {
        return await answer
      } finally {
        running.delete(answer)
      }
    },
    settled: async () => {
      await Promise.allSettled(running)
    }
  }
}
