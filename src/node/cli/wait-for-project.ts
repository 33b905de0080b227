import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectStatus } from '../../api/schemas/index.ts'
import type { NodeClient } from './client.ts'
import { CliError } from './errors.ts'

/** Options of {@link waitForProject}. */
export interface WaitInit {
  readonly signal: AbortSignal
  readonly onStatus: (status: ProjectStatus, elapsedMs: number) => void
  /** Default 500. */
  readonly pollMs?: number
  /** How long a node may be silent, e.g. while it is restarted, before the wait is given up. Default 15 s. */
  readonly silenceMsMax?: number
}

const ended = new Set<ProjectStatus['state']>(['completed', 'failed', 'cancelled'])

/** Follows a project to its end. @throws {@link CliError} `node-lost` after too long a silence; the signal's reason when aborted */
export async function waitForProject(
  client: Pick<NodeClient, 'project' | 'url'>,
  projectId: string,
  { signal, onStatus, pollMs = 500, silenceMsMax = 15_000 }: WaitInit
): Promise<ProjectStatus> {
  const startedAt = performance.now()
  let heardAt = startedAt
  for (;;) {
    try {
      const status = await client.project(projectId, { signal })
      heardAt = performance.now()
      onStatus(status, heardAt - startedAt)
      if (ended.has(status.state)) return status
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof CliError) || error.code !== 'no-node') throw error
      if (performance.now() - heardAt > silenceMsMax) {
        throw new CliError(
          'node-lost',
          `The connection to the node at ${client.url} is lost. Project ${projectId} may still be running there.`,
          {
            cause: error
          }
        )
      }
    }
    await delay(pollMs, undefined, { signal })
  }
}
