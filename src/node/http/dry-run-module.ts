import { ApiRefusal } from '../../api/modules.ts'
import { createLimit } from '../../common/limit.ts'
import { dryRunSubmit, type DryRunComponents } from '../owner/dry-run.ts'
import type { DryRunModule } from '../../api/dry-run-module.ts'
import type { SubmitRequest } from '../../api/schemas/index.ts'
import type { SubmitOptions } from '../owner/submit-wish.ts'

/** Dry runs that are under way or wait; each may decode a whole film. */
const RUNS_MAX = 8

export interface DryRunModuleComponents extends DryRunComponents {
  /** With absolute paths. @throws ApiRefusal */
  readonly resolve: (request: SubmitRequest, trusted: boolean) => Promise<SubmitOptions>
}

/** Dry runs for the API: probes as they come, one analysis at a time. */
export function createDryRun({ resolve, ...components }: DryRunModuleComponents): DryRunModule {
  const inTurn = createLimit(1)
  let runs = 0
  return async (request, { trusted, analyseMs, signal }) => {
    if (runs >= RUNS_MAX)
      throw new ApiRefusal('busy', 503, `${RUNS_MAX} dry runs are running; try again when one has ended.`)
    runs += 1
    try {
      const options = await resolve(request, trusted)
      const run = async () => {
        signal.throwIfAborted()
        return dryRunSubmit(components, options, analyseMs, signal)
      }
      return await (analyseMs === undefined ? run() : inTurn(run))
    } catch (error) {
      if (!signal.aborted) throw error
      throw new ApiRefusal('gone', 503, 'The client did not wait for the answer.', { cause: error })
    } finally {
      runs -= 1
    }
  }
}
