import type { MannerName } from './manners/index.ts'
import type { SceneWork } from '../common/scene-progress.ts'
import type {
  ChronicleEvent,
  ChronicleSample,
  Directory,
  DryRun,
  EncoderInfo,
  InviteInfo,
  InviteRequest,
  LogLine,
  MadeInvite,
  MadeToken,
  NodeStatus,
  ParamsCheck,
  PeerStatus,
  Preset,
  ProjectStatus,
  SceneAttempt,
  SceneWhy,
  SubmitRequest,
  TokenInfo,
  TokenRequest,
  UploadStatus
} from './schemas/index.ts'
import type { Beat, ProjectView } from '../swarm/protocol/index.ts'

/**
 * What the API needs from the node, one port per capability. A capability has one name: a member here, a file in `node/http` or its own room that implements it, and a
 * file of routes. A port refuses what it cannot do with an `ApiRefusal`.
 */
export interface ApiPorts {
  readonly projects: ProjectsPort
  readonly scenes: ScenesPort
  readonly completed: CompletedPort
  readonly dryRun: DryRunPort
  readonly node: NodePort
  readonly events: EventsPort
  readonly health: HealthPort
  readonly directories: DirectoriesPort
  readonly encoders: EncodersPort
  readonly presets: PresetsPort
  readonly logs: LogsPort
  readonly uploads: UploadsPort
  readonly chronicle: ChroniclePort
  readonly standings: StandingsPort
  readonly tokens: TokensPort
  readonly invites: InvitesPort
}

export type ProjectIdle = Readonly<Pick<NonNullable<ProjectStatus['idle']>, 'code' | 'reason'>>

/** A project as this node sees it. */
export interface ProjectSnapshot {
  readonly view: ProjectView
  /** Newest soft state; undefined if none arrived since this node started. */
  readonly beat: Beat | undefined
  /** What its encoder does for a scene. */
  readonly work: SceneWork
  /** Bytes of audio in the finished file, estimated; undefined where not known, and for projects of others. */
  readonly soundBytes?: number | undefined
  /** Set for this node's own projects only. */
  readonly outputPath: string | undefined
  readonly warnings?: readonly string[] | undefined
  readonly own: boolean
  /** Of a project of this node that is a sample: what it is of, once the source was analysed. */
  readonly film: { readonly frames: number; readonly scenes: number } | undefined
  /** Why it waits and what to do, or how many films come before it; empty while it progresses, and if its owner does not say. */
  readonly waiting?: string | undefined
  /** This node knew more about it before its restart. */
  readonly stale: boolean
  /** When its owner was last heard of, directly or through others; undefined when not since this node started, and for this node's projects. */
  readonly heardAtMs?: number | undefined
  /** Why this node is idle for it; the same object as long as the reason is the same. */
  readonly idle?: ProjectIdle | undefined
  /** The encoder's name for its quantiser, such as `--cq-level`; empty for an encoder that this node does not know. */
  readonly quantiserFlag: string
}

/** What to do if a project of this node already writes the output of a submission: attach to that project, or take another name if the user named none. */
export type IfTaken = 'attach' | 'other-name'

/** The project that a submission became. */
export interface Submitted {
  readonly projectId: string
  /** It was there before, unfinished or finished. */
  readonly attached: boolean
}

/** Projects, and what can be done to them. */
export interface ProjectsPort {
  /** Those that were not removed, by priority, then age. */
  readonly list: () => readonly ProjectSnapshot[]
  readonly get: (projectId: string) => ProjectSnapshot | undefined
  /** What makes the same film again. @throws ApiRefusal for a project of another node, and for one that is not begun */
  readonly requestOf: (projectId: string) => SubmitRequest
  /** `trusted`: the caller holds the token and may name any path; otherwise paths lie below the media folders. */
  readonly submit: (
    requests: readonly SubmitRequest[],
    trusted: boolean,
    ifTaken: IfTaken
  ) => Promise<readonly Submitted[]>
  /** This call and the next four go to the owner if another node owns the project. */
  readonly cancel: (projectId: string) => Promise<void>
  readonly remove: (projectId: string) => Promise<void>
  readonly setPriority: (projectId: string, priority: number) => Promise<void>
  /** Retries a waiting project, and scenes that failed, now. */
  readonly retry: (projectId: string) => Promise<void>
  /** Another place for the finished file, as a path on its owner. `overwrite` and `trusted` apply only to projects of this node. */
  readonly setOutput: (projectId: string, output: string, overwrite: boolean, trusted: boolean) => Promise<void>
}

/** Bytes from a file on this node or another one. */
export interface FileBytes {
  readonly bytes: number
  /** Opens a part, both ends included; the stream ends with the client. */
  readonly read: (first: number, last: number) => Promise<BodyInit>
}

