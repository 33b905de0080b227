import type { ProjectStatus, SubmitRequest } from '../../api/schemas/index.ts'
import type { NodeClient } from './client.ts'
import type { CliIo } from './io.ts'
import type { PlaceOptions } from './submit-place.ts'
import type { GivenOptions } from './submit-options.ts'

/** Options of `grav1 submit`, as commander gives them; those of the submission are read by `submitOptionValues`. */
export interface SubmitOptions extends GivenOptions, PlaceOptions {
  readonly detach?: boolean
  readonly dryRun?: boolean
  /** A node that gets the films over the network. */
  readonly at?: string
  /** Fetch the results from it. */
  readonly fetch?: boolean
  readonly waitComplete?: boolean
  /** File for the scenes. */
  readonly saveScenes?: string
  readonly json?: boolean
  readonly api?: string
  readonly token?: string
}

/** What following a film to its end needs. */
export interface Following {
  readonly client: NodeClient
  readonly options: { readonly json?: boolean; readonly saveScenes?: string }
  readonly io: CliIo
  readonly signal: AbortSignal
  /** How long the node may be silent. Default: that of `waitForProject`. */
  readonly silenceMsMax?: number
}

/** Where a finished file is: a path, where there is one, and a line for people. */
export interface Found {
  readonly output: string | null
  readonly line: string
}

/** A node that does not see the files of this machine. */
export interface Elsewhere {
  /** Sends a film to it. @returns what to submit there */
  readonly bring: (film: string) => Promise<string>
  /** The finished file of a film, which may be fetched for it. */
  readonly find: (film: string, status: ProjectStatus) => Promise<Found>
}

/** One run of `grav1 submit`. */
export interface Submission extends Following {
  readonly options: SubmitOptions
  /** What every film is submitted with. */
  readonly wishes: Omit<SubmitRequest, 'input'>
  readonly elsewhere?: Elsewhere
}

/** Says why a film came to nothing: sentences for people, and one object for programs. */
export function reportFailure(io: CliIo, json: boolean, lines: readonly string[], fields: object): false {
  if (json) io.out(JSON.stringify({ event: 'failed', ...fields }))
  for (const line of lines) io.err(line)
  return false
}
