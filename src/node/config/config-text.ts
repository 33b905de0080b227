import { stringify } from 'smol-toml'
import { configKeys, type ConfigKey, type ConfigOption, configOptions, standardOf } from './options.ts'

/** What a file sets, as a user typed it. */
export type Chosen = Readonly<Partial<Record<ConfigKey, string | boolean | readonly string[]>>>

/** Numbers stay numbers; everything else is text, so that `50G` stays readable. */
const valueOf = (value: string | boolean | readonly string[]): unknown =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value

/** A config file with these settings alone, each below what it means. */
export function configText(chosen: Chosen): string {
  const parts = configKeys.flatMap((key) => {
    const value = chosen[key]
    if (value === undefined) return []
    const option: ConfigOption = configOptions[key]
    return [
      `# ${option.help} (default: ${standardOf(option)})\n${stringify({ [option.flag]: valueOf(value) }).trim()}\n`
    ]
  })
  return ['# The configuration of a grav1 node; docs/options.md lists what it may hold.\n', ...parts].join('\n')
}
