import { setTimeout as delay } from 'node:timers/promises'
import { anySignal } from '../../../common/any-signal.ts'
import { errorText } from '../../../common/error-text.ts'
import type { NodeClient } from '../client.ts'
import { NOTHING_YET, stateAfter, stateLost, stateTick, type TopState, withPast } from './state.ts'

/** The node takes no more in one stream. */
const FILMS_MAX = 8
const RETRY_MS = 1000
const TICK_MS = 1000
/** Events that are asked for of the time before. */
const PAST_MAX = 200
/** Changes are shown together. */
const GATHER_MS = 100

export interface FollowInit {
  readonly client: Pick<NodeClient, 'events' | 'chronicle'>
  readonly signal: AbortSignal
  /** Called with what is known, at most ten times a second. */
  readonly onState: (state: TopState) => void
}

/** A node that is followed by its live events, for as long as the signal is not aborted. */
export interface Following {
  /** The film that is looked at; its scenes are wanted first. */
  readonly open: (projectId: string | undefined) => void
  /** Resolves once nothing runs any more. @throws what the node refused at the first connection */
  readonly ended: Promise<void>
}

/** Films whose scenes are wanted: the open one, then those that go on. */
export function wantedFilms({ projects }: Pick<TopState, 'projects'>, open: string | undefined): string[] {
  const goOn = [...projects.values()].filter(({ endedAtMs }) => endedAtMs === null).map(({ projectId }) => projectId)
  return [...new Set([...(open === undefined ? [] : [open]), ...goOn])].slice(0, FILMS_MAX)
}

export function followNode({ client, signal, onState }: FollowInit): Following {
  let state = NOTHING_YET
  let open: string | undefined
  let connection: AbortController | undefined
  let asked: readonly string[] = []
  let gathering: NodeJS.Timeout | undefined

  function show(next: TopState): void {
    state = next
    gathering ??= setTimeout(() => {
      gathering = undefined
      onState(state)
    }, GATHER_MS)
  }

  /** Another stream, where other films are wanted than it was asked for. */
  function askAgain(): void {
    const wanted = wantedFilms(state, open)
    if (state.connection.status !== 'live' || wanted.every((id) => asked.includes(id))) return
    connection?.abort()
  }

  /** What happened while this client did not listen. It is for reading only: without it the log is merely shorter. */
  async function askPast(): Promise<void> {
    const { events } = await client.chronicle({ events: PAST_MAX }, { signal })
    show(withPast(state, events))
  }

  async function connect(): Promise<void> {
    connection = new AbortController()
    asked = wantedFilms(state, open)
    const either = anySignal([signal, connection.signal])
    // What comes at first is all there is: it replaces what is shown at once, so that nothing flickers.
    let next = NOTHING_YET
    let isReady = false
    for await (const part of client.events({ films: asked, logs: 'info' }, { signal: either })) {
      if (part.type === 'beat') continue
      const before = isReady ? state : part.event.event === 'hello' ? state : next
      next = stateAfter(before, part.event, Date.now())
      const wasAway = !isReady && state.connection.status !== 'live'
      isReady ||= part.event.event === 'ready'
      if (!isReady) continue
      show(next)
      if (wasAway) askPast().catch(() => undefined)
      askAgain()
    }
  }

  async function run(): Promise<void> {
    let wasThere = false
    const ticking = setInterval(() => {
      show(stateTick(state))
      askAgain()
    }, TICK_MS)
    try {
      while (!signal.aborted) {
        const error = await connect().then(
          () => undefined,
          (cause: unknown) => cause
        )
        wasThere ||= state.connection.status === 'live'
        if (signal.aborted) return
        if (connection?.signal.aborted) continue
        if (!wasThere && error !== undefined) throw error
        show(stateLost(state, Date.now()))
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
      }
    } finally {
      clearInterval(ticking)
      clearTimeout(gathering)
    }
  }

  return {
    open: (projectId) => {
      open = projectId
      askAgain()
    },
    ended: run()
  }
}

/** Why a command was not done, in a line. */
export const refusalText = (error: unknown): string => errorText(error)
