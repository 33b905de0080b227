import { basename } from 'node:path'
import { ApiRefusal } from '../../api/refusal.ts'
import type { CommandOutcome } from '../../swarm/index.ts'
import type { CommandStatus } from '../../swarm/protocol/index.ts'
import { SubmitError, type SubmitErrorCode } from '../owner/submit-error.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import { resolveOutput } from './media-paths.ts'

export interface SetOutputComponents {
  readonly owner: Pick<OwnerService, 'jobOf' | 'setOutput' | 'waiting'>
  readonly media: readonly string[]
}

export interface NewOutput {
  /** Full, or meant from the source's folder. */
  readonly output: string
  /** It may replace a file. */
  readonly overwrite: boolean
  /** Whoever asks may name any path; otherwise its real path lies below a media folder. */
  readonly trusted: boolean
}

export type SetOutput = (projectId: string, wanted: NewOutput) => Promise<CommandOutcome>

const STATUS: Partial<Record<SubmitErrorCode, CommandStatus>> = {
  'output-exists': 'output-exists',
  'output-taken': 'output-exists',
  'output-unwritable': 'output-unwritable',
  unsupported: 'output-unsupported'
}

/** Gives the finished file of an own project that goes on another place, once it is known that it can lie there. */
export function createSetOutput({ owner, media }: SetOutputComponents): SetOutput {
  async function set(projectId: string, { output, overwrite, trusted }: NewOutput): Promise<CommandOutcome> {
    const job = owner.jobOf(projectId)
    const waiting = owner.waiting.of(projectId)?.submission.options
    const input = job?.source.path ?? waiting?.input
    if (input == null) return { status: 'unknown-project', message: 'the files of the project are not here' }
    const path = await resolveOutput(output, {
      input,
      fileName: basename(job?.output ?? waiting?.output ?? output),
      media,
      trusted
    })
    if (await owner.setOutput(projectId, path, overwrite)) return { status: 'done', message: '' }
    return { status: 'too-late', message: 'the project has ended, or its file is being written just now' }
  }

  return async (projectId, wanted) => {
    try {
      return await set(projectId, wanted)
    } catch (error) {
      if (error instanceof ApiRefusal) return { status: 'output-unwritable', message: error.message }
      if (error instanceof SubmitError) return { status: STATUS[error.code] ?? 'failed', message: error.message }
      throw error
    }
  }
}
