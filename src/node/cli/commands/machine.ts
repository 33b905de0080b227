import { Option } from 'commander'
import { configKeys, configOptions } from '../../config/index.ts'
import type { Call, CommandDefinition } from '../definition.ts'
import type { ExitReason } from '../exit-codes.ts'
import { toOptions } from '../node-options.ts'

/** `grav1 init` */
export const initCommand: CommandDefinition = {
  name: 'init',
  help: 'write a config file for the nodes of this machine; asks five questions, and options answer them',
  group: 'Set-up:',
  options: () => [
    ...configKeys.flatMap((key) => toOptions(configOptions[key])),
    new Option('--config <file>', 'file to write (default: the place where a node looks for it)'),
    new Option('-y, --yes', 'ask nothing; what no option says stays as it is by default'),
    new Option('--force', 'replace an existing file')
  ],
  asks: 'nobody',
  json: 'one',
  examples: [
    { line: 'grav1 init', what: 'asks' },
    { line: 'grav1 init --yes --workers 4 --media /srv/films', what: 'in a script' },
    { line: 'sudo grav1 init --config /etc/grav1/config.toml', what: 'for "grav1 service install"' }
  ],
  run: async (call) => (await import('./init.ts')).runInit(call)
}

interface ServiceCommand {
  readonly name: string
  readonly help: string
  readonly changes: boolean
  readonly run: (call: Call) => Promise<ExitReason>
}

const serviceCommand = ({ name, help, changes, run }: ServiceCommand): CommandDefinition => ({
  name: `service ${name}`,
  help,
  group: 'Set-up:',
  options: () => [
    new Option('--user', 'a service of your own, which starts when you sign in (macOS: always so)'),
    ...(changes ? [new Option('--dry-run', 'print what would be done')] : [])
  ],
  asks: 'folder',
  json: 'one',
  run
})

/** `grav1 service install`, `status` and `remove` */
export const serviceCommands: readonly CommandDefinition[] = [
  serviceCommand({
    name: 'install',
    help: 'run a node all the time: a hardened systemd service, or a launchd agent on macOS',
    changes: true,
    run: async (call) => (await import('./service.ts')).installService(call)
  }),
  serviceCommand({
    name: 'status',
    help: 'show whether the service runs; exit code 1 where it does not',
    changes: false,
    run: async (call) => (await import('./service.ts')).showService(call)
  }),
  serviceCommand({
    name: 'remove',
    help: 'stop the service and remove it; the data folder stays',
    changes: true,
    run: async (call) => (await import('./service.ts')).removeService(call)
  })
]
