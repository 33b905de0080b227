import {
  type CommandReference,
  describeProgram,
  flagsOf,
  type OptionGroup,
  type ProgramReference,
  usageOf
} from './describe.ts'
import type { Command } from 'commander'
import { escapedCell } from '../../../common/markup.ts'
import { exitCodes, exitMeanings, type ExitReason } from '../exit-codes.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

function optionTable({ title, options }: OptionGroup): string[] {
  const rows = options.map((option) => {
    const choices = option.choices.length > 0 ? ` (${option.choices.map((one) => `\`${one}\``).join(', ')})` : ''
    return `| \`${cell(flagsOf(option))}\` | ${escapedCell(option.help)}${choices} |`
  })
  return ['', ...(title === undefined ? [] : [`${title}:`, '']), '| option | meaning |', '| --- | --- |', ...rows]
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

function commandSection(program: ProgramReference, command: CommandReference): string[] {
  const { name, help, args, optionGroups, examples } = command
  const words = args.map(({ shape, help: what, choices }) => {
    const one = choices.length > 0 ? ` (${choices.map((choice) => `\`${choice}\``).join(', ')})` : ''
    return `* \`${shape}\`: ${escapedCell(what)}${one}`
  })
  const lines = examples.map(({ line, what }) => `${line}${what === '' ? '' : `   # ${what}`}`)
  return [
    `### grav1 ${name}`,
    '',
    sentence(escapedCell(help)),
    '',
    '```',
    usageOf(program, command),
    '```',
    ...(words.length > 0 ? ['', ...words] : []),
    ...optionGroups.flatMap(optionTable),
    ...(lines.length > 0 ? ['', '```sh', ...lines, '```'] : []),
    ''
  ]
}

/** The exit codes as a Markdown table. */
export function exitCodesTable(): string {
  const reasons = Object.keys(exitCodes) as readonly ExitReason[]
  const rows = reasons.map((reason) => `| ${exitCodes[reason]} | ${exitMeanings[reason]} |`)
  return ['| exit code | meaning |', '| --- | --- |', ...rows].join('\n')
}

/** Every command of a program as Markdown: an overview, then a section for each. */
export function commandsMarkdown(program: Command): string {
  const reference = describeProgram(program)
  const groups = Map.groupBy(reference.commands, ({ group }) => group)
  const overview = [...groups].flatMap(([group, commands]) => [
    `| **${group}** | |`,
    ...commands.map(({ name, help }) => `| [\`${name}\`](#grav1-${name.replaceAll(' ', '-')}) | ${escapedCell(help)} |`)
  ])
  return [
    '## The commands',
    '',
    '| command | what it does |',
    '| --- | --- |',
    ...overview,
    '',
    ...reference.commands.flatMap((command) => commandSection(reference, command)),
    '## Exit codes',
    '',
    exitCodesTable()
  ].join('\n')
}
