import { createListeners } from '../../common/listeners.ts'
import type { Logger } from 'pino'
import { waitFor } from '../../common/wait.ts'
import { foundOf, type FoundEncoders, type InstalledEncoder, type ProbedEncoder } from '../../encode/index.ts'

export interface EncoderShelfComponents {
  readonly log: Pick<Logger, 'warn'>
  /** Looks at the programs of this machine. @param onProbed told of each as soon as it is known */
  readonly search: (onProbed: (probed: ProbedEncoder) => void) => Promise<FoundEncoders>
}

/** The encoders of this machine, as last looked at. */
export interface EncoderShelf {
  /** @param names those that somebody waits for: while the first look runs, the answer may have no others. Default: all */
  readonly found: (names?: readonly string[]) => Promise<FoundEncoders>
  readonly installed: () => Promise<readonly InstalledEncoder[]>
  /** Of the encoders that work here; none before the first look has ended. */
  readonly builds: () => readonly string[]
  /** Looks again: a program may have come, gone or changed. However many ask meanwhile, one look runs and one waits. */
  readonly look: () => Promise<FoundEncoders>
  /** Told after each look but the first. */
  readonly onChange: (listener: (found: FoundEncoders) => void) => void
}

/** What the first look has come to so far. */
function createEarlyFinds() {
  const probed: ProbedEncoder[] = []
  const more = createListeners<void>()
  return {
    add: (one: ProbedEncoder) => {
      probed.push(one)
      more.tell()
    },
    /** Never settles where the look ends without one of them. */
    of: async (names: readonly string[]) =>
      waitFor<FoundEncoders>((done) => {
        const look = (): void => {
          if (names.every((name) => probed.some(({ encoder }) => encoder.name === name))) done(foundOf(probed))
        }
        look()
        return more.add(look)
      })
  }
}

/** Begins to look at once. What does not work is logged. */
export function createEncoderShelf({ log, search }: EncoderShelfComponents): EncoderShelf {
  const changes = createListeners<FoundEncoders>()
  let builds: readonly string[] = []

  async function searchAloud(onProbed: (probed: ProbedEncoder) => void = () => {}): Promise<FoundEncoders> {
    const found = await search(onProbed)
    for (const broken of found.broken) log.warn({ ...broken }, 'an encoder is installed, but does not work here')
    builds = found.installed.map(({ build }) => build)
    return found
  }

  const early = createEarlyFinds()
  let current = searchAloud(early.add)
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
    found: async (names) => (names === undefined ? current : Promise.race([current, early.of(names)])),
    installed: async () => (await current).installed,
    builds: () => builds,
    look: async () => {
      waiting ??= lookNext(last)
      return waiting
    },
    onChange: (listener) => void changes.add(listener)
  }
}
