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
    /** @param whole settles at the end of the look; what it gives counts where one of the names is not found before */
    of: async (names: readonly string[], whole: Promise<FoundEncoders>) =>
      waitFor<FoundEncoders>((resolve, reject) => {
        const look = (): void => {
          if (names.every((name) => probed.some(({ encoder }) => encoder.name === name))) resolve(foundOf(probed))
        }
        whole.then(resolve, reject)
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

  const firstFinds = createEarlyFinds()
  let current = searchAloud(firstFinds.add)
  let last: Promise<unknown> = current
  let waiting: Promise<FoundEncoders> | undefined
  /** While the first look runs. */
  let early: typeof firstFinds | undefined = firstFinds
  const endFirst = (): void => {
    early = undefined
  }
  current.then(endFirst, endFirst)

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
    found: async (names) => (names === undefined ? current : (early?.of(names, current) ?? current)),
    installed: async () => (await current).installed,
    builds: () => builds,
    look: async () => {
      waiting ??= lookNext(last)
      return waiting
    },
    onChange: (listener) => void changes.add(listener)
  }
}
