import type { EncoderInfo, SwarmStatus } from '../../api/schemas/index.ts'
import type { FoundSandbox } from '../../platform/index.ts'

/** What the machine is, by its programs. */
export interface ProgramFacts {
  /** First line that each program prints about itself; undefined where it is not installed. */
  readonly versions: ReadonlyMap<string, string | undefined>
  /** Whether ffmpeg has the encoder x264, by which the owner finds scene cuts; undefined without ffmpeg. */
  readonly hasX264: boolean | undefined
  readonly encoders: readonly EncoderInfo[]
  /** The line that installs programs here. */
  readonly installLine: (names: readonly string[]) => string
}

export interface MachineFacts {
  readonly nodeVersion: string
  readonly dataDir: string
  /** Bytes that this user can still write there; undefined where the folder cannot be written. */
  readonly freeBytes: number | undefined
  readonly memoryBytes: number
  /** Scenes encoded at once. */
  readonly slots: number
  /** Of that many scenes of 1080p, how many fit into memory. */
  readonly scenesInMemory: number
  readonly sandbox: FoundSandbox
  /** The line that installs the program of the sandbox here. */
  readonly sandboxInstall: string
  readonly clock: ClockFacts
}

export interface ClockFacts {
  /** Whether the system keeps its clock by a time server; undefined where it does not say. */
  readonly isKept: boolean | undefined
  /** By how much the newest file of the data folder is from the future, in ms; 0 or less is as it should be. */
  readonly behindFilesMs: number
  /** This clock less that of the node that was asked, in ms; undefined where none was. */
  readonly aheadOfNodeMs: number | undefined
}

/** A place that a node listens on, or would. */
export interface PortFact {
  readonly what: 'peers' | 'web and API'
  readonly address: string
  /** `own`: the running node listens there. */
  readonly state: 'own' | 'free' | 'taken' | 'refused'
  /** The option that chooses another. */
  readonly flag: string
}

export interface NetworkFacts {
  readonly ports: readonly PortFact[]
  readonly mdns: {
    readonly wanted: boolean
    /** Why multicast cannot be used; undefined where it can. */
    readonly trouble: string | undefined
  }
  /** Of the running node; undefined without one. */
  readonly status: SwarmStatus | undefined
}

export interface Facts {
  readonly programs: ProgramFacts
  readonly machine: MachineFacts
  readonly network: NetworkFacts
}
