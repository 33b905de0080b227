import type { Command, Option } from 'commander'
import type { Config } from '../config/types.ts'
import type { ExitReason } from './exit-codes.ts'
import type { CliIo } from './io.ts'

/** The groups of the help, in its order. */
export const COMMAND_GROUPS = ['Films:', 'Machines:', 'This node:', 'Access:', 'Set-up:'] as const

export type CommandGroup = (typeof COMMAND_GROUPS)[number]

/** Whom a command asks: a running node, a node or else the data folder itself, or nobody. */
export type Asks = 'node' | 'node-or-folder' | 'folder' | 'nobody'

/** An argument as commander takes it: `<id>`, `[file]`, `<input...>`. */
export interface ArgumentDefinition {
  readonly name: string
  readonly help: string
  readonly choices?: readonly string[]
}

export interface Example {
  readonly line: string
  readonly what: string
}

/** Which node a command asks, as it was given. */
export interface Where {
  /** `--api` */
  readonly api?: string | undefined
  /** `--token` */
  readonly token?: string | undefined
  readonly env: CliIo['env']
  readonly dataDir: string
  /** What the node of the data folder is called. */
  readonly nodeName: string
  /** Told of what is damaged in the data folder. */
  readonly warn: (message: string) => void
  /** The user named the data folder: no node of another folder is meant. */
  readonly isFolderNamed: boolean
}

/** A command line that was read. */
export interface Call {
  /** In the order of the definition; '' for an optional one that was left out. */
  readonly args: readonly string[]
  /** As commander has them, by the camel-case names of the flags. */
  readonly options: Readonly<Record<string, unknown>>
  readonly where: Where
  /** Of the data folder; undefined for a command that asks nobody. */
  readonly config: Config | undefined
  /** One JSON document (or one a line) instead of text for people. */
  readonly json: boolean
  readonly io: CliIo
  /** The whole program, for commands about commands. */
  readonly program: Command
}

/** A command, from which parser, help, completions, man page and documentation are made. */
export interface CommandDefinition {
  /** `status`, or `debug log` for a command of a command. */
  readonly name: string
  readonly help: string
  readonly group: CommandGroup
  readonly args?: readonly ArgumentDefinition[]
  readonly options?: () => readonly Option[]
  readonly asks: Asks
  /** `lines`: with `--json` it prints one document a line. */
  readonly json: 'one' | 'lines'
  readonly examples?: readonly Example[]
  readonly run: (call: Call) => Promise<ExitReason>
}

/** Prints the document with `--json`, otherwise the text. */
export const say = ({ io, json }: Pick<Call, 'io' | 'json'>, document: unknown, text: string): void =>
  io.out(json ? JSON.stringify(document) : text)
