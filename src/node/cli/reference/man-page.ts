import type { Command } from 'commander'
import { exitCodes, exitMeanings, type ExitReason } from '../exit-codes.ts'
import {
  type CommandReference,
  describeProgram,
  flagsOf,
  type OptionGroup,
  type ProgramReference,
  usageOf
} from './describe.ts'

/** Text of a roff page: nothing in it is a request, a hyphen is one that can be copied. */
function roff(text: string): string {
  const plain = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('`', '')
  return /^[.']/.test(plain) ? `\\&${plain}` : plain
}

const bold = (text: string): string => `\\fB${roff(text)}\\fP`

const choicesOf = (choices: readonly string[]): string =>
  choices.length === 0 ? '' : ` One of: ${roff(choices.join(', '))}.`

function optionLines({ title, options }: OptionGroup): string[] {
  const entries = options.flatMap((option) => [
    '.TP',
    bold(flagsOf(option)),
    `${roff(option.help)}.${choicesOf(option.choices)}`
  ])
  return title === undefined ? entries : ['.PP', `${roff(title)}:`, ...entries]
}

function commandLines(program: ProgramReference, command: CommandReference): string[] {
  const args = command.args.flatMap(({ shape, help, choices }) => [
    '.TP',
    bold(shape),
    `${roff(help)}.${choicesOf(choices)}`
  ])
  const examples = command.examples.flatMap(({ line, what }) => [
    '.PP',
    `${roff(what)}:`,
    '.PP',
    '.nf',
    roff(line),
    '.fi'
  ])
  return [
    `.SS ${roff(usageOf(program, command))}`,
    `${roff(command.help)}.`,
    ...args,
    ...command.optionGroups.flatMap(optionLines),
    ...examples
  ]
}

const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ['GRAV1_API', 'the node to talk to, as --api'],
  ['GRAV1_TOKEN', 'its access token, as --token'],
  ['GRAV1_CONFIG', 'the config file, as --config'],
  ['GRAV1_<OPTION>', 'any option of a node, for example GRAV1_DATA_DIR or GRAV1_WORKERS; lists are separated by commas']
]

const entry = (name: string, meaning: string): string[] => ['.TP', bold(name), `${roff(meaning)}.`]

/** The manual page grav1(1) as roff (man macros). */
export function manPage(program: Command): string {
  const reference = describeProgram(program)
  const version = program.version() ?? ''
  const reasons = Object.keys(exitCodes) as readonly ExitReason[]
  return [
    `.TH GRAV1 1 "" "grav1 ${roff(version)}" "User Commands"`,
    '.SH NAME',
    `grav1 \\- ${roff(reference.help.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    `${bold('grav1')} \\fIcommand\\fP [\\fIoptions\\fP] [\\fIarguments\\fP]`,
    '.SH DESCRIPTION',
    'grav1 encodes one film on many machines, with no central server.',
    'Every machine runs the same program.',
    '.SH COMMANDS',
    ...reference.commands.flatMap((command) => commandLines(reference, command)),
    '.SH EXIT STATUS',
    ...reasons.flatMap((reason) => entry(String(exitCodes[reason]), exitMeanings[reason])),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => entry(name, meaning)),
    ''
  ].join('\n')
}
