import type { Argument, Command, Option } from 'commander'
import { commandExamples } from '../add-command.ts'
import type { Example } from '../definition.ts'

/** What may stand where a word of a command is typed. */
export type WordKind = 'project' | 'file' | 'choice' | 'any'

export interface ArgumentReference {
  /** As it is typed: `<id>`, `[file]`, `<input...>`. */
  readonly shape: string
  readonly help: string
  readonly kind: WordKind
  readonly choices: readonly string[]
  readonly isVariadic: boolean
}

export interface OptionReference {
  /** `--long`, and `-s` where it has a short form. */
  readonly names: readonly string[]
  /** `<file>`; undefined for a switch. */
  readonly argument: string | undefined
  readonly help: string
  readonly kind: WordKind
  readonly choices: readonly string[]
}

export interface OptionGroup {
  /** Undefined: the options of the command itself. */
  readonly title: string | undefined
  readonly options: readonly OptionReference[]
}

/** A command as parser, help, completions, man page and documentation know it. */
export interface CommandReference {
  /** Without the program: `status`, `debug log`. */
  readonly name: string
  readonly help: string
  readonly group: string
  readonly args: readonly ArgumentReference[]
  readonly optionGroups: readonly OptionGroup[]
  readonly examples: readonly Example[]
}

/** The program with its commands, in the order of the help. */
export interface ProgramReference {
  readonly name: string
  readonly help: string
  readonly commands: readonly CommandReference[]
}

const PLACE = /<id>|\[id\]/
const FILES = /file|folder|dir|path|input|program/

function kindOf(shape: string, choices: readonly string[]): WordKind {
  if (choices.length > 0) return 'choice'
  if (PLACE.test(shape)) return 'project'
  return FILES.test(shape) ? 'file' : 'any'
}

function argumentReference(argument: Argument): ArgumentReference {
  const { description, required, variadic, argChoices } = argument
  const word = `${argument.name()}${variadic ? '...' : ''}`
  const shape = required ? `<${word}>` : `[${word}]`
  const choices = argChoices ?? []
  return { shape, help: description, kind: kindOf(shape, choices), choices, isVariadic: variadic }
}

function optionReference({ short, long, flags, description, argChoices }: Option): OptionReference {
  const argument = /(?:<[^>]+>|\[[^\]]+\])$/.exec(flags)?.[0]
  const choices = argChoices ?? []
  return {
    names: [short, long].filter((name) => name !== undefined),
    argument,
    help: description,
    kind: argument === undefined ? 'any' : kindOf(argument, choices),
    choices
  }
}

function optionGroups(command: Command): OptionGroup[] {
  const visible = command.options.filter(({ hidden }) => !hidden)
  const groups = Map.groupBy(visible, ({ helpGroupHeading }) => helpGroupHeading)
  return [...groups].map(([title, options]) => ({
    title: title?.replace(/:$/, ''),
    options: options.map(optionReference)
  }))
}

function* leaves(command: Command, before: readonly string[] = []): Generator<readonly [Command, string]> {
  for (const one of command.commands) {
    const words = [...before, one.name()]
    if (one.commands.length > 0) yield* leaves(one, words)
    else yield [one, words.join(' ')]
  }
}

/** What a program says of itself. */
export function describeProgram(program: Command): ProgramReference {
  return {
    name: program.name(),
    help: program.description(),
    commands: [...leaves(program)].map(([command, name]) => ({
      name,
      help: command.description(),
      group: (command.helpGroup() || (command.parent?.helpGroup() ?? '')).replace(/:$/, ''),
      args: command.registeredArguments.map(argumentReference),
      optionGroups: optionGroups(command),
      examples: commandExamples(command)
    }))
  }
}

/** `grav1 why [options] <id> <scene>` */
export function usageOf(program: Pick<ProgramReference, 'name'>, { name, args }: CommandReference): string {
  return [program.name, name, '[options]', ...args.map(({ shape }) => shape)].join(' ')
}

/** `-f, --follow <n>` */
export const flagsOf = ({ names, argument }: OptionReference): string =>
  `${names.join(', ')}${argument === undefined ? '' : ` ${argument}`}`
