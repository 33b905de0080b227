import type { DryRunModule } from './dry-run-module.ts'
import type { DownloadsSection, FileBytes } from './downloads.ts'
import type { ControlSection } from './control.ts'
import type { HealthSection } from './health-section.ts'
import type { LiveEvents } from './events/index.ts'
import type { EncodersSection, FilesSection } from './files.ts'
import type { LogsSection } from './logs.ts'
import type { UploadsSection } from './uploads.ts'
import type { NodeStatus, PeerStatus, ProjectStatus, SubmitRequest } from './schemas/index.ts'
import type { ScenesModule } from './scenes-module.ts'
import type { Beat, ProjectView } from '../swarm/protocol/index.ts'

export type ProjectIdle = Readonly<Pick<NonNullable<ProjectStatus['idle']>, 'code' | 'reason'>>

/** A project as this node sees it. */
export interface ProjectSnapshot {
  readonly view: ProjectView
  /** Newest soft state; undefined when none came since this node started. */
  readonly beat: Beat | undefined
  /** Passes over a scene that its encoder makes. */
  readonly passes: 1 | 2
  /** Set for this node's own projects only. */
  readonly outputPath: string | undefined
  readonly warnings?: readonly string[] | undefined
  readonly own: boolean
  /** Of an own project that is a sample: what it is of, once the source was analysed. */
  readonly film: { readonly frames: number; readonly scenes: number } | undefined
  /** Of an own project: why nothing of it goes on now, and what to do; empty while something does. */
  readonly waiting?: string | undefined
  /** This node knew more of it before it was started. */
  readonly stale: boolean
  /** When its owner was last heard of, directly or through others; undefined when not since this node started, and for own projects. */
  readonly heardAtMs?: number | undefined
  /** Why this node does nothing for it; the same object as long as it is the same reason. */
  readonly idle?: ProjectIdle | undefined
  /** How the encoder calls its quantiser, as `--cq-level`; empty for an encoder that this node does not know. */
  readonly quantiserFlag: string
}

/** A command was refused; `message` is for the user. Codes are API. */
export class ApiRefusal extends Error {
  readonly code: string
  readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 503

  /** What of the request it is about, by the name that it has there; undefined where it is about all of it or about none. */
  readonly field: string | undefined

  constructor(
    code: string,
    status: ApiRefusal['status'],
    message: string,
    { field, ...options }: ErrorOptions & { readonly field?: string | undefined } = {}
  ) {
    super(message, options)
    this.name = 'ApiRefusal'
    this.code = code
    this.status = status
    this.field = field
  }
}

export const unknownProject = (): ApiRefusal => new ApiRefusal('unknown-project', 404, 'Project does not exist.')

/** What the API needs of the node. Commands throw `ApiRefusal`. */
export interface ApiModules {
  readonly projects: {
    /** Those that were not removed, by priority, then age. */
    list: () => readonly ProjectSnapshot[]
    get: (projectId: string) => ProjectSnapshot | undefined
    /** `trusted`: the caller holds the token and may name any path; otherwise paths lie below the media folders. */
    submit: (requests: readonly SubmitRequest[], trusted: boolean) => Promise<string[]>
    /** This and the next two go to the owner where another node owns the project. */
    cancel: (projectId: string) => Promise<void>
    remove: (projectId: string) => Promise<void>
    setPriority: (projectId: string, priority: number) => Promise<void>
    /** This and the next are for own projects only: tries again what waits, now. */
    retry: (projectId: string) => Promise<void>
    /** Another place for the finished file. */
    setOutput: (projectId: string, output: string, overwrite: boolean, trusted: boolean) => Promise<void>
    /** The encoded scene, fetched from a peer if need be. */
    sceneFile: (projectId: string, scene: number, signal: AbortSignal) => Promise<FileBytes>
    /** The encoded scene in a container for players: the same bytes each time. */
    scenePlayable: (
      projectId: string,
      scene: number,
      form: 'webm' | 'mp4',
      signal: AbortSignal
    ) => Promise<Uint8Array<ArrayBuffer>>
  }
  readonly downloads: DownloadsSection
  readonly scenes: ScenesModule
  readonly dryRun: DryRunModule
  readonly node: {
    status: () => NodeStatus
    peers: () => readonly PeerStatus[]
  }
  readonly events: LiveEvents
  readonly health: HealthSection
  readonly control: ControlSection
  readonly files: FilesSection
  readonly encoders: EncodersSection
  readonly logs: LogsSection
  readonly uploads: UploadsSection
}
