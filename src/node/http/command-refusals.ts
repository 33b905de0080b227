import { ApiRefusal, unknownProject } from '../../api/refusal.ts'
import { CommandError, type CommandErrorCode, type CommandOutcome } from '../../swarm/index.ts'
import { assertNever } from '../../common/assert-never.ts'
import { printable } from '../../common/text.ts'

const unanswered: Readonly<Record<CommandErrorCode, { readonly code: string; readonly sentence: string }>> = {
  unreachable: {
    code: 'owner-unreachable',
    sentence: 'which cannot be reached now. Nothing was changed. Try again when it is back.'
  },
  'no-answer': {
    code: 'owner-no-answer',
    sentence:
      'which did not answer. It may or may not have carried out the command; check the project before you try again.'
  },
  unsupported: {
    code: 'owner-outdated',
    sentence:
      'which runs a version that takes no commands from other nodes. Nothing was changed. Give the command on that node.'
  }
}

/** Says to the one who asked what came of a command. `owner`: how people call the owner. @throws ApiRefusal unless it was done */
export function checkOutcome({ status, message }: CommandOutcome, owner: string): void {
  switch (status) {
    case 'done':
      return
    case 'refused':
      throw new ApiRefusal('not-allowed', 403, 'You are not allowed to do this!')
    case 'unknown-project':
      throw unknownProject()
    case 'ended':
      throw new ApiRefusal('already-ended', 409, 'The project has already ended.')
    case 'not-waiting':
      throw new ApiRefusal(
        'not-waiting',
        409,
        'There is nothing to retry: the project is not waiting, or it waits for a machine that is not connected.'
      )
    case 'too-late':
      throw new ApiRefusal('too-late', 409, 'The project has ended, or its file is being written right now.')
    case 'output-exists':
    case 'output-unwritable':
      throw new ApiRefusal(status, 400, printable(message), { field: 'output' })
    case 'output-unsupported':
      throw new ApiRefusal('unsupported', 400, printable(message), { field: 'output' })
    case 'failed':
      throw new ApiRefusal(
        'owner-failed',
        503,
        `${owner}, the owner of the project, could not do it: ${printable(message)}`
      )
    default:
      assertNever(status)
  }
}

/** What the error of an unanswered command is for the API; other errors as they are. */
export function commandRefusal(error: unknown, owner: string): unknown {
  if (!(error instanceof CommandError)) return error
  const { code, sentence } = unanswered[error.code]
  return new ApiRefusal(code, 503, `The project belongs to ${owner}, ${sentence}`, { cause: error })
}
