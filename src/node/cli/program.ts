import { Command } from 'commander'
import { configKeys, loadConfig } from '../config/index.ts'
import { programVersion } from '../version.ts'
import { addApiOptions, addCommand, addExamples } from './add-command.ts'
import { COMMAND_GROUPS, type CommandDefinition } from './definition.ts'
import type { ExitReason } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { nodeCommand } from './node-command.ts'
import { addNodeOptions, configFlags } from './node-options.ts'
import type { SubmitOptions } from './submission.ts'
import { addSubmitOptions } from './submit-options.ts'

const examples = {
  all: [
    { line: 'grav1 submit film.mkv', what: 'encode on this machine and the rest of the swarm' },
    { line: 'grav1 node', what: 'offer this machine; prints the command for the others' },
    { line: 'grav1 node --bootstrap /ip4/192.168.1.10/tcp/7898', what: "join that machine's swarm" },
    { line: 'grav1 status', what: 'machines, what they encode, and projects' }
  ],
  submit: [
    { line: 'grav1 submit film.mkv', what: '' },
    {
      line: 'grav1 submit film.mkv --encoder vp9 --params "--cpu-used=2 --end-usage=q --cq-level=32" --output film.webm --audio opus',
      what: ''
    },
    { line: 'grav1 submit film.mkv --output film.mp4 --audio opus:48 --attachments drop', what: '' },
    { line: 'grav1 submit a.mkv b.mkv --detach', what: '' },
    { line: 'grav1 submit film.mkv --at nas --output film.aom.mkv', what: '' }
  ]
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

const [FILMS, MACHINES] = COMMAND_GROUPS

/** The command line: `node`, `submit` and the other commands that are given. Each action hands its ending to `onEnd`. */
export function createProgram(
  io: CliIo,
  onEnd: (reason: ExitReason) => void,
  definitions: readonly CommandDefinition[]
): Command {
  const load = (options: Readonly<Record<string, unknown>>) =>
    loadConfig({ flags: configFlags(options), env: io.env, cwd: io.cwd })

  const program = new Command('grav1')
    .description('Peer-to-peer AV1 and VP9 video encoding with no central server.')
    .version(programVersion())
    .showHelpAfterError('(run grav1 --help for more)')
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd())
    })
    // Thrown rather than ending the process, so that `main` gives the exit code; subcommands inherit both.
    .exitOverride()
  addExamples(program, examples.all)

  const submit = program
    .command('submit')
    .description('encode videos on the running node, or on a node started for this job')
    .helpGroup(FILMS)
    .argument(
      '<input...>',
      'video files, folders of them, or patterns such as "season1/*.mkv"; each file becomes a project'
    )
  addSubmitOptions(submit)
    .option('--output-dir <dir>', 'folder for the results; created if it is missing')
    .option('--dry-run', 'show the source and the plan without starting anything')
    .option(
      '--save-scenes <file>',
      'write the scenes as a scenes file of Av1an, once they are known; also with --dry-run'
    )
    .option(
      '--at <node>',
      'send the films to this node, which becomes their owner: a host, a URL, or a name from the config file; --output and --output-dir are on this machine'
    )
    .option('--fetch', 'with --at: fetch each result and put it beside its film')
    .option('--detach', 'print the project id and return; needs a running node')
    .option('--json', 'print one JSON object per line')
  addApiOptions(addExamples(submit, examples.submit)).optionsGroup('When no node is running on this machine:')
  addNodeOptions(submit, embeddedKeys).action(
    async (inputs: string[], options: SubmitOptions & Record<string, unknown>) => {
      const { submitCommand } = await import('./submit-command.ts')
      const config = await load(options)
      const quiet = options['logLevel'] === undefined && !io.env['GRAV1_LOG_LEVEL']
      onEnd(await submitCommand(inputs, options, quiet ? { ...config, logLevel: 'warn' } : config, io))
    }
  )

  const node = program
    .command('node')
    .description('run a node: encode for the swarm and serve the REST API')
    .helpGroup(MACHINES)
    .option('--json', 'print one JSON document when it runs')
    .option('--plain', 'print log lines instead of the terminal interface')
  addNodeOptions(node).action(async (options: Record<string, unknown>) =>
    onEnd(
      await nodeCommand(await load(options), io, { json: options['json'] === true, plain: options['plain'] === true })
    )
  )

  for (const definition of definitions) addCommand(program, definition, { io, load, onEnd })
  return program
}
