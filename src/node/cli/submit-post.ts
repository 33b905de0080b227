import type { ProjectStatus } from '../../api/schemas/index.ts'
import { printable } from '../../common/text.ts'
import { ApiError, exitReasonOf } from './errors.ts'
import { withFlag } from './flag-of-field.ts'
import { shownName, shownTitle } from './format.ts'
import { type Found, reportFailure, type Submission } from './submission.ts'

/** `usage`: the film or an option is wrong; `failed`: nothing is, and it was refused all the same. */
export type Unposted = 'usage' | 'failed' | 'skipped'

/** A film that the node took. */
export interface Posted {
  readonly projectId: string
  readonly warn: (warnings: readonly string[]) => void
  /** Where its finished file is. Default: where the node has it. */
  readonly find?: ((status: ProjectStatus) => Promise<Found>) | undefined
}

/** Shows each warning about a source once: those of the submission first, later ones as they are found. */
function createWarner(input: string, { io, options }: Submission): (warnings: readonly string[]) => void {
  const shown = new Set<string>()
  return (warnings) => {
    for (const warning of warnings) {
      if (shown.has(warning)) continue
      shown.add(warning)
      if (options.json) io.out(JSON.stringify({ event: 'warning', input: input, warning }))
      io.err(`${shownName(input)}: warning: ${printable(warning)}`)
    }
  }
}

/** Of several files some may be results of before: that is no failure. */
function skip(input: string, { io, options }: Submission, error: ApiError): 'skipped' {
  if (options.json) io.out(JSON.stringify({ event: 'skipped', input: input, reason: error.detail }))
  io.err(`${shownName(input)}: skipped: ${error.detail}`)
  return 'skipped'
}

/** What of a project was there when somebody asked for it again. */
export function goesOnLine({ title, state, planned, scenes: { done, total } }: ProjectStatus): string {
  const name = shownTitle(title)
  if (state === 'completed') return `${name} is already finished`
  if (planned) return `continuing ${name}: ${done} of ${total} scenes are done`
  return `continuing ${name}: ${done === 0 ? 'its source is being analysed' : `${done} scenes are done so far`}`
}

async function sayAttached(projectId: string, { client, options, io, signal }: Submission): Promise<void> {
  const status = await client.project(projectId, { signal })
  if (options.json) io.out(JSON.stringify({ event: 'attached', projectId, state: status.state, scenes: status.scenes }))
  else io.err(goesOnLine(status))
}

/** Submits one film, and says what came of it. @param film absolute path */
export async function post(film: string, submission: Submission, isOneOfMany: boolean): Promise<Posted | Unposted> {
  const { client, options, wishes, io, signal, elsewhere } = submission
  try {
    const input = elsewhere === undefined ? film : await elsewhere.bring(film)
    const { projectId, attached, warnings } = await client.submit({ input, ...wishes }, { signal })
    if (options.json) io.out(JSON.stringify({ event: 'submitted', projectId, input: film, attached }))
    else if (options.detach) io.out(projectId)
    if (attached) await sayAttached(projectId, submission)
    else if (isOneOfMany && !options.json) io.err(`${shownName(film)}: submitted`)
    const warn = createWarner(film, submission)
    warn(warnings)
    const find = elsewhere && (async (status: ProjectStatus): Promise<Found> => elsewhere.find(film, status))
    return { projectId, warn, find }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (isOneOfMany && error.code === 'own-result') return skip(film, submission, error)
    const { detail: reason, code, field } = error
    const line = `${shownName(film)} was refused: ${withFlag(field, reason)}`
    reportFailure(io, options.json === true, [line], { input: film, reason, code, field })
    return exitReasonOf(error) === 'usage' ? 'usage' : 'failed'
  }
}
