import { Option } from 'commander'
import type { NodeStatus } from '../../../api/schemas/index.ts'
import { type MannerName, mannerNames, MANNERS, mannerText, restWords } from '../../../api/manners/index.ts'
import { printable } from '../../../common/text.ts'
import { atNode } from '../at-node.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'

/** @throws {@link CliError} `usage` */
function chosen(options: Readonly<Record<string, unknown>>): Partial<Record<MannerName, string>> {
  const given = mannerNames.flatMap((name) => {
    if (options[name] === undefined) return []
    const { flag, allowed } = MANNERS[name]
    const text = mannerText(name).safeParse(options[name])
    if (!text.success)
      throw new CliError('usage', `--${flag}: ${JSON.stringify(options[name])} is not allowed; use ${allowed}.`)
    return [[name, text.data]]
  })
  return Object.fromEntries(given)
}

/** The settings in lines, as a user would type them, and what they mean for now. */
export function mannersText({ name, manners, rest, paused }: NodeStatus, nowMs: number): string {
  const lines = mannerNames.map((key) => `  --${MANNERS[key].flag.padEnd(16)} ${printable(manners?.[key] ?? '?')}`)
  const now = rest == null ? (paused ? 'paused by "grav1 pause"' : 'free to encode') : `paused${restWords(rest, nowMs)}`
  return [`${printable(name)} is ${now}`, ...lines].join('\n')
}

/** `grav1 manners` */
export const mannersCommand: CommandDefinition = {
  name: 'manners',
  help: 'show or set when and how much this machine encodes; kept across restarts',
  group: 'This node:',
  options: () =>
    mannerNames.map((name) => new Option(`--${MANNERS[name].flag} ${MANNERS[name].argument}`, MANNERS[name].help)),
  asks: 'node',
  json: 'one',
  run: async (call) => {
    const manners = chosen(call.options)
    const isChange = Object.keys(manners).length > 0
    const node = await atNode(call.where, async (client) =>
      isChange ? client.changeNode({ manners }) : (await client.status()).node
    )
    say(call, node, mannersText(node, Date.now()))
    return 'ok'
  }
}
