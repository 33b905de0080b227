import { type Command, Option } from 'commander'
import {
  type ConfigFlags,
  type ConfigKey,
  type ConfigOption,
  configKeys,
  configOptions,
  standardOf
} from '../config/index.ts'

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]

/** An option of a node as commander takes it; two for a switch. */
export function toOptions(option: ConfigOption): Option[] {
  const standard = `${option.help} (default: ${standardOf(option)})`
  if (option.argument === undefined) {
    const off = new Option(`--no-${option.flag}`, `do not ${option.help}`)
    // Without the plain flag before it commander would make the switch on by default, and hide the environment and the file.
    const on = new Option(`--${option.flag}`, standard)
    // The help shows the one that changes something.
    return option.value === true ? [on.hideHelp(), off] : [on, off.hideHelp()]
  }
  const flags = `--${option.flag} ${option.argument}`
  if (!option.list) return [new Option(flags, standard).hideHelp(option.advanced ?? false)]
  return [new Option(flags, `${standard}; repeatable`).argParser(collect)]
}

/** Adds the options of a node, from the one table, and `--config`. */
export function addNodeOptions(command: Command, keys: readonly ConfigKey[] = configKeys): Command {
  for (const key of keys) for (const option of toOptions(configOptions[key])) command.addOption(option)
  return command.option('--config <file>', 'config file (TOML; keys are the names of the flags)')
}

/** What was given on the command line. Values are still as typed. */
export function configFlags(options: Readonly<Record<string, unknown>>): ConfigFlags {
  const flags: Partial<Record<ConfigKey | 'config', unknown>> = {}
  for (const key of [...configKeys, 'config'] as const) if (options[key] !== undefined) flags[key] = options[key]
  return flags
}
