import { join } from 'node:path'
import { Option } from 'commander'
import { type CommandDefinition, say } from '../definition.ts'

/** `grav1 encoders`: the encoders are loaded only for it. */
export const encodersCommand: CommandDefinition = {
  name: 'encoders',
  help: 'show the encoders of this machine and of the swarm; add or remove those of the npm package node-av',
  group: 'Set-up:',
  args: [{ name: '[action]', help: 'add: install the package; remove: delete it', choices: ['add', 'remove'] }],
  options: () => [new Option('-y, --yes', 'install without asking')],
  asks: 'node',
  json: 'one',
  run: async (call) => (await import('./encoders.ts')).runEncoders(call)
}

/** `grav1 doctor`: what it looks with is loaded only for it. */
export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  help: 'check this machine and its node (programs, encoders, sandbox, disk, memory, clock, ports, network), and say how to fix what is wrong',
  group: 'Set-up:',
  asks: 'node',
  json: 'one',
  run: async (call) => (await import('./doctor.ts')).runDoctor(call)
}

/** `grav1 presets` */
export const presetsCommand: CommandDefinition = {
  name: 'presets',
  help: 'show the presets that "grav1 submit --preset" takes, and the parameters that they stand for',
  group: 'Set-up:',
  asks: 'node',
  json: 'one',
  run: async (call) => (await import('./presets.ts')).showPresets(call)
}

/** `grav1 swarm-key`: the key to stdout, what to do with it to stderr, so that the first can go into a file. */
export const swarmKeyCommand: CommandDefinition = {
  name: 'swarm-key',
  help: 'print a new key for a private swarm',
  group: 'Set-up:',
  asks: 'nobody',
  json: 'one',
  run: async (call) => {
    const { newSwarmKey } = await import('../../disk/swarm-key.ts')
    const key = newSwarmKey()
    say(call, { key }, key)
    if (call.json) return 'ok'
    call.io.err('Keep it in a file that only you can read, the same on every machine of the swarm:')
    call.io.err('  (umask 077; grav1 swarm-key > swarm.key)')
    call.io.err('  grav1 node --swarm-key swarm.key')
    return 'ok'
  }
}

/** `grav1 debug log`: what the swarm has been told of a project, as this data folder holds it. */
export const debugLogCommand: CommandDefinition = {
  name: 'debug log',
  help: 'print the records of a project, as this data folder holds them',
  group: 'Set-up:',
  args: [{ name: '<id>', help: 'project id, or a unique start of it' }],
  asks: 'folder',
  json: 'lines',
  run: async (call) =>
    (await import('./debug-log.ts')).printRecords(call.args[0] ?? '', join(call.where.dataDir, 'db'), call)
}
