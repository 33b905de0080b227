import { Option } from 'commander'
import type { NodeStatus } from '../../../api/schemas/index.ts'
import { formatBytes } from '../../../common/text.ts'
import { byteRate, RATE_ALLOWED } from '../../config/index.ts'
import { atNode } from '../at-node.ts'
import { type CommandDefinition, say } from '../definition.ts'
import { CliError } from '../errors.ts'

/** @throws {@link CliError} `usage` */
function rateOf(flag: string, given: unknown): number | undefined {
  if (typeof given !== 'string') return undefined
  const read = byteRate.safeParse(given)
  if (read.success) return read.data
  throw new CliError('usage', `--${flag}: "${given}" is not allowed; use ${RATE_ALLOWED}.`)
}

const rateText = (rate: number): string => (rate === 0 ? 'no limit' : `${formatBytes(rate)}/s`)

function limitsText({ limits }: NodeStatus): string {
  const { upload = 0, download = 0, lan = false } = limits ?? {}
  const where = lan ? 'with the local network' : 'beyond the local network'
  return `upload: ${rateText(upload)}, download: ${rateText(download)}, ${where}`
}

/** `grav1 bandwidth` */
export const bandwidthCommand: CommandDefinition = {
  name: 'bandwidth',
  help: 'show or set how fast the running node sends and fetches pieces and scenes; kept across restarts',
  group: 'This node:',
  options: () => [
    new Option('--upload-limit <rate>', 'e.g. 2MiB/s, 500kB/s, 16Mbit/s or none'),
    new Option('--download-limit <rate>', 'the same for downloads')
  ],
  asks: 'node',
  json: 'one',
  examples: [{ line: 'grav1 bandwidth --upload-limit 8Mbit/s', what: 'leaves room for other traffic' }],
  run: async (call) => {
    const uploadLimit = rateOf('upload-limit', call.options['uploadLimit'])
    const downloadLimit = rateOf('download-limit', call.options['downloadLimit'])
    const isChange = uploadLimit !== undefined || downloadLimit !== undefined
    const node = await atNode(call.where, async (client) =>
      isChange ? client.changeNode({ uploadLimit, downloadLimit }) : (await client.status()).node
    )
    say(call, node.limits ?? {}, limitsText(node))
    return 'ok'
  }
}
