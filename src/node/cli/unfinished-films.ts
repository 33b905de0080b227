import type { ProjectStatus } from '../../api/schemas/index.ts'
import { shownTitle } from './format.ts'
import type { Submission } from './submission.ts'

const ended = new Set<ProjectStatus['state']>(['completed', 'failed', 'cancelled'])

/** So many are named. */
const NAMED_MAX = 5

function named({ title, planned, scenes: { done, total } }: ProjectStatus): string {
  return planned ? `${shownTitle(title)} (${done} of ${total} scenes)` : shownTitle(title)
}

/** The unfinished films of a data folder that a command leaves alone; undefined where there is none. */
export function unfinishedLine(projects: readonly ProjectStatus[], asked: ReadonlySet<string>): string | undefined {
  const left = projects.filter(({ own, state, projectId }) => own && !ended.has(state) && !asked.has(projectId))
  if (left.length === 0) return undefined
  const names = left.slice(0, NAMED_MAX).map(named)
  const more = left.length - names.length
  const all = [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ')
  return `unfinished, and left alone for now: ${all}; "grav1 node" goes on with ${left.length === 1 ? 'it' : 'them'}`
}

/** Says which films of before wait while this command runs its own node. */
export async function sayUnfinished(asked: ReadonlySet<string>, submission: Submission): Promise<void> {
  const { client, options, io, signal } = submission
  const line = unfinishedLine((await client.status({ signal })).projects, asked)
  if (line === undefined) return
  if (!options.json) io.err(line)
}
