import { Argument, Command } from 'commander'
import { join } from 'node:path'
import { configKeys, loadConfig } from '../config/index.ts'
import { cancelCommand } from './cancel-command.ts'
import { outputCommand, retryCommand, type OutputOptions } from './waiting-commands.ts'
import { controlNode, drainCommand, pauseCommand, resumeCommand, workersCommand } from './control-commands.ts'
import type { DebugLogOptions } from './debug-log-command.ts'
import type { EncodersAction, EncodersOptions } from './encoders-command.ts'
import type { ExitReason } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { addNodeOptions, configFlags } from './node-options.ts'
import { nodeCommand } from './node-command.ts'
import { type NodeOptions, type StatusOptions, statusCommand } from './status-command.ts'
import type { SubmitOptions } from './submission.ts'
import { addSubmitOptions } from './submit-options.ts'
import { topCommand } from './top/top-command.ts'
import { programVersion } from '../version.ts'

const addApiOptions = (command: Command): Command =>
  command
    .option('--api <url>', 'node to talk to (default: the one on this machine; GRAV1_API)')
    .option('--token <token>', 'its access token (default: the one in the data folder; GRAV1_TOKEN)')

const examples = {
  all: `
Examples:
  grav1 submit film.mkv                                encode on this machine and the rest of the swarm
  grav1 node                                           offer this machine; prints the command for the others
  grav1 node --bootstrap /ip4/192.168.1.10/tcp/7898    join that machine's swarm
  grav1 status                                         projects, peers and slots`,
  submit: `
Examples:
  grav1 submit film.mkv
  grav1 submit film.mkv --encoder vp9 --params "--cpu-used=2 --end-usage=q --cq-level=32" --output film.webm --audio opus
  grav1 submit film.mkv --output film.mp4 --audio opus:48 --attachments drop
  grav1 submit a.mkv b.mkv --detach`
} as const

/** What makes sense for a node that only its own command talks to. */
const ofApi = new Set([
  'apiHost',
  'apiPort',
  'apiName',
  'apiOrigin',
  'auth',
  'tlsCert',
  'tlsKey',
  'media',
  'watch',
  'uploadQuota'
])
const embeddedKeys = configKeys.filter((key) => !ofApi.has(key))

