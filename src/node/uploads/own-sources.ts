import type { LogBook, Logger } from '../../swarm/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { Uploads } from './uploads.ts'

export interface OwnSourcesComponents {
  /** Peer id of this node. */
  readonly self: string
  readonly book: Pick<LogBook, 'views'>
  readonly owner: Pick<OwnerService, 'jobOf' | 'waiting'>
}

/** Whether an own project that was not removed, or a submission that waits, has a file as its source. */
export function createOwnSources({ self, book, owner }: OwnSourcesComponents): (path: string) => boolean {
  return (path) =>
    owner.waiting.list().some(({ submission }) => submission.options.input === path) ||
    [...book.views.values()].some(
      (view) =>
        view.owner === self && view.end?.state !== 'removed' && owner.jobOf(view.projectId)?.source.path === path
    )
}

export interface ReleaseUploadsComponents {
  readonly book: Pick<LogBook, 'onRecord'>
  readonly owner: Pick<OwnerService, 'jobOf'>
  readonly uploads: Pick<Uploads, 'release'>
  readonly log: Logger
}

/** Gives an upload back when this node removes the project that it was the source of. */
export function releaseWithProjects({ book, owner, uploads, log }: ReleaseUploadsComponents): void {
  book.onRecord(({ view, own }) => {
    const path = own && view.end?.state === 'removed' ? owner.jobOf(view.projectId)?.source.path : undefined
    if (path == null) return
    uploads.release(path).catch((error: unknown) => log.warn({ err: error }, 'could not remove an upload'))
  })
}
