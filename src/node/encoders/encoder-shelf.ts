import { createListeners } from '../../common/listeners.ts'
import type { Logger } from 'pino'
import type { FoundEncoders, InstalledEncoder } from '../../encode/index.ts'

export interface EncoderShelfComponents {
  readonly log: Pick<Logger, 'warn'>
  /** Looks at the programs of this machine. */
  readonly search: () => Promise<FoundEncoders>
}

/** The encoders of this machine, as last looked at. */
export interface EncoderShelf {
  readonly found: () => Promise<FoundEncoders>
  readonly installed: () => Promise<readonly InstalledEncoder[]>
  /** Of the encoders that work here; none before the first look has ended. */
  readonly builds: () => readonly string[]
  /** Looks again: a program may have come, gone or changed. However many ask meanwhile, one look runs and one waits. */
  readonly look: () => Promise<FoundEncoders>
  /** Told after each look but the first. */
  readonly onChange: (listener: (found: FoundEncoders) => void) => void
}

/** Begins to look at once. What does not work is logged. */
export function createEncoderShelf({ log, search }: EncoderShelfComponents): EncoderShelf {
  const changes = createListeners<FoundEncoders>()
  let builds: readonly string[] = []

  async function searchAloud(): Promise<FoundEncoders> {
    const found = await search()
    for (const broken of found.broken) log.warn({ ...broken }, 'an encoder is installed, but does not work here')
    builds = found.installed.map(({ build }) => build)
    return found
  }

  let current = searchAloud()
  let last: Promise<unknown> = current
  let waiting: Promise<FoundEncoders> | undefined
  current.catch(() => {})

  /** Not the look that runs: it may have passed what has come since. */
  async function lookNext(running: Promise<unknown>): Promise<FoundEncoders> {
    await running.catch(() => {})
    const next = searchAloud()
    last = next
    waiting = undefined
    const found = await next
    current = next
    changes.tell(found)
    return found
  }

  return {
    found: async () => current,
    installed: async () => (await current).installed,
    builds: () => builds,
    look: async () => {
      waiting ??= lookNext(last)
      return waiting
    },
    onChange: (listener) => void changes.add(listener)
  }
}
