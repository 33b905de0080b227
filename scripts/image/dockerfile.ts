/** An instruction of a Dockerfile: `RUN`, and what follows it on one line. */
export interface Instruction {
  readonly name: string
  readonly text: string
}

/** A part of a Dockerfile that begins with FROM. */
export interface Stage {
  readonly base: string
  readonly name: string | undefined
  readonly steps: readonly Instruction[]
}

/** Lines that end in a backslash go on in the next one. */
const wholeLines = (text: string): string[] =>
  text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

function instructionOf(line: string): Instruction {
  const [, name = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
  return { name: name.toUpperCase(), text }
}

/** The stages of a Dockerfile, as far as grav1's own uses the language: no ARG, no heredocs, no variables. */
export function parseDockerfile(text: string): Stage[] {
  const stages: { base: string; name: string | undefined; steps: Instruction[] }[] = []
  for (const instruction of wholeLines(text).map(instructionOf)) {
    if (instruction.name !== 'FROM') stages.at(-1)?.steps.push(instruction)
    else {
      const [, base = '', name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(instruction.text) ?? []
      stages.push({ base, name, steps: [] })
    }
  }
  return stages
}

/** `NAME=value` pairs of an ENV. */
export const environmentOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(/\s+/).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
  )

/** The words of `["grav1"]`, also behind options such as those of HEALTHCHECK. */
export function wordsOf(text: string): string[] {
  const words: unknown = JSON.parse(text.slice(text.indexOf('[')))
  return Array.isArray(words) ? words.map(String) : []
}

/** The command of each service of a compose file that stands as a list on one line. */
export function commandsOf(compose: string): Map<string, string[]> {
  const services = [...compose.matchAll(/^ {2}(\w+):\n((?: {4}.*\n|\n)+)/gm)]
  return new Map(
    services.flatMap(([, name = '', body = '']) => {
      const command = /^ {4}command: (\[.*\])$/m.exec(body)?.[1]
      return command === undefined ? [] : [[name, wordsOf(command.replaceAll("'", '"'))] as const]
    })
  )
}
