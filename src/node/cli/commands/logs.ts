import { Option } from 'commander'
import { setTimeout as delay } from 'node:timers/promises'
import { printable } from '../../../common/text.ts'
import { LOG_LEVELS, logLevel, type LogLine } from '../../../api/schemas/index.ts'
import { atNode } from '../at-node.ts'
import type { LogQuery } from '../../../api/ports.ts'
import type { NodeClient } from '../client.ts'
import { type Call, type CommandDefinition, say } from '../definition.ts'
import type { ExitReason } from '../exit-codes.ts'
import { CliError } from '../errors.ts'
import { untilSignal } from '../until-signal.ts'
import { formatTime } from './show.ts'

/** How often the node is asked for more. Nothing is lost between: it is asked for what follows a number. */
const FOLLOW_MS = 1000
const LINES_DEFAULT = 100
const LINES_MAX = 1000

/** `2026-11-30 01:25:00 warn  lost a worker  {"ms":30}` */
export function logText({ atMs, level, message, fields }: LogLine): string {
  const more = fields === '{}' ? '' : `  ${printable(fields)}`
  return `${formatTime(atMs)} ${level.padEnd(5)} ${printable(message)}${more}`
}

/** @throws {@link CliError} `usage` */
function lineCount(given: unknown): number {
  if (given === undefined) return LINES_DEFAULT
  const text = typeof given === 'string' ? given : ''
  const count = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (count >= 1 && count <= LINES_MAX) return count
  throw new CliError('usage', `--lines: "${text}" is not allowed; use a whole number from 1 to ${LINES_MAX}.`)
}

/** @throws {@link CliError} `usage` */
function queryOf({ options }: Call): LogQuery {
  const text = (name: string): string | undefined => {
    const value = options[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    level: logLevel.optional().parse(options['level']),
    project: text('project'),
    peer: text('peer'),
    text: text('text'),
    limit: lineCount(options['lines'])
  }
}

function print(call: Call, lines: readonly LogLine[]): void {
  for (const line of lines) say(call, line, logText(line))
}

/** Prints each line as it comes, until the signal; a restarted node counts from the beginning. */
async function follow(call: Call, client: NodeClient, query: LogQuery, signal: AbortSignal): Promise<void> {
  let { items, next } = await client.logs(query, { signal })
  print(call, items)
  for (;;) {
    await delay(FOLLOW_MS, undefined, { signal })
    const after = next
    ;({ items, next } = await client.logs({ ...query, after, limit: LINES_MAX }, { signal }))
    if (next < after) ({ items, next } = await client.logs({ ...query, after: 0, limit: LINES_MAX }, { signal }))
    print(call, items)
  }
}

/** `grav1 logs` */
export const logsCommand: CommandDefinition = {
  name: 'logs',
  help: 'print the last lines of the log of the running node',
  group: 'This node:',
  options: () => [
    new Option('-f, --follow', 'print new lines until Ctrl-C; with --json one document per line'),
    new Option('-n, --lines <n>', `how many lines to start with, 1 to ${LINES_MAX} (default: ${LINES_DEFAULT})`),
    new Option('--level <level>', 'only lines of this level and above').choices(LOG_LEVELS),
    new Option('--project <id>', 'only lines about this project'),
    new Option('--peer <peer id>', 'only lines about this peer'),
    new Option('--text <text>', 'only lines with this text')
  ],
  asks: 'node',
  json: 'one',
  examples: [{ line: 'grav1 logs -f --level warn', what: 'warnings and errors as they occur' }],
  run: async (call) => {
    const query = queryOf(call)
    return atNode<ExitReason>(call.where, async (client) => {
      if (call.options['follow'] === true) {
        // Ctrl-C is how it is meant to end.
        await untilSignal(call.io, async (signal) => follow(call, client, query, signal))
        return 'ok'
      }
      const logs = await client.logs(query)
      if (call.json) say(call, logs, '')
      else print(call, logs.items)
      return 'ok'
    })
  }
}
