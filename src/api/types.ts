import type { ZoneRequest } from '../encode/spec/index.ts'

/** Where a project stands. `analysing` scenes may already be encoded. */
export type ProjectState = 'analysing' | 'encoding' | 'joining' | 'completed' | 'failed' | 'cancelled'

/** A project as `/api/v2/projects/<id>` gives it. */
export interface SampleEstimate {
  readonly filmFrames: number
  readonly filmScenes: number
  readonly scenes: readonly {
    readonly scene: number
    readonly frames: number
    readonly bytes: number
    readonly kbps: number
    /** Seconds that its worker took, in one slot. */
    readonly encodeSeconds: number
  }[]
  /** Bytes of the whole film's video; null before the first scene. */
  readonly bytes: Estimate | null
  /** Seconds of encoding in one slot as fast as those that the sample had: divide by the slots. */
  readonly encodeSeconds: Estimate | null
}

/** `low` and `high` hold it in 19 of 20 films like this; both are `likely` where one scene alone speaks. */
export interface Estimate {
  readonly likely: number
  readonly low: number
  readonly high: number
}

export interface ProjectStatus {
  readonly projectId: string
  /** Base name of the source. */
  readonly title: string
  /** Peer id of the owner. */
  readonly owner: string
  /** True when this node owns it; only then paths are given. */
  readonly own: boolean
  readonly state: ProjectState
  /** This node knew more of the project before it was started; neighbours are asked for the rest. */
  readonly stale: boolean
  /** Why it failed or was cancelled; empty otherwise. */
  readonly reason: string
  readonly encoder: string
  readonly encoderParams: string
  readonly priority: number
  readonly createdAtMs: number
  readonly endedAtMs: number | null
  /** Frames of accepted scenes plus those that running scenes have behind them (two passes count half each). */
  readonly frames: number
  readonly totalFrames: number
  /** False while analysis runs: `totalFrames` is then an estimate and `scenes.total` grows. */
  readonly planned: boolean
  readonly scenes: { readonly total: number; readonly done: number; readonly running: number; readonly failed: number }
  /** Frames a second over the last 30 s, 0 when idle. */
  readonly fps: number
  readonly etaSeconds: number | null
  /** Bytes of accepted scenes. */
  readonly bytes: number
  /** Mean rate of what is accepted, and the size that the whole would have at it; null before the first scene. */
  readonly kbps: number | null
  readonly estimatedBytes: number | null
  /** The finished file; null until completed or when another node owns it. */
  readonly outputPath: string | null
  readonly outputSha256: string | null
  readonly outputBytes: number | null
  /** Scenes that no worker could encode, with the last error. */
  readonly failures: readonly { readonly scene: number; readonly attempts: number; readonly reason: string }[]
  /** What of the source is not kept as it is, and what is wrong with it, as sentences; empty when another node owns it. */
  readonly warnings: readonly string[]
  /** What the finished scenes of a sample say of the whole film; null unless it is one, and when another node owns it. */
  readonly sample: SampleEstimate | null
  /** Who encodes what right now. */
  readonly running: readonly {
    readonly scene: number
    readonly worker: string
    readonly pass: number
    readonly frames: number
  }[]
  /** How many scenes each worker (peer id) has had accepted. */
  readonly workers: Readonly<Record<string, number>>
}

export interface PeerStatus {
  readonly peerId: string
  readonly name: string
  readonly version: string
  readonly connected: boolean
  readonly addresses: readonly string[]
  /** Encoding slots and how many are busy; 0 and 0 for a node that only watches. */
  readonly slots: number
  readonly busy: number
  /** Encoder builds it offers, e.g. `aom/3.6.0/1f2e3d4c`. */
  readonly encoders: readonly string[]
  /** `disk-full`: takes and makes nothing new until there is space again. */
  readonly health: 'ok' | 'disk-full'
}

/** `/api/v2/status`: this node, its peers, every project it knows. */
export interface SwarmStatus {
  readonly node: PeerStatus & { readonly bootstrap: string; readonly uptimeSeconds: number; readonly rssBytes: number }
  readonly peers: readonly PeerStatus[]
  readonly projects: readonly ProjectStatus[]
}

/** Body of `POST /api/v2/projects`; `input` is one path. Answer: 201 `{ "projectId": "...", "warnings": [] }`. */
export interface SubmitRequest {
  readonly input: string
  readonly encoder: string
  readonly encoderParams?: string | undefined
  readonly minFrames?: number | undefined
  readonly maxFrames?: number | undefined
  readonly threshold?: number | undefined
  readonly priority?: number | undefined
  readonly output?: string | undefined
  readonly overwrite?: boolean | undefined
  /** `copy` (default), `drop`, `opus`, or `opus:<kbit/s for each channel>`. */
  readonly audio?: string | undefined
  /** Default `copy`. */
  readonly subtitles?: 'copy' | 'drop' | undefined
  /** Default `copy`. */
  readonly attachments?: 'copy' | 'drop' | undefined
  /** Frames with parameters of their own. */
  readonly zones?: readonly ZoneRequest[] | undefined
  /** Frames or times where scenes have to start. */
  readonly cuts?: readonly (string | number)[] | undefined
  /** `<from>-<to>`: only these frames are encoded. */
  readonly range?: string | undefined
  /** Encode only so many scenes, spread over the film, to judge the whole by. */
  readonly sample?: number | undefined
  /** Makes interlaced video progressive; frame rate and times stay. */
  readonly deinterlace?: boolean | undefined
}

/** Body of every refusal of `/api/v2` (RFC 9457, `application/problem+json`). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Stable, documented. */
  readonly code: string
}
