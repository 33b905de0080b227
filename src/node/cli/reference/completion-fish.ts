import type { CommandReference, OptionReference, ProgramReference, WordKind } from './describe.ts'

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function values(kind: WordKind, choices: readonly string[]): string {
  if (kind === 'choice') return ` -xa ${quoted(choices.join(' '))}`
  if (kind === 'project') return " -xa '(__grav1_projects)'"
  return kind === 'file' ? ' -rF' : ' -x'
}

/** True where the words of the command were typed. */
const condition = (name: string): string =>
  name
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ')

function optionLine(when: string, { names, argument, help, kind, choices }: OptionReference): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ')
  const value = argument === undefined ? '' : values(kind, choices)
  return `complete -c grav1 -n ${quoted(when)} ${flags}${value} -d ${quoted(help)}`
}

function commandLines({ name, args, optionGroups }: CommandReference): string[] {
  const when = condition(name)
  const words = args
    .filter(({ kind }) => kind !== 'any')
    .map(({ kind, choices }) => {
      const offered = kind === 'file' ? ' -F' : values(kind, choices).replace('-xa', '-a')
      return `complete -c grav1 -n ${quoted(when)}${offered}`
    })
  return [...words, ...optionGroups.flatMap(({ options }) => options.map((option) => optionLine(when, option)))]
}

/** The completion of fish 3 and later. */
export function fishCompletion({ commands }: ProgramReference): string {
  const firsts = Map.groupBy(commands, ({ name }) => name.split(' ')[0] ?? '')
  const names = [...firsts].flatMap(([first, [one, ...others]]) => {
    const isParent = one !== undefined && one.name !== first
    const own = `complete -c grav1 -n __fish_use_subcommand -a ${first} -d ${quoted(one?.help ?? '')}`
    const children = isParent ? [one, ...others] : []
    const below = children.map(
      ({ name, help }) =>
        `complete -c grav1 -n ${quoted(condition(first))} -a ${name.split(' ')[1] ?? ''} -d ${quoted(help)}`
    )
    return [own, ...below]
  })
  return [
    '# fish completion of grav1; made by "grav1 completion fish"',
    'function __grav1_projects; grav1 projects --all --ids 2> /dev/null; end',
    'complete -c grav1 -f',
    ...names,
    ...commands.flatMap(commandLines),
    ''
  ].join('\n')
}
