import { ApiRefusal } from '../../api/refusal.ts'
import { createLimit } from '../../common/limit.ts'
import { dryRunSubmit, type DryRunComponents } from '../owner/dry-run.ts'
import type { DryRunPort } from '../../api/ports.ts'
import type { Submissions } from './submissions.ts'

/** Dry runs that are under way or wait; each may decode a whole film. */
const RUNS_MAX = 8

export interface DryRunPortComponents extends DryRunComponents {
  readonly submissions: Submissions
}

/** Dry runs for the API: probes as they come, one analysis at a time. */
export function createDryRun({ submissions, ...components }: DryRunPortComponents): DryRunPort {
  const inTurn = createLimit(1)
  let runs = 0
  return async (request, { trusted, analyseMs, signal }) => {
    if (runs >= RUNS_MAX)
      throw new ApiRefusal('busy', 503, `${RUNS_MAX} dry runs are running; try again when one has ended.`)
    runs += 1
    try {
      const [options] = await submissions([request], trusted)
      if (options == null) throw new RangeError('one request makes one submission')
      const run = async () => {
        signal.throwIfAborted()
        return dryRunSubmit(components, options, analyseMs, signal)
      }
      const isLong = analyseMs !== undefined || options.crop === 'auto'
      return await (isLong ? inTurn(run) : run())
    } catch (error) {
      if (!signal.aborted) throw error
      throw new ApiRefusal('gone', 503, 'The client did not wait for the answer.', { cause: error })
    } finally {
      runs -= 1
    }
  }
}
