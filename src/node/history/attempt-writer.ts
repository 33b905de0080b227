import type { Attempt } from './attempt.ts'
import type { AttemptRepository } from '../../storage/index.ts'
import type { Logger } from '../../swarm/index.ts'

/** Writes attempts behind what happens, one after the other, each only as it is last. What cannot be written is left out: it is for people to read, and nothing hangs on it. */
export interface AttemptWriter {
  put: (attempt: Attempt) => void
  drop: (attempt: Attempt) => void
  clear: (projectId: string) => void
  /** Waits for what was begun. */
  stop: () => Promise<void>
}

export function createAttemptWriter({
  repository,
  log
}: {
  readonly repository: AttemptRepository
  readonly log: Logger
}): AttemptWriter {
  const waiting = new Map<string, () => Promise<void>>()
  let writing: Promise<void> | undefined
  let hasFailed = false

  async function write(): Promise<void> {
    for (const [key, task] of waiting) {
      waiting.delete(key)
      try {
        await task()
        hasFailed = false
      } catch (error) {
        if (!hasFailed) log.warn({ err: error }, 'could not save the outcome of attempts')
        hasFailed = true
      }
    }
    writing = undefined
  }

  function add(key: string, task: () => Promise<void>): void {
    // Last in line: a project that is cleared has nothing written after it.
    waiting.delete(key)
    waiting.set(key, task)
    writing ??= Promise.resolve().then(write)
  }

  const keyOf = ({ projectId, scene, epoch, attempt }: Attempt): string => [projectId, scene, epoch, attempt].join('!')
  return {
    put: (attempt) => add(keyOf(attempt), async () => repository.put(attempt)),
    drop: (attempt) => add(keyOf(attempt), async () => repository.delete(attempt)),
    clear: (projectId) => add(projectId, async () => repository.clear(projectId)),
    stop: async () => writing
  }
}