/** The command line. Each action hands its ending to `onEnd`. */
export function createProgram(io: CliIo, onEnd: (reason: ExitReason) => void): Command {
  const load = (options: Readonly<Record<string, unknown>>) =>
    loadConfig({ flags: configFlags(options), env: io.env, cwd: io.cwd })

  const program = new Command('grav1')
    .description('Peer-to-peer AV1 and VP9 video encoding with no central server.')
    .version(programVersion())
    .showHelpAfterError('(run grav1 --help for more)')
    .addHelpText('after', examples.all)
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd())
    })
    // Thrown rather than ending the process, so that `main` gives the exit code; subcommands inherit both.
    .exitOverride()

  addNodeOptions(
    program
      .command('node')
      .description('run a node: encode for the swarm and serve the REST API')
      .option('--plain', 'print log lines instead of the terminal interface')
  ).action(async (options: Record<string, unknown>) =>
    onEnd(await nodeCommand(await load(options), io, { plain: options['plain'] === true }))
  )

  const submit = program
    .command('submit')
    .description('encode videos on the running node, or on a node started for this job')
    .argument(
      '<input...>',
      'video files, folders of them, or patterns such as "season1/*.mkv"; each file becomes a project'
    )
  addSubmitOptions(submit)
    .option('--output-dir <dir>', 'folder for the results; it is made where it is missing')
    .option('--dry-run', 'show the source and the plan without starting anything')
    .option('--detach', 'print the project id and return; needs a running node')
    .option('--json', 'print one JSON object per line')
    .addHelpText('after', examples.submit)
  addApiOptions(submit).optionsGroup('When no node is running on this machine:')
  addNodeOptions(submit, embeddedKeys).action(
    async (inputs: string[], options: SubmitOptions & Record<string, unknown>) => {
      const { submitCommand } = await import('./submit-command.ts')
      const config = await load(options)
      const quiet = options['logLevel'] === undefined && !io.env['GRAV1_LOG_LEVEL']
      onEnd(await submitCommand(inputs, options, quiet ? { ...config, logLevel: 'warn' } : config, io))
    }
  )

  const status = program.command('status').description('show projects, peers and slots of a running node')
  addNodeOptions(addApiOptions(status).option('--json', "print the API's answer"), ['dataDir']).action(
    async (options: StatusOptions & Record<string, unknown>) =>
      onEnd(await statusCommand(options, (await load(options)).dataDir, io))
  )

  const top = program.command('top').description('watch and steer a running node in the terminal')
  addNodeOptions(addApiOptions(top), ['dataDir']).action(async (options: NodeOptions & Record<string, unknown>) =>
    onEnd(await topCommand(options, (await load(options)).dataDir, io))
  )

  const cancel = program.command('cancel').description('stop a project; its encoded scenes are kept for a while')
  addNodeOptions(addApiOptions(cancel.argument('<id>', 'project id, or a unique prefix of it')), ['dataDir']).action(
    async (id: string, options: NodeOptions & Record<string, unknown>) =>
      onEnd(await cancelCommand(id, options, (await load(options)).dataDir, io))
  )

  const retry = program.command('retry').description('try a waiting project again now')
  addNodeOptions(addApiOptions(retry.argument('<id>', 'project id, or a unique prefix of it')), ['dataDir']).action(
    async (id: string, options: NodeOptions & Record<string, unknown>) =>
      onEnd(await retryCommand(id, options, (await load(options)).dataDir, io))
  )

  const output = program
    .command('output')
    .description('change where the finished file of a project is written')
    .argument('<id>', 'project id, or a unique prefix of it')
    .argument('<file>', '.mkv, .webm or .mp4')
    .option('--overwrite', 'replace an existing file')
  addNodeOptions(addApiOptions(output), ['dataDir']).action(
    async (id: string, file: string, options: OutputOptions & Record<string, unknown>) =>
      onEnd(await outputCommand(id, file, options, (await load(options)).dataDir, io))
  )

  const controls = {
    pause: ['take no new scenes here until "grav1 resume"', pauseCommand],
    resume: ['end a pause or a drain', resumeCommand],
    drain: ['finish the running scenes and hand back the rest, so that the node can be stopped', drainCommand]
  } as const
  for (const [name, [help, control]] of Object.entries(controls))
    addNodeOptions(addApiOptions(program.command(name).description(help)), ['dataDir']).action(
      async (options: NodeOptions & Record<string, unknown>) =>
        onEnd(await controlNode(control, options, (await load(options)).dataDir, io))
    )

  const workers = program.command('workers').description('set how many scenes the running node encodes at once')
  addNodeOptions(addApiOptions(workers.argument('<n>', '0 to 1024')), ['dataDir']).action(
    async (n: string, options: NodeOptions & Record<string, unknown>) =>
      onEnd(await controlNode(workersCommand(n), options, (await load(options)).dataDir, io))
  )

  const encoders = program
    .command('encoders')
    .description('show the encoders of this machine and of the swarm; add or remove those of the npm package node-av')
    .addArgument(new Argument('[action]', 'add: install the package; remove: delete it').choices(['add', 'remove']))
    .option('--yes', 'install without asking')
    .option('--json', 'print one JSON object')
  addNodeOptions(addApiOptions(encoders), ['dataDir']).action(
    async (action: EncodersAction | undefined, options: EncodersOptions & Record<string, unknown>) => {
      const { encodersCommand } = await import('./encoders-command.ts')
      onEnd(await encodersCommand(action, options, (await load(options)).dataDir, io))
    }
  )

  const debug = program.command('debug').description('look into a data folder')
  const log = debug
    .command('log')
    .description('print the records of a project, as this data folder holds them')
    .argument('<id>', 'project id, or a unique prefix of it')
    .option('--json', 'print one JSON object per line')
  addNodeOptions(log, ['dataDir']).action(async (id: string, options: DebugLogOptions & Record<string, unknown>) => {
    const { debugLogCommand } = await import('./debug-log-command.ts')
    onEnd(await debugLogCommand(id, options, join((await load(options)).dataDir, 'db'), io))
  })

  program
    .command('swarm-key')
    .description('print a new key for a private swarm')
    .action(async () => {
      const { swarmKeyCommand } = await import('./swarm-key-command.ts')
      onEnd(swarmKeyCommand(io))
    })
  return program
}
