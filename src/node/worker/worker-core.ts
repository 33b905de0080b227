import { createListeners } from '../../common/listeners.ts'
import { createWorkerState, stepWorker } from '../../swarm/protocol/index.ts'
import type { Logger } from '../../swarm/index.ts'
import type { WorkerEffect, WorkerEvent, WorkerState } from '../../swarm/protocol/index.ts'

export interface WorkerCoreInit {
  readonly slots: number
  readonly queue: number
}

/** The worker's rules with their state. The parts around it register what they do for it, and tell it what happens. */
export interface WorkerCore {
  /** By the rules, now. */
  readonly state: WorkerState
  /** Feeds an event to the rules, and has the effects carried out before it returns. */
  readonly dispatch: (event: WorkerEvent) => void
  /** Registers the function that carries effects out. */
  readonly onEffect: (perform: (effect: WorkerEffect) => void) => void
  /** Registers a function that is called after each event was carried out. */
  readonly onStep: (look: (state: WorkerState) => void) => void
  /** Registers a function that is called when memory was short, or is no more. */
  readonly onShortage: (listener: () => void) => void
  /** Judges the projects anew, once for all calls until the event loop comes round. */
  readonly refreshSoon: () => void
  /** Registers the function that judges the projects. */
  readonly onRefresh: (judge: () => void) => void
  /** Logs where the task fails. */
  readonly inBackground: (task: Promise<void>) => void
  /** Resolves when the tasks in the background have ended. */
  readonly settled: () => Promise<void>
}

export function createWorkerCore({ log }: { readonly log: Logger }, { slots, queue }: WorkerCoreInit): WorkerCore {
  const running = new Set<Promise<void>>()
  let state = createWorkerState(slots, queue)
  let perform: (effect: WorkerEffect) => void = () => {}
  let judge = (): void => {}
  let look: (state: WorkerState) => void = () => {}
  let isRefreshQueued = false
  const shortages = createListeners<void>()

  function refreshSoon(): void {
    if (isRefreshQueued) return
    isRefreshQueued = true
    setImmediate(() => {
      isRefreshQueued = false
      judge()
    })
  }

  function dispatch(event: WorkerEvent): void {
    const before = state
    const step = stepWorker(state, event)
    state = step.state
    // Why nothing is done for a project shows once nothing is in hand of it.
    const isShort = state.shortage !== before.shortage
    if (isShort || state.jobs.size < before.jobs.size) refreshSoon()
    for (const effect of step.effects) perform(effect)
    look(state)
    if (isShort) shortages.tell()
  }

  return {
    get state() {
      return state
    },
    dispatch,
    onEffect: (carryOut) => {
      perform = carryOut
    },
    onStep: (onStep) => {
      look = onStep
    },
    onShortage: (listener) => void shortages.add(listener),
    refreshSoon,
    onRefresh: (refresh) => {
      judge = refresh
    },
    inBackground: (task) => {
      const tracked = task
        .catch((error: unknown) => log.warn({ err: error }, 'in the worker'))
        .finally(() => running.delete(tracked))
      running.add(tracked)
    },
    settled: async () => {
      await Promise.allSettled(running)
    }
  }
}