/** An attempt at a scene as a node remembers it. */
export interface KnownAttempt extends Readonly<Omit<SceneAttempt, 'encoderBuild' | 'encodeSeconds'>> {
  readonly projectId: string
  readonly scene: number
  readonly encodeMs: number | null
  /** Lowest luma PSNR of the result, where this node compared it. */
  readonly psnr: number | null
  /** PSNR of the luma of all frames together, of the same comparison. */
  readonly psnrMean: number | null
  /** XPSNR, where the film aims at one. */
  readonly xpsnr: number | null
  readonly changedAtMs: number
}

/** The attempts at a scene, the oldest first. */
export type AttemptsOf = (scene: number) => readonly KnownAttempt[]

/** What is known about scenes besides the project's log and beats, and their bytes. */
export interface ScenesPort {
  readonly attempts: (projectId: string) => AttemptsOf
  /** Another number after each change of what is known of a project's attempts. */
  readonly attemptsRevision: (projectId: string) => number
  /** Attempts of all projects that changed after a time or are still running, by start time: the last `limit`. */
  readonly attemptsSince: (afterMs: number, limit: number) => readonly KnownAttempt[]
  /** undefined: there is no such scene. */
  readonly why: (projectId: string, scene: number) => SceneWhy | undefined
  /** Whether this node holds the encoded scene. */
  readonly isHere: (result: { readonly sha256: string; readonly bytes: number }) => Promise<boolean>
  /** The encoded scene, fetched from a peer if need be. */
  readonly file: (projectId: string, scene: number, signal: AbortSignal) => Promise<FileBytes>
  /** The encoded scene in a container for players: the same bytes each time. */
  readonly playable: (
    projectId: string,
    scene: number,
    form: 'webm' | 'mp4',
    signal: AbortSignal
  ) => Promise<Uint8Array<ArrayBuffer>>
  /** The frames that a scene is encoded from, as a clip for players; `tag` names its bytes. */
  readonly sourceClip: (
    projectId: string,
    scene: number,
    signal: AbortSignal
  ) => Promise<FileBytes & { readonly tag: string }>
  /** A frame of the scene or of what it is encoded from, as a small JPEG. @throws ApiRefusal */
  readonly picture: (
    projectId: string,
    scene: number,
    what: { readonly of: 'source' | 'result'; readonly frame: number },
    signal: AbortSignal
  ) => Promise<Uint8Array>
}

/** The finished file of a project, with a name that is safe to save it under. */
export interface CompletedFile extends FileBytes {
  readonly name: string
  readonly type: string
}

/** Finished files, from this node or, where another owns the project, through it. */
export interface CompletedPort {
  readonly file: (projectId: string, signal: AbortSignal) => Promise<CompletedFile>
  /** The text of the manifest beside the finished file, from its owner only. @throws ApiRefusal `no-manifest` */
  readonly manifest: (projectId: string) => Promise<string>
}

export interface DryRunOptions {
  /** The caller holds the token and may name any path. */
  readonly trusted: boolean
  /** How long the source is analysed for its scenes; undefined: it is not. */
  readonly analyseMs: number | undefined
  readonly signal: AbortSignal
}

/** Says what a submission would become, and leaves nothing behind. */
export type DryRunPort = (request: SubmitRequest, options: DryRunOptions) => Promise<DryRun>

/** What can be changed while a node runs. */
export interface NodeChange {
  readonly paused?: boolean | undefined
  readonly slots?: number | undefined
  readonly manners?: { readonly [Name in MannerName]?: string | undefined } | undefined
  /** Bytes per second; 0 is no limit. */
  readonly uploadLimit?: number | undefined
  readonly downloadLimit?: number | undefined
}

/** This node among its peers, and the controls of its worker. */
export interface NodePort {
  readonly status: () => NodeStatus
  readonly peers: () => readonly PeerStatus[]
  readonly change: (change: NodeChange) => Promise<void>
  /** Finishes what is encoded, hands the rest back, takes nothing new. */
  readonly drain: () => void
  /** This machine is going to sleep for so long: trusted machines get scenes ahead. */
  readonly sleep: (forMs: number) => void
  /** It stays awake, or is awake again. */
  readonly wake: () => void
  /** Stops the encode of a scene here and hands the scene back. @throws ApiRefusal `not-here` */
  readonly giveBack: (projectId: string, scene: number) => void
}

/** What the user decides about peers; it counts at once, and is kept over restarts. */
export interface StandingsPort {
  /** @throws ApiRefusal `bad-peer-id`, `own-peer`, `too-many-peers`, `not-kept` */
  readonly set: (peerId: string, standing: NonNullable<PeerStatus['standing']>) => Promise<void>
  /** Forgets the decision, and what the peer did before. @throws ApiRefusal `bad-peer-id`, `not-kept` */
  readonly forget: (peerId: string) => Promise<void>
}

