import type { LogBook, Logger, Spread, Twin } from '../../swarm/index.ts'
import type { OwnerService } from './owner-service.ts'
import type { Reign } from './reign.ts'

export interface WatchTwinsComponents {
  /** Peer id of this node. */
  readonly self: string
  readonly book: Pick<LogBook, 'onRecord' | 'onTwin'>
  readonly spread: Pick<Spread, 'say'>
  readonly owner: Pick<OwnerService, 'depose'>
  readonly reign: Pick<Reign, 'epoch'>
  /** Goes on with a project from what the swarm knows. */
  readonly regain: (projectId: string) => Promise<void>
  /** Two nodes with one identity: each connection is to the one or the other, and nobody can tell which. */
  readonly leaveSwarm: () => Promise<void>
  readonly log: Logger
}

/** What is of an epoch before this node's own start is its own past that came late; anything else is alive. */
export function isAliveTwin(twin: Twin, epoch: number | undefined): boolean {
  return epoch == null || twin.epoch >= epoch
}

const TWIN_ALIVE =
  'another, newer node runs with the identity of this one, so this one stops its projects and leaves the swarm. Stop this node. If you copied its data folder, delete `identity.key` in the copy that should become a separate node'

const TWIN_OF_BEFORE =
  'the swarm knows more about a project of this node than the node itself, so the node stops the project for a moment and continues from what the swarm knows'

/** Stops own projects that another node with this one's key writes too, and leaves the swarm to it; goes on with a project that only this node's own past wrote. */
export function watchTwins(components: WatchTwinsComponents): void {
  const { self, book, spread, owner, reign, regain, leaveSwarm, log } = components

  const regaining = new Set<string>()

  function depose(projectId?: string): void {
    owner
      .depose(projectId)
      .then(async () => (projectId == null ? leaveSwarm() : undefined))
      .catch((error: unknown) => log.error({ err: error }, 'could not stop own projects'))
  }

  book.onRecord(({ view, proof }) => {
    if (proof == null) return
    log.error({ projectId: view.projectId }, 'froze a project: its owner wrote two histories')
    // A peer that has one of the two must see the other.
    for (const envelope of proof) spread.say(view.projectId, 'log', envelope)
    if (view.owner === self) depose(view.projectId)
  })
  book.onTwin((twin) => {
    const { epoch } = reign
    const isAlive = isAliveTwin(twin, epoch)
    if (isAlive) {
      log.error({ ...twin, epoch }, TWIN_ALIVE)
      depose()
      return
    }
    const { projectId } = twin
    if (regaining.has(projectId)) return
    log.warn({ ...twin, epoch }, TWIN_OF_BEFORE)
    regaining.add(projectId)
    regain(projectId)
      .catch((error: unknown) => log.error({ projectId, err: error }, 'could not continue a project of this node'))
      .finally(() => regaining.delete(projectId))
  })
}
