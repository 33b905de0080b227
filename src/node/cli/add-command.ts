import { Argument, type Command } from 'commander'
import type { Config } from '../config/types.ts'
import type { CommandDefinition, Example } from './definition.ts'
import type { ExitReason } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { addNodeOptions } from './node-options.ts'

/** What every command of a program shares. */
export interface ProgramParts {
  readonly io: CliIo
  readonly load: (options: Readonly<Record<string, unknown>>) => Promise<Config>
  readonly onEnd: (reason: ExitReason) => void
}

/** The options that say which node a command asks. */
export const addApiOptions = (command: Command): Command =>
  command
    .option('--api <url>', 'node to talk to (default: the one on this machine; GRAV1_API)')
    .option('--token <token>', 'its access token (default: the one in the data folder; GRAV1_TOKEN)')

const examplesOf = new WeakMap<Command, readonly Example[]>()

/** The examples of a command of a program. */
export const commandExamples = (command: Command): readonly Example[] => examplesOf.get(command) ?? []

/** Shows examples below the help of a command, and keeps them for the documentation. */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  examplesOf.set(command, examples)
  if (examples.length === 0) return command
  const cells = Math.max(...examples.map(({ line }) => line.length))
  const lines = examples.map(({ line, what }) => `  ${line.padEnd(cells)}  ${what}`.trimEnd())
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

const GROUP_HELP: Readonly<Record<string, string>> = {
  debug: 'inspect a data folder',
  service: 'run a node all the time'
}

/** The command that a name such as `debug log` is a part of. */
function parentOf(program: Command, words: readonly string[], group: string): Command {
  const [first] = words
  if (first === undefined || words.length < 2) return program
  const known = program.commands.find((command) => command.name() === first)
  return (
    known ??
    program
      .command(first)
      .description(GROUP_HELP[first] ?? '')
      .helpGroup(group)
  )
}

function argumentOf(name: string, help: string, choices: readonly string[] | undefined): Argument {
  const argument = new Argument(name, help)
  return choices === undefined ? argument : argument.choices(choices)
}

/** Adds a command of the table to the program. */
export function addCommand(program: Command, definition: CommandDefinition, { io, load, onEnd }: ProgramParts): void {
  const { name, help, group, args = [], options, asks, json, examples = [], run } = definition
  const words = name.split(' ')
  const command = parentOf(program, words, group)
    .command(words.at(-1) ?? name)
    .description(help)
    .helpGroup(group)
  for (const { name: shape, help: what, choices } of args) command.addArgument(argumentOf(shape, what, choices))
  for (const option of options?.() ?? []) command.addOption(option)
  command.option('--json', json === 'one' ? 'print one JSON document' : 'print one JSON document per line')
  if (asks === 'node' || asks === 'node-or-folder') addApiOptions(command)
  if (asks !== 'nobody') addNodeOptions(command, ['dataDir'])
  addExamples(command, examples)
  command.action(async () => {
    const given: Record<string, unknown> = command.opts()
    const config = asks === 'nobody' ? undefined : await load(given)
    const text = (key: string): string | undefined => (typeof given[key] === 'string' ? given[key] : undefined)
    const processed: readonly unknown[] = command.processedArgs
    onEnd(
      await run({
        args: processed.map((value) => (typeof value === 'string' ? value : '')),
        options: given,
        where: {
          api: text('api'),
          token: text('token'),
          env: io.env,
          dataDir: config?.dataDir ?? '',
          nodeName: config?.name ?? '',
          warn: io.err,
          isFolderNamed: text('dataDir') !== undefined || Boolean(io.env['GRAV1_DATA_DIR'])
        },
        config,
        json: given['json'] === true,
        io,
        program
      })
    )
  })
}
