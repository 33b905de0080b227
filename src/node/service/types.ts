/** What a service runs, and for whom. */
export interface ServiceInit {
  /** The words that start the node, the first one a path. */
  readonly command: readonly [string, ...string[]]
  /** Folders that the command is read from. */
  readonly programFolders: readonly string[]
  readonly dataDir: string
  /** The config file that the command names; undefined where the default place counts. */
  readonly configFile: string | undefined
  /** Folders that films are read from and written to. */
  readonly filmFolders: readonly string[]
  /** `system`: starts with the machine, as a user of its own. `user`: starts when the user signs in, as that user. */
  readonly scope: 'system' | 'user'
}

/** One thing that an installation or a removal does, in its order. */
export type Step =
  | { readonly type: 'write'; readonly path: string; readonly text: string }
  | { readonly type: 'delete'; readonly path: string }
  /** Left out where `unless` ends with exit code 0. */
  | {
      readonly type: 'run'
      readonly words: readonly [string, ...string[]]
      readonly unless?: readonly [string, ...string[]]
    }

/** A service manager of a system. */
export interface ServiceManager {
  /** Where it has the description of the service. */
  readonly file: string
  readonly install: (init: ServiceInit) => readonly Step[]
  readonly remove: () => readonly Step[]
  /** Prints whether the service runs; exit code 0 where it does. */
  readonly status: readonly [string, ...string[]]
  /** Where its log is, as a command. */
  readonly log: string
}

/** In each description, so that none is overwritten or deleted that somebody else wrote. */
export const MARK = 'Written by "grav1 service install".'
