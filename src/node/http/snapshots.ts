import { ENCODERS, workOf } from '../../encode/rules/index.ts'
import { unknownProject } from '../../api/refusal.ts'
import { waitWords } from '../idle/wait-words.ts'
import { turnReason, waitOf, type Beat, type ProjectView } from '../../swarm/protocol/index.ts'
import type { ProjectIdle, ProjectSnapshot } from '../../api/ports.ts'
import type { LogBook } from '../../swarm/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { Heard } from '../peers/heard.ts'

export interface SnapshotsComponents {
  readonly peerId: string
  readonly book: Pick<LogBook, 'views' | 'beats' | 'behind'>
  readonly owner: Pick<OwnerService, 'jobOf' | 'stateOf' | 'waiting'>
  readonly heard: Heard
  /** Projects of such an owner are not shown. Default: all are. */
  readonly isBanned?: ((owner: string) => boolean) | undefined
  /** Why this node does nothing for a project. */
  readonly idleOf: (projectId: string) => ProjectIdle | undefined
}

/** Projects as this node sees them now; those that were removed are not there. */
export interface Snapshots {
  /** By priority, then age. */
  readonly list: () => ProjectSnapshot[]
  readonly get: (projectId: string) => ProjectSnapshot | undefined
  /** @throws ApiRefusal `unknown-project` */
  readonly view: (projectId: string) => ProjectView
}

export function createSnapshots(components: SnapshotsComponents): Snapshots {
  const { peerId, book, owner, heard, isBanned = () => false, idleOf } = components
  const isThere = ({ end, owner: of }: ProjectView): boolean => end?.state !== 'removed' && !isBanned(of)

  function find(projectId: string): ProjectView | undefined {
    const view = book.views.get(projectId) ?? owner.waiting.of(projectId)?.view
    return view != null && isThere(view) ? view : undefined
  }

  /** Those that wait, until their projects are announced. */
  function submissions(): ProjectView[] {
    return owner.waiting.list().flatMap(({ view }) => (book.views.has(view.projectId) ? [] : [view]))
  }

  /** The owner knows it with the names of its files, the others as far as it told them. */
  function waitingOf({ projectId, owner: of }: ProjectView, beat: Beat | undefined): string {
    const state = owner.stateOf(projectId)
    if (state != null) return waitOf(state)?.reason ?? turnReason(state)
    return of === peerId || beat?.waits == null ? '' : waitWords(beat.waits, projectId)
  }

  function snapshotOf(view: ProjectView): ProjectSnapshot {
    const { projectId, announce } = view
    const job = owner.jobOf(projectId)
    const waits = owner.waiting.of(projectId)
    const beat = waits?.beat ?? book.beats.get(projectId)
    const own = view.owner === peerId
    return {
      view,
      beat,
      work: workOf(announce.encoderName),
      soundBytes: job?.soundBytes,
      outputPath: job?.output,
      warnings: job?.warnings,
      film: job?.film,
      own,
      waiting: waits?.reason ?? waitingOf(view, beat),
      stale: book.behind.has(projectId),
      idle: idleOf(projectId),
      heardAtMs: own ? undefined : heard.atMs(projectId),
      quantiserFlag: quantiserFlagOf(announce.encoderName)
    }
  }

  return {
    list: () =>
      [...book.views.values(), ...submissions()]
        .filter(isThere)
        .toSorted((a, b) => a.priority - b.priority || a.announce.createdAtMs - b.announce.createdAtMs)
        .map(snapshotOf),
    get: (projectId) => {
      const view = find(projectId)
      return view == null ? undefined : snapshotOf(view)
    },
    view: (projectId) => {
      const view = find(projectId)
      if (view == null) throw unknownProject()
      return view
    }
  }
}

function quantiserFlagOf(encoderName: string): string {
  const encoder = Object.values(ENCODERS).find(({ name }) => name === encoderName)
  return encoder == null ? '' : `--${encoder.quantiser.flag}`
}
