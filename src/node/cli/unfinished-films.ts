import type { ProjectStatus } from '../../api/schemas/index.ts'
import { shownTitle } from './format.ts'
import type { Submission } from './submission.ts'

const ended = new Set<ProjectStatus['state']>(['completed', 'failed', 'cancelled'])

/** So many are named. */
const NAMED_MAX = 5

function named({ title, planned, scenes: { done, total } }: ProjectStatus): string {
  return planned ? `${shownTitle(title)} (${done} of ${total} scenes)` : shownTitle(title)
}

/** Films of this node that go on after a command that does not ask for them. */
export function unfinishedFilms(projects: readonly ProjectStatus[], asked: ReadonlySet<string>): ProjectStatus[] {
  return projects.filter(({ own, state, projectId }) => own && !ended.has(state) && !asked.has(projectId))
}

/** The films that a command leaves alone, in a sentence; there is one at least. */
export function unfinishedLine(left: readonly ProjectStatus[]): string {
  const names = left.slice(0, NAMED_MAX).map(named)
  const more = left.length - names.length
  const all = [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ')
  return `unfinished, and left alone for now: ${all}; "grav1 node" resumes ${left.length === 1 ? 'it' : 'them'}`
}

/** Says which films of before wait while this command runs its own node. */
export async function sayUnfinished(asked: ReadonlySet<string>, submission: Submission): Promise<void> {
  const { client, options, io, signal } = submission
  const left = unfinishedFilms((await client.status({ signal })).projects, asked)
  if (left.length === 0) return
  if (!options.json) io.err(unfinishedLine(left))
  else
    io.out(
      JSON.stringify({ event: 'unfinished', projects: left.map(({ projectId, title }) => ({ projectId, title })) })
    )
}
