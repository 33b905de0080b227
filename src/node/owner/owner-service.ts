import { createAdmission, type Admission } from './admission.ts'
import { createAdoption } from './adoption.ts'
import { createOwnProjects } from './own-projects.ts'
import { createProjectCommands, type ProjectCommands } from './project-commands.ts'
import { createTenure } from './tenure.ts'
import { createWorkerSessions } from './worker-sessions.ts'
import { createAbsence, type Absence } from './absence.ts'
import type { ClockGap } from '../../common/clock-gap.ts'
import type { AnalysisCache } from '../../encode/index.ts'
import type { EncoderShelf } from '../encoders/encoder-shelf.ts'
import type { BlobExchange, LogBook, Logger, Routing, Session, Signer, Spread } from '../../swarm/index.ts'
import type { BlobStore, DiskGuard, LeaseRepository, OwnStore } from '../../storage/index.ts'
import type { EncodeAgain } from './encode-again.ts'
import type { History } from '../history/index.ts'
import type { Intake } from './intake.ts'
import type { KnownScenes } from './known-scenes.ts'
import type { OwnedJob } from './job.ts'
import type { Preset } from '../../api/schemas/index.ts'
import type { ClaimRefusal, OwnerState, Share, Timing } from '../../swarm/protocol/index.ts'
import type { ProjectProbes } from '../project-probes.ts'
import type { SpaceWatch } from '../disk/step-when-full.ts'
import type { TrustBook } from '../peers/trust-book.ts'

export interface OwnerServiceComponents {
  readonly book: LogBook
  readonly blobs: BlobStore
  readonly exchange: BlobExchange
  readonly spread: Spread
  readonly signer: Signer
  readonly log: Logger
  readonly analyses: AnalysisCache
  readonly leases: LeaseRepository
  readonly guard: SpaceWatch & Pick<DiskGuard, 'state'>
  readonly encodeAgain: EncodeAgain
  readonly probes: ProjectProbes
  readonly knownScenes: KnownScenes
  readonly history: Pick<History, 'step' | 'accepted' | 'resumed' | 'of' | 'forget'>
  readonly own: Pick<OwnStore, 'put' | 'all' | 'delete'>
  readonly trust: TrustBook
  readonly gap: ClockGap
  readonly routing: Pick<Routing, 'provide' | 'withdraw'>
  /** Where a peer is, as strangers are counted. */
  readonly rangeOf: (peer: string) => string
  /** Why a peer gets no scenes of a project of this node, whatever it is; undefined if it gets some. */
  readonly claimRefusal: (peer: string, projectId: string) => ClaimRefusal | undefined
  /** Tries to reach a worker whose session ended. @returns false when its machine answered that nothing listens there. */
  readonly redial: (peer: string) => Promise<{ readonly reached: boolean; readonly refused: boolean }>
}

export interface OwnerServiceInit {
  readonly timing: Timing
  /** Folder for unfinished work. */
  readonly workDir: string
  /** Bytes of source pieces at which cutting waits for encoding. */
  readonly pieceQuotaBytes: number
  readonly encoders: EncoderShelf['found']
  /** Own presets of this node. */
  readonly presets: readonly Preset[]
  /** Who sees new projects, and gets their pieces and scenes. */
  readonly share: Share
  /** Projects of before the start wait until somebody submits them again. Default: they go on. */
  readonly aside?: boolean | undefined
}

/** The owner role of this node: its own projects and the workers that serve them. */
export interface OwnerService extends ProjectCommands {
  /** Own projects go on; set by `open`. */
  readonly isOpen: boolean
  /** Reads what a restart left; nothing goes on before `open`. Sessions that come meanwhile wait. */
  start: () => Promise<void>
  /** Own projects that have not ended and that this node can go on with. */
  unfinished: () => readonly string[]
  /** The highest epoch in grants of this node that it was shown. */
  highestGrantEpoch: () => number
  /** Goes on with what is unfinished; new projects begin with this epoch too. */
  open: (epoch: number) => Promise<void>
  /** Stops a project of this node and goes on with it in another epoch, from what its log holds then. @param epoch is asked for once the project stands still */
  regain: (projectId: string, epoch: () => Promise<number>) => Promise<void>
  /** Stops this node's projects without a word: another node that has this one's key goes on with them. Without an id all of them, and new ones are refused. */
  depose: (projectId?: string) => Promise<void>
  /** Waits for `open`. @throws SubmitError */
  readonly submit: Admission['submit']
  /** A dry run: it begins nothing, and does not wait for `open`. @throws SubmitError */
  readonly check: Admission['check']
  /** Measures black bars, for a dry run with `--crop auto`. */
  readonly bars: Admission['bars']
  /** Submissions that wait for their source to be complete. */
  readonly waiting: Pick<Intake, 'list' | 'of' | 'onChange'>
  /** What a project of this node is to make, and of what; undefined for those of others. */
  jobOf: (projectId: string) => OwnedJob | undefined
  /** Of a project of this node that goes on here. */
  stateOf: (projectId: string) => OwnerState | undefined
  /** Takes the session of a worker, or of this node's own worker role. */
  accept: (session: Session) => void
  /** What a peer may do has changed. */
  heed: (peer: string) => void
  /** Hands nothing out while `on`. */
  hold: (on: boolean) => void
  /** The machine is going to sleep, and comes back. */
  readonly absence: Absence
  /** Stops all work for a restart; no project ends. Resolves once nothing runs. */
  stop: () => Promise<void>
}

export function createOwnerService(components: OwnerServiceComponents, init: OwnerServiceInit): OwnerService {
  const { encoders } = init
  const tenure = createTenure()
  const sessions = new Map<string, Session>()
  const projects = createOwnProjects({ ...components, sessions }, init)
  const workers = createWorkerSessions({ ...components, projects, sessions, tenure })
  const admission = createAdmission({ ...components, projects, tenure }, init)
  const { intake } = admission
  const adoption = createAdoption({ ...components, peerId: components.signer.peerId, projects, intake })
  const absence = createAbsence({ ...components, projects })
  const commands = createProjectCommands({ ...components, projects, admission, tenure, encoders })

  async function depose(projectId?: string): Promise<void> {
    if (projectId == null) {
      tenure.depose()
      await intake.stop()
    }
    const deposed = projects.depose(projectId)
    if (projectId == null) workers.close()
    await deposed
  }

  return {
    ...commands,
    submit: admission.submit,
    check: admission.check,
    bars: admission.bars,
    waiting: intake,
    get isOpen() {
      return tenure.isOpen
    },
    start: adoption.read,
    open: async (epoch) => {
      await adoption.goOn(epoch)
      tenure.open(epoch)
      adoption.restoreWaiting()
    },
    depose,
    regain: projects.regain,
    unfinished: projects.unfinished,
    highestGrantEpoch: workers.highestGrantEpoch,
    jobOf: projects.jobOf,
    stateOf: projects.stateOf,
    absence,
    accept: workers.accept,
    heed: workers.heed,
    hold: (on) => {
      for (const project of projects.all()) project.hold(on)
    },
    stop: async () => {
      tenure.stop()
      await intake.stop()
      await projects.stop()
    }
  }
}
