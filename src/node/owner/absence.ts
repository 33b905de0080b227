import { sharesAhead, type AheadShare, type OwnerInput, type OwnerState } from '../../swarm/protocol/index.ts'
import { createListeners } from '../../common/listeners.ts'
import { monotonicMs } from '../../common/clock.ts'
import type { ClockGap } from '../../common/clock-gap.ts'
import type { Logger } from '../../swarm/index.ts'

/** The projects of this node, as far as an absence concerns them. */
export interface AbsentProjects {
  readonly all: () => readonly { readonly state: OwnerState }[]
  readonly dispatch: (event: OwnerInput) => void
}

export interface AbsenceComponents {
  readonly projects: AbsentProjects
  readonly gap: Pick<ClockGap, 'onGap'>
  readonly log: Logger
}

export type AbsenceChange = 'announced' | 'over' | 'slept'

/** An owner whose machine is going to sleep, and comes back. */
export interface Absence {
  /** Milliseconds until the end of the time that it announced; undefined while it has announced none. */
  readonly leftMs: () => number | undefined
  /** What each worker that goes on meanwhile holds, over all projects. */
  readonly shares: () => AheadShare[]
  /** Announces an absence of this length and hands out scenes ahead. */
  readonly begin: (forMs: number) => void
  /** Ends the absence: the user stays after all, or is back. */
  readonly end: () => void
  /** Called when it is announced, when the user calls it off, and after each sleep, announced or not. */
  readonly onChange: (listener: (change: AbsenceChange) => void) => void
}

export function createAbsence({ projects, gap, log }: AbsenceComponents): Absence {
  const changes = createListeners<AbsenceChange>()
  let untilMs: number | undefined

  function leftMs(): number | undefined {
    // Each project ends it by its own deadline.
    if (untilMs !== undefined && monotonicMs() >= untilMs) untilMs = undefined
    return untilMs === undefined ? undefined : untilMs - monotonicMs()
  }

  function back(awayMs: number, change: AbsenceChange): void {
    untilMs = undefined
    projects.dispatch({ type: 'back', awayMs })
    changes.tell(change)
  }

  gap.onGap((awayMs) => {
    log.info({ ms: awayMs, announced: untilMs !== undefined }, 'this node was asleep; taking in what its workers did')
    back(awayMs, 'slept')
  })

  return {
    leftMs,
    shares: () => {
      const byWorker = Map.groupBy(
        projects.all().flatMap(({ state }) => sharesAhead(state)),
        ({ worker }) => worker
      )
      return [...byWorker].map(([worker, shares]) => ({
        worker,
        scenes: shares.reduce((sum, { scenes }) => sum + scenes, 0),
        fetched: shares.reduce((sum, { fetched }) => sum + fetched, 0),
        ready: shares.every(({ ready }) => ready)
      }))
    },
    begin: (forMs) => {
      untilMs = monotonicMs() + forMs
      log.info({ ms: forMs }, 'this node is going to sleep; handing out scenes ahead')
      projects.dispatch({ type: 'away', forMs })
      changes.tell('announced')
    },
    end: () => {
      if (leftMs() !== undefined) back(0, 'over')
    },
    onChange: (listener) => void changes.add(listener)
  }
}
