import type { CommandReference, OptionReference, ProgramReference, WordKind } from './describe.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Text within the brackets of a specification of \`_arguments\`. */
const inBrackets = (text: string): string => text.replaceAll(/[[\]:\\]/g, (char) => `\\${char}`)

function action(kind: WordKind, choices: readonly string[]): string {
  if (kind === 'choice') return `(${choices.join(' ')})`
  if (kind === 'project') return '_grav1_projects'
  return kind === 'file' ? '_files' : ' '
}

function optionSpecs({ names, argument, help, kind, choices }: OptionReference): string[] {
  const value =
    argument === undefined ? '' : `:${inBrackets(argument.replaceAll(/[<>]/g, ''))}:${action(kind, choices)}`
  // A list may be given again.
  return names.map((name) => quoted(`*${name}[${inBrackets(help)}]${value}`))
}

function commandFunction(command: CommandReference): string {
  const args = command.args.map(({ shape, kind, choices, isVariadic }, index) => {
    const name = inBrackets(shape.replaceAll(/[<>[\].]/g, ''))
    return quoted(`${isVariadic ? '*' : index + 1}:${name}:${action(kind, choices)}`)
  })
  const options = command.optionGroups.flatMap((group) => group.options.flatMap(optionSpecs))
  return `  ${quoted(command.name)})
    _arguments -s ${[...options, ...args].join(' \\\n      ')}
    ;;`
}

const HEAD = `#compdef grav1
# zsh completion of grav1; made by "grav1 completion zsh"
_grav1_projects() {
  local -a ids
  ids=(\${(f)"$(grav1 projects --all --ids 2> /dev/null)"})
  compadd -a ids
}`

const entries = (commands: readonly { readonly name: string; readonly help: string }[]): string =>
  commands.map(({ name, help }) => quoted(`${name}:${help.replaceAll(':', '\\:')}`)).join('\n    ')

/** The completion of zsh 5 and later. */
export function zshCompletion({ commands }: ProgramReference): string {
  const plain = commands.filter(({ name }) => !name.includes(' '))
  const parents = [
    ...Map.groupBy(commands, ({ name }) => (name.includes(' ') ? (name.split(' ')[0] ?? '') : ''))
  ].filter(([parent]) => parent !== '')
  const firsts = [...plain, ...parents.map(([name, [one]]) => ({ name, help: one?.help ?? '' }))]
  const nested = parents.map(([parent, children]) => {
    const own = children.map(({ name, help }) => ({ name: name.split(' ')[1] ?? '', help }))
    return `  if [[ $command == ${parent} ]]; then
    if ((CURRENT == 2)); then
      subcommands=(${entries(own)})
      _describe command subcommands
      return
    fi
    command="$command \${words[2]}"
    shift words
    ((CURRENT--))
  fi`
  })
  return `${HEAD}
_grav1() {
  local command
  local -a subcommands
  if ((CURRENT == 2)); then
    subcommands=(${entries(firsts)})
    _describe command subcommands
    return
  fi
  command=\${words[2]}
  shift words
  ((CURRENT--))
${nested.join('\n')}
  case $command in
${commands.map(commandFunction).join('\n')}
  esac
}
if [[ $funcstack[1] == _grav1 ]]; then _grav1 "$@"; else compdef _grav1 grav1; fi
`
}
