import { assertNever } from '../../common/assert-never.ts'
import { waitFor } from '../../common/wait.ts'
import { placeOf } from '../../swarm/protocol/index.ts'
import type { CommandRequest, ProjectView } from '../../swarm/protocol/index.ts'
import type { CommandExchange, CommandOutcome, LogBook, Sync } from '../../swarm/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { SetOutput } from './set-output.ts'

/** How long an answer waits until this node has heard of what the owner did. */
const SEEN_MS = 2_000

const DONE: CommandOutcome = { status: 'done', message: '' }
const ENDED: CommandOutcome = { status: 'ended', message: 'the project has already ended' }
const UNKNOWN: CommandOutcome = { status: 'unknown-project', message: 'no project of this node' }
const NOT_WAITING: CommandOutcome = { status: 'not-waiting', message: 'there is nothing to try again' }

export interface CarryOutComponents {
  readonly peerId: string
  readonly book: Pick<LogBook, 'views'>
  readonly owner: Pick<OwnerService, 'cancel' | 'remove' | 'setPriority' | 'retry' | 'waiting'>
  readonly setOutput: SetOutput
}

/** Does what a command says to a project of this node, regardless of its sender; the caller has decided whether the sender may. */
export function createCarryOut({ peerId, book, owner, setOutput }: CarryOutComponents) {
  return async (request: CommandRequest): Promise<CommandOutcome> => {
    const { projectId, kind } = request
    const view = book.views.get(projectId) ?? owner.waiting.of(projectId)?.view
    if (view == null || view.owner !== peerId || view.end?.state === 'removed') return UNKNOWN
    switch (kind) {
      case 'set-priority':
        return (await owner.setPriority(projectId, request.priority)) ? DONE : ENDED
      case 'cancel':
        return (await owner.cancel(projectId)) ? DONE : ENDED
      case 'remove':
        await owner.remove(projectId)
        return DONE
      case 'retry':
        if (view.end != null) return ENDED
        return (await owner.retry(projectId)) ? DONE : NOT_WAITING
      case 'set-output':
        if (view.end != null) return ENDED
        // [RULE 60]
        return setOutput(projectId, placeOf(request))
      default:
        return assertNever(kind)
    }
  }
}

export interface ForwardComponents {
  readonly commands: Pick<CommandExchange, 'send'>
  readonly book: Pick<LogBook, 'views' | 'onRecord'>
  readonly sync: Pick<Sync, 'pull'>
}

/** Has a project's owner carry out a command. What was done shows here too when the answer is given, unless the news takes longer than 2 s. */
export function createForward({ commands, book, sync }: ForwardComponents) {
  /** @throws CommandError when the owner did not answer */
  return async (owner: string, request: CommandRequest): Promise<CommandOutcome> => {
    const outcome = await commands.send(owner, request)
    if (outcome.status === 'done' && !isSeen(book.views.get(request.projectId), request)) {
      sync.pull(owner)
      await untilSeen(book, request)
    }
    return outcome
  }
}

async function untilSeen(book: ForwardComponents['book'], request: CommandRequest): Promise<void> {
  await waitFor<void>((done) => {
    const look = (): void => {
      if (isSeen(book.views.get(request.projectId), request)) done()
    }
    const unsubscribe = book.onRecord(look)
    const timer = setTimeout(done, SEEN_MS)
    look()
    return () => {
      clearTimeout(timer)
      unsubscribe()
    }
  })
}

function isSeen(view: ProjectView | undefined, request: CommandRequest): boolean {
  switch (request.kind) {
    case 'set-priority':
      return view?.priority === request.priority
    case 'cancel':
      return view?.end != null
    case 'remove':
      return view?.end?.state === 'removed'
    // No record says these: the beats tell what comes of them.
    case 'retry':
    case 'set-output':
      return true
    default:
      return assertNever(request)
  }
}
