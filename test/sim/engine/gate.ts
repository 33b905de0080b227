import type { World } from './world.ts'

/** Holds back what reaches a process that is stopped (SIGSTOP). */
export interface Gate {
  readonly paused: boolean
  /** Runs the task now, or in its turn once the process goes on. */
  pass: <T>(task: (argument: T) => void, argument: T) => void
  /** Told whenever `paused` changes. Returns what ends it. */
  watch: (listener: () => void) => () => void
}

/** A gate that can be closed. */
export interface ProcessGate extends Gate {
  /** Stops the process for `ms` of world time, or until `resume` when it is left out. A second pause replaces the end of the first. */
  pause: (ms?: number) => void
  /** What was held back runs at once and in order, each as an event of its own. What arrives meanwhile waits behind it. */
  resume: () => void
}

interface Held {
  readonly task: (argument: never) => void
  readonly argument: unknown
}

export function createGate(world: World): ProcessGate {
  const listeners = new Set<() => void>()
  let held: Held[] = []
  let heldAt = 0
  let paused = false
  let end: { cancel: () => void } | undefined
  let draining = false

  function change(to: boolean): void {
    if (paused === to) return
    paused = to
    for (const listener of listeners) listener()
  }

  function drain(): void {
    draining = false
    const next = paused ? undefined : held[heldAt]
    if (next === undefined) return
    heldAt++
    const last = heldAt === held.length
    if (last) {
      held = []
      heldAt = 0
    }
    if (!last) schedule()
    next.task(next.argument as never)
  }

  function schedule(): void {
    if (draining) return
    draining = true
    world.at(0, drain)
  }

  function resume(): void {
    end?.cancel()
    end = undefined
    change(false)
    if (held.length > 0) schedule()
  }

  return {
    get paused() {
      return paused
    },
    pass: (task, argument) => {
      if (!paused && held.length === 0) task(argument)
      else held.push({ task: task as (argument: never) => void, argument })
    },
    watch: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    pause: (ms) => {
      end?.cancel()
      end = ms === undefined ? undefined : world.at(ms, resume)
      change(true)
    },
    resume
  }
}
