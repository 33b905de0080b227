import { mannerNames, type Manners, MANNERS } from '../../api/manners/index.ts'
import type { Config } from '../config/types.ts'

/** The settings that a node starts with. Whoever starts one for a film of their own wants it encoded, on battery too. */
export function mannersOf(config: Config): Manners {
  const standard = Object.fromEntries(mannerNames.map((name) => [name, MANNERS[name].standard])) as Manners
  const given = mannerNames.flatMap((name) => (config[name] === undefined ? [] : [[name, config[name]] as const]))
  const aside = config.aside === true ? { onBattery: 'run' } : {}
  return { ...standard, ...aside, ...Object.fromEntries(given) }
}
