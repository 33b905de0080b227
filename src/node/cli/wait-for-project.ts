import { setTimeout as delay } from 'node:timers/promises'
import { anySignal } from '../../common/any-signal.ts'
import type { ProjectStatus } from '../../api/schemas/index.ts'
import type { NodeClient } from './client.ts'
import { CliError } from './errors.ts'

/** Options of {@link waitForProject}. */
export interface WaitInit {
  readonly signal: AbortSignal
  /** Called with each change, and with what the project is at first. */
  readonly onStatus: (status: ProjectStatus, elapsedMs: number) => void
  /** Pause before a lost connection is made again. Default 500. */
  readonly retryMs?: number
  /** How long a node may be silent, e.g. while it is restarted, before the wait is given up. Default 15 s. */
  readonly silenceMsMax?: number | undefined
}

type WaitClient = Pick<NodeClient, 'project' | 'events' | 'url'>

const ended = new Set<ProjectStatus['state']>(['completed', 'failed', 'cancelled'])

/** What the project is, then what live events say of it, until the connection ends. A node that gives none is asked again by the caller. */
async function* statusesOf(client: WaitClient, projectId: string, signal: AbortSignal) {
  const over = new AbortController()
  const events = client.events({}, { signal: anySignal([signal, over.signal]) })
  // Begun before the project is asked for: a change between the two comes too.
  let next = events.next().catch(() => undefined)
  try {
    yield await client.project(projectId, { signal })
    for (let result = await next; result !== undefined && result.done !== true; result = await next) {
      next = events.next().catch(() => undefined)
      const part = result.value
      if (part.type === 'beat') continue
      const { event, data } = part.event
      if (event === 'project-gone' && data.projectId === projectId) return
      if (event === 'project' && data.projectId === projectId) yield data
    }
    signal.throwIfAborted()
  } finally {
    over.abort()
    // It may stand at a part that nobody took, where no signal reaches it.
    events.return().catch(() => undefined)
  }
}

function lost(client: WaitClient, projectId: string, cause: unknown): CliError {
  const message = `The connection to the node at ${client.url} is lost. Project ${projectId} may continue there.`
  return new CliError('node-lost', message, { cause })
}

/** It does not answer; what it refuses is another matter. */
const isAway = (error: unknown): boolean => error instanceof CliError && error.code === 'no-node'

/**
 * Follows a project to its end, by the node's live events.
 * @throws {@link CliError} `node-lost` after too long a silence; `ApiError` where the node does not know the project any more; the signal's reason when aborted
 */
export async function waitForProject(
  client: WaitClient,
  projectId: string,
  { signal, onStatus, retryMs = 500, silenceMsMax = 15_000 }: WaitInit
): Promise<ProjectStatus> {
  const startedAt = performance.now()
  let heardAt = startedAt
  for (;;) {
    try {
      for await (const status of statusesOf(client, projectId, signal)) {
        heardAt = performance.now()
        onStatus(status, heardAt - startedAt)
        if (ended.has(status.state)) return status
      }
    } catch (error) {
      signal.throwIfAborted()
      if (!isAway(error)) throw error
      if (performance.now() - heardAt > silenceMsMax) throw lost(client, projectId, error)
    }
    await delay(retryMs, undefined, { signal })
  }
}
