import { anySignal } from '../../common/any-signal.ts'
import { shownTitle } from './format.ts'
import { createFilmsDisplay, type FilmsDisplay } from './films-table.ts'
import { createProgressDisplay, type ProgressDisplay } from './progress-display.ts'
import { createWaitTeller, tellEnd } from './submit-follow.ts'
import { shareEvents } from './share-events.ts'
import type { Submission } from './submission.ts'
import type { Posted } from './submit-post.ts'
import { waitForProject } from './wait-for-project.ts'
import type { ProjectStatus } from '../../api/schemas/index.ts'

/** Lines of one of several films, each with its title. */
function createFilmLines({ io, options }: Submission): Pick<ProgressDisplay, 'update'> {
  const json = options.json === true
  let title = ''
  const out = (line: string): void => io.out(json ? line : `${title} ${line}`)
  const lines = createProgressDisplay({ out, terminal: undefined }, json)
  return {
    update: (status, elapsedMs) => {
      title = shownTitle(status.title)
      lines.update(status, elapsedMs)
    }
  }
}

async function followOne(
  { projectId, warn, find }: Posted,
  submission: Submission,
  table: FilmsDisplay | undefined
): Promise<boolean> {
  const { client, io, options, signal, silenceMsMax } = submission
  const display = table ?? createFilmLines(submission)
  const sayWaiting = createWaitTeller(io, options.json === true)
  let warned = 0
  const onStatus = async (seen: ProjectStatus, elapsedMs: number): Promise<void> => {
    const isNew = seen.warnings.length > warned
    warned = seen.warnings.length
    if (table === undefined) {
      warn(seen.warnings)
      // The turns of a whole season are no news.
      if (seen.state !== 'queued') sayWaiting(seen)
    } else if (isNew) await table.above(async () => warn(seen.warnings))
    display.update(seen, elapsedMs)
  }
  const failed = new AbortController()
  const status = await waitForProject(client, projectId, {
    signal: anySignal([signal, failed.signal]),
    silenceMsMax,
    onStatus: (seen, elapsedMs) => {
      onStatus(seen, elapsedMs).catch((error: unknown) => failed.abort(error))
    }
  })
  const tell = async () => tellEnd(status, submission, find)
  return table === undefined ? tell() : table.above(tell)
}

/** Shows several films until the last one ends: a table on a terminal, lines elsewhere. @returns whether all of them are there */
export async function followAll(posted: readonly Posted[], submission: Submission): Promise<boolean> {
  const { io, options } = submission
  const terminal = options.json === true ? undefined : io.terminal
  const order = posted.map(({ projectId }) => projectId)
  const table = terminal === undefined ? undefined : createFilmsDisplay(terminal, order)
  const sharing = { ...submission, client: { ...submission.client, events: shareEvents(submission.client) } }
  try {
    const ends = await Promise.all(posted.map(async (one) => followOne(one, sharing, table)))
    return ends.every(Boolean)
  } finally {
    table?.stop()
  }
}