export interface Subscription {
  readonly films: readonly string[]
  /** Lines of the log from this level on; undefined: none. */
  readonly logs?: LogLine['level'] | undefined
  /** Id of the last event that it got, of this connection or one before. */
  readonly lastEventId?: string | undefined
}

/** A listener. */
export interface Subscriber {
  /** The next events as text, about as many characters; undefined when there are none yet. */
  next: (chars: number) => string | undefined
  /** Called when there may be more. */
  onNews: () => void
  close: () => void
}

/** Changes on this node, for any number of listeners. Without listeners it does nothing. */
export interface EventsPort {
  readonly subscribers: number
  /** undefined when there are too many already. */
  readonly subscribe: (subscription: Subscription) => Subscriber | undefined
}

/** Why a node is not ready. */
export type Missing = 'recovering' | 'disk-full' | 'no-encoders'

/** The health of this node. */
export interface HealthPort {
  /** Why it is not ready; empty if it is. */
  readonly missing: () => readonly Missing[]
  /** Every figure in Prometheus' text format. */
  readonly metrics: () => Promise<string>
}

/** What lies below the media folders. */
export interface DirectoriesPort {
  /** Without a path the media folders themselves; undefined for anything that is not a folder below one of them. */
  readonly list: (path?: string) => Promise<Directory | undefined>
}

/** The available encoders. */
export interface EncodersPort {
  readonly list: () => Promise<readonly EncoderInfo[]>
  /** The same after another search for the programs of this machine. */
  readonly look: () => Promise<readonly EncoderInfo[]>
  /** Undefined for an encoder that is not known. */
  readonly check: (encoder: string, params: string) => Promise<ParamsCheck | undefined>
}

/** Access tokens besides the two in the data folder. */
export interface TokensPort {
  /** The oldest first. */
  readonly list: () => readonly TokenInfo[]
  /** @throws ApiRefusal `name-taken`, `too-many-tokens`, `not-kept` */
  readonly make: (request: TokenRequest) => Promise<MadeToken>
  /** @throws ApiRefusal `not-found`, `not-kept` */
  readonly revoke: (id: string) => Promise<void>
  /** What is known of a token, which then counts as used. */
  readonly find: (token: string) => TokenInfo | undefined
  /** The one with this id; it counts as used. */
  readonly of: (id: string) => TokenInfo | undefined
  /** Calls back with the id of each that is revoked. @returns a function that ends it */
  readonly onRevoked: (listener: (id: string) => void) => () => void
}

/** Invitations to this node's swarm, and machines that want to join with one. */
export interface InvitesPort {
  /** Those with a ticket, the oldest first. */
  readonly list: () => readonly InviteInfo[]
  /** @throws ApiRefusal `open-swarm`, `not-reachable`, `too-many-invites`, `not-kept` */
  readonly make: (request: InviteRequest) => Promise<MadeInvite>
  /** @throws ApiRefusal `not-found`, `not-kept` */
  readonly revoke: (id: string) => Promise<void>
  /** The user's word about a machine that waits. @throws ApiRefusal `not-found`, `not-kept` */
  readonly answer: (id: string, isAccepted: boolean) => Promise<void>
}

/** Presets that a submission can name instead of parameters. */
export interface PresetsPort {
  /** Those of grav1 first. */
  readonly list: () => Promise<readonly Preset[]>
}

export interface LogQuery {
  /** At least. */
  readonly level?: LogLine['level'] | undefined
  readonly project?: string | undefined
  readonly peer?: string | undefined
  /** Somewhere in message or fields, in upper or lower case. */
  readonly text?: string | undefined
  /** Only lines with a higher number, the oldest first; without it the newest ones. */
  readonly after?: number | undefined
  readonly limit: number
}

/** The last lines of this node's log. */
export interface LogsPort {
  /** `next`: what to give as `after` to go on from here. */
  readonly list: (query: LogQuery) => { readonly items: LogLine[]; readonly next: number }
  /** Called with each new line. @returns a function that ends it. */
  readonly onLine: (listener: (line: LogLine) => void) => () => void
}

/** What happened at this node and how fast it was, the oldest first. */
export interface ChroniclePort {
  readonly events: () => readonly ChronicleEvent[]
  readonly samples: () => readonly ChronicleSample[]
}

/** Films that a browser uploads. */
export interface UploadsPort {
  /** A request of the tus protocol, with its body as a stream. */
  readonly handle: (request: Request) => Promise<Response>
  readonly list: () => Promise<readonly UploadStatus[]>
}
