import type { ArgumentReference, CommandReference, OptionReference, ProgramReference, WordKind } from './describe.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** What offers the words of a kind. */
function offer(kind: WordKind, choices: readonly string[]): string {
  if (kind === 'choice') return `_grav1_words ${quoted(choices.join(' '))}`
  if (kind === 'project') return '_grav1_projects'
  return kind === 'file' ? '_grav1_files' : 'return'
}

const optionsOf = ({ optionGroups }: CommandReference): OptionReference[] =>
  optionGroups.flatMap(({ options }) => options)

function valueCases(command: CommandReference): string[] {
  const valued = optionsOf(command).filter(({ argument }) => argument !== undefined)
  return valued.map(({ names, kind, choices }) => `      ${names.join('|')}) ${offer(kind, choices)}; return ;;`)
}

function argumentCases({ args }: CommandReference): string[] {
  return args.map((argument: ArgumentReference, index) => {
    const place = argument.isVariadic ? '*' : String(index)
    return `      ${place}) ${offer(argument.kind, argument.choices)} ;;`
  })
}

/** Valued options take the next word, so that it is no argument. */
function commandCase(command: CommandReference): string {
  const names = optionsOf(command).flatMap((option) => option.names)
  const valued = optionsOf(command)
    .filter(({ argument }) => argument !== undefined)
    .flatMap((option) => option.names)
  const cases = valueCases(command)
  const places = argumentCases(command)
  return [
    `  ${quoted(command.name)})`,
    ...(cases.length > 0 ? ['    case $previous in', ...cases, '    esac'] : []),
    `    if [[ $current == -* ]]; then _grav1_words ${quoted(names.join(' '))}; return; fi`,
    ...(places.length > 0
      ? [`    _grav1_place ${quoted(` ${valued.join(' ')} `)}`, '    case $place in', ...places, '    esac']
      : []),
    '    ;;'
  ].join('\n')
}

const HEAD = `# bash completion of grav1; made by "grav1 completion bash"
_grav1_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }
_grav1_files() { compopt -o filenames 2> /dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); }
_grav1_projects() { _grav1_words "$(grav1 projects --all --ids 2> /dev/null)"; }
# How many arguments stand before the current word.
_grav1_place() {
  local index word
  place=0
  for ((index = first; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $1 == *" $word "* ]]; then ((index++)); elif [[ $word != -* ]]; then ((place++)); fi
  done
}`

/** The completion of bash 4 and later. */
export function bashCompletion({ commands }: ProgramReference): string {
  const nested = commands.filter(({ name }) => name.includes(' '))
  const firsts = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))]
  const parents = [...Map.groupBy(nested, ({ name }) => name.split(' ')[0] ?? '')]
  const parentLines = parents.map(([parent, children]) => {
    const words = children.map(({ name }) => name.split(' ')[1] ?? '').join(' ')
    return `  if [[ $command == ${parent} ]]; then
    if ((COMP_CWORD == 2)); then _grav1_words ${quoted(words)}; return; fi
    command="$command \${COMP_WORDS[2]}"
    first=3
  fi`
  })
  return `${HEAD}
_grav1() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=\${COMP_WORDS[1]} first=2 place
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then _grav1_words ${quoted(`${firsts.join(' ')} help --help --version`)}; return; fi
${parentLines.join('\n')}
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _grav1 grav1
`
}
