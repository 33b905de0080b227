import type { ClockGap } from '../../common/clock-gap.ts'
import type { AnalysisCache } from '../../encode/index.ts'
import type { BeatsComponents } from './beats.ts'
import type { BlobExchange, LogBook } from '../../swarm/index.ts'
import type { BlobStore, LeaseRepository, OwnStore } from '../../storage/index.ts'
import type { EncodeAgain } from './encode-again.ts'
import type { History } from '../history/index.ts'
import type { JobFile } from './job-file.ts'
import type { KnownScenes } from './known-scenes.ts'
import type { OwnedJob } from './job.ts'
import type { OwnerInput, OwnerState, ProjectView, SessionMessage, Timing } from '../../swarm/protocol/index.ts'
import type { PreparationLine } from './preparation-line.ts'
import type { ProjectProbes } from '../project-probes.ts'
import type { ProjectSpec } from '../project-spec.ts'
import type { SpaceWatch } from '../disk/step-when-full.ts'
import type { TrustBook } from '../peers/trust-book.ts'

/** What every project of this node shares. */
export interface OwnedProjectParts extends BeatsComponents {
  readonly blobs: BlobStore
  readonly analyses: AnalysisCache
  readonly own: Pick<OwnStore, 'put'>
  readonly leases: LeaseRepository
  readonly guard: SpaceWatch & { readonly state: 'ok' | 'disk-full' }
  readonly trust: Pick<TrustBook, 'note' | 'draw'>
  readonly encodeAgain: EncodeAgain
  readonly probes: ProjectProbes
  readonly knownScenes: KnownScenes
  readonly exchange: BlobExchange
  readonly history: Pick<History, 'step' | 'accepted' | 'resumed' | 'of'>
  /** Looked at before a deadline counts: while the machine slept, all passed at once. */
  readonly gap: Pick<ClockGap, 'look'>
}

export interface OwnedProjectComponents extends OwnedProjectParts {
  readonly line: PreparationLine
  /** Sends to a connected worker; a lost message is made good by renewals. */
  readonly send: (worker: string, message: SessionMessage) => void
  /** The project has ended: what is kept of it until it is removed. */
  readonly ended: (projectId: string, job: OwnedJob) => void
  /** Tells the other projects of this node that this one caught a worker. */
  readonly distrust: (worker: string, reason: string, by: string) => void
}

export interface OwnedProjectInit {
  readonly projectId: string
  readonly epoch: number
  readonly timing: Timing
  readonly job: OwnedJob
  readonly spec: ProjectSpec
  readonly timestampsMs: readonly number[] | undefined
  /** Private folder of the project; removed at its end. */
  readonly workDir: string
}

/** One running project, for the parts that carry its effects out. */
export interface ProjectContext {
  readonly components: OwnedProjectComponents
  readonly init: Omit<OwnedProjectInit, 'timestampsMs'>
  readonly file: JobFile
  /** Aborted when the project ends or the node stops. */
  readonly signal: AbortSignal
  /** As its log has it now. */
  readonly view: ProjectView
  /** By the owner's rules, now. */
  readonly state: OwnerState
  readonly dispatch: (event: OwnerInput) => void
  /** Writes a record into the log and tells the swarm. */
  readonly append: (body: Parameters<LogBook['append']>[2]) => Promise<void>
  /** The project fails when it rejects; its end waits for it. */
  readonly inBackground: (task: () => Promise<void>) => void
}
