import type { Preset } from '../../../api/schemas/index.ts'
import { printable } from '../../../common/text.ts'
import { listPresets } from '../../owner/presets.ts'
import { atNodeOr } from '../at-node.ts'
import { type Call, say } from '../definition.ts'
import type { ExitReason } from '../exit-codes.ts'
import { padToWidth, textWidth } from '../text-width.ts'
import { encodersOf } from './encoders-here.ts'

/** Of the node, or of this machine and its config file where none runs. */
async function presetsOf({ where, config }: Call): Promise<readonly Preset[]> {
  return atNodeOr<readonly Preset[]>(
    where,
    async (client) => client.presets(),
    async () => listPresets(config?.presets ?? [], (await encodersOf({ config })).installed)
  )
}

function presetLines({ name, about, own, params, options }: Preset): string[] {
  const of = own ? ' (own)' : ''
  const rows = [
    ...Object.entries(params),
    ...Object.entries(options).map(([option, value]) => [option, String(value)] as const)
  ]
  const cells = Math.max(0, ...rows.map(([left]) => textWidth(left)))
  return [
    `${printable(name)}${of}${about === '' ? '' : `: ${printable(about)}`}`,
    ...rows.map(([left, right]) => `  ${padToWidth(printable(left), cells)}  ${printable(right)}`)
  ]
}

/** What `grav1 presets` prints: each preset with its parameters by encoder, then the other options that it sets. */
export const presetsText = (presets: readonly Preset[]): string =>
  presets.map((preset) => presetLines(preset).join('\n')).join('\n\n')

export async function showPresets(call: Call): Promise<ExitReason> {
  const presets = await presetsOf(call)
  say(call, presets, presetsText(presets))
  return 'ok'
}
