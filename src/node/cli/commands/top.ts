import type { CommandDefinition } from '../definition.ts'
import { topCommand as run } from '../top/top-command.ts'

/** `grav1 top` */
export const topCommand: CommandDefinition = {
  name: 'top',
  help: 'watch and steer a node in the terminal',
  group: 'Machines:',
  asks: 'node',
  json: 'one',
  examples: [
    { line: 'grav1 top', what: 'the node of this machine' },
    { line: 'grav1 top --api http://192.168.1.10:7899 --token ...', what: 'another one' }
  ],
  run
}
