import type { ChronicleKey, ChronicleRepository } from '../../storage/index.ts'
import type { Logger } from '../../swarm/index.ts'
import type { z } from 'zod'

export interface BoundedComponents {
  readonly repository: ChronicleRepository
  readonly log: Pick<Logger, 'warn'>
}

export interface BoundedInit<Entry> {
  readonly kind: ChronicleKey['kind']
  readonly schema: z.ZodType<Entry>
  readonly numberOf: (entry: Entry) => number
  /** The oldest go first. */
  readonly max: number
  /** Whether it is read again at a start. Default: all is. */
  readonly isKept?: (entry: Entry) => boolean
}

/** The last entries of one kind, in memory and on the disk. */
export interface Bounded<Entry> {
  /** Reads what was kept; what this version does not know, or does not keep, is removed. */
  load: () => Promise<void>
  add: (entry: Entry) => void
  readonly entries: readonly Entry[]
  /** Waits for what is being written. */
  stop: () => Promise<void>
}

/** What cannot be written is left out: it is for people to read, and nothing hangs on it. */
export function createBounded<Entry>(
  { repository, log }: BoundedComponents,
  { kind, schema, numberOf, max, isKept = () => true }: BoundedInit<Entry>
): Bounded<Entry> {
  const entries: Entry[] = []
  let writing: Promise<void> = Promise.resolve()
  let hasFailed = false

  function write(task: () => Promise<void>): void {
    writing = writing.then(task).then(
      () => {
        hasFailed = false
      },
      (error: unknown) => {
        if (!hasFailed) log.warn({ err: error }, 'could not save the chronicle')
        hasFailed = true
      }
    )
  }

  const drop = (number: number): void => write(async () => repository.delete({ kind, number }))

  function shrink(): void {
    while (entries.length > max) {
      const oldest = entries.shift()
      if (oldest !== undefined) drop(numberOf(oldest))
    }
  }

  return {
    entries,
    load: async () => {
      for (const { number, value } of await repository.all(kind)) {
        const read = schema.safeParse(value)
        if (read.success && isKept(read.data)) entries.push(read.data)
        else drop(number)
      }
      shrink()
    },
    add: (entry) => {
      entries.push(entry)
      write(async () => repository.put({ kind, number: numberOf(entry), value: entry }))
      shrink()
    },
    stop: async () => writing
  }
}
