import { Option } from 'commander'
import { configKeys, configOptions } from '../../config/index.ts'
import type { Call, CommandDefinition } from '../definition.ts'
import type { ExitReason } from '../exit-codes.ts'
import { toOptions } from '../node-options.ts'

/** `grav1 init` */
export const initCommand: CommandDefinition = {
  name: 'init',
  help: 'write a config file for the nodes of this machine; asks five questions, or takes the answers from options',
  group: 'Set-up:',
  options: () => [
    ...configKeys.flatMap((key) => toOptions(configOptions[key])),
    new Option('--config <file>', 'file to write (default: the place where a node looks for it)'),
    new Option('-y, --yes', 'ask nothing; what no option sets keeps its default'),
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

/** `grav1 invite` */
export const inviteCommand: CommandDefinition = {
  name: 'invite',
  help: 'print one line that lets another machine join the swarm of the running node; list or revoke invitations',
  group: 'Machines:',
  args: [
    { name: '[action]', help: 'list: all invitations; revoke: end one', choices: ['list', 'revoke'] },
    { name: '[id]', help: 'the invitation to revoke: its id, or the start of it' }
  ],
  options: () => [
    new Option('--expires <time>', 'how long it is valid, such as 30m, 24h or 7d').default('24h'),
    new Option('--uses <n>', 'how many machines may join with it (default: 1)'),
    new Option('--ask', 'ask here before each machine is let in'),
    new Option('--for <name>', 'who it is for; the list shows it')
  ],
  asks: 'node',
  json: 'one',
  examples: [
    { line: 'grav1 invite', what: 'for one machine, for a day' },
    { line: 'grav1 invite --uses 5 --expires 7d --for "the office"', what: '' },
    { line: 'grav1 invite --ask', what: 'waits, and asks about each machine' },
    { line: 'grav1 invite revoke 3f2a', what: '' }
  ],
  run: async (call) => (await import('./invite.ts')).runInvite(call)
}

/** `grav1 join` */
export const joinCommand: CommandDefinition = {
  name: 'join',
  help: 'join the swarm that an invitation is for; its key and addresses are kept in the data folder',
  group: 'Machines:',
  args: [{ name: '<invitation>', help: 'what "grav1 invite" printed, from grav1: to the end' }],
  options: () => [
    new Option('--start', 'then start a node, as "grav1 node" does'),
    new Option('--force', 'leave the swarm that this data folder is in')
  ],
  asks: 'folder',
  json: 'one',
  examples: [{ line: 'grav1 join grav1:AQDJ...', what: '' }],
  run: async (call) => (await import('./join.ts')).runJoin(call)
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
    new Option('--user', 'a service of your own, which starts when you sign in (always so on macOS)'),
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
    help: 'show whether the service runs; exit code 1 if it does not',
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
