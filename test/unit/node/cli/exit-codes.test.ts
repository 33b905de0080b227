import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../../../src/node/config/index.ts'
import { ApiError, CliError, exitReasonOf } from '../../../../src/node/cli/errors.ts'
import { definitions } from '../../../../src/node/cli/definitions.ts'
import { createProgram } from '../../../../src/node/cli/program.ts'
import { describeProgram, type CommandReference } from '../../../../src/node/cli/reference/describe.ts'
import { main } from '../../../../src/node/main.ts'
import { fakeIo, project, serve, swarm } from './fixtures.ts'

const { commands } = describeProgram(createProgram(fakeIo().io, () => {}, definitions))

let dir: string
let env: Record<string, string>
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'grav1-exit-'))
  await writeFile(join(dir, 'empty.toml'), '')
  await writeFile(join(dir, 'wrong.toml'), 'workers = "many"\n')
  await writeFile(join(dir, 'broken.toml'), 'workers = \n')
  env = { GRAV1_CONFIG: join(dir, 'empty.toml'), GRAV1_DATA_DIR: dir, GRAV1_API: 'http://127.0.0.1:1' }
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function run(argv: readonly string[], change: Readonly<Record<string, string>> = {}) {
  const fake = fakeIo({ env: { ...env, ...change }, cwd: dir })
  return { code: await main(argv, fake.io), out: fake.out, err: fake.err.join('\n') }
}

/** Words that a command takes for its arguments. */
const wordsOf = ({ args }: CommandReference): string[] =>
  args.filter(({ shape }) => shape.startsWith('<')).map(({ choices }) => choices[0] ?? '1')

/** Every wrong use that follows from the definition of a command. */
function wrongUses(command: CommandReference): string[][] {
  const name = command.name.split(' ')
  const words = wordsOf(command)
  const options = command.optionGroups.flatMap((group) => group.options)
  const valued = options.filter(({ argument }) => argument !== undefined)
  const chosen = [...command.args, ...options].filter(({ choices }) => choices.length > 0)
  return [
    [...name, ...words, '--no-such-option'],
    ...(command.args.some(({ isVariadic }) => isVariadic)
      ? []
      : [[...name, ...words, ...command.args.map(() => 'x'), 'x']]),
    ...(words.length > 0 ? [name] : []),
    ...valued.map(({ names }) => [...name, ...words, names.at(-1) ?? '']),
    ...chosen.map((one) =>
      'names' in one ? [...name, ...words, one.names.at(-1) ?? '', 'no-such-choice'] : [...name, 'no-such-choice']
    )
  ]
}

describe.each(commands.map((command) => [command.name, command] as const))('%s', (_, command) => {
  test.each(wrongUses(command))('%s %s %s %s %s is wrong use', async (...argv) => {
    const { code, out, err } = await run(argv.filter((word) => typeof word === 'string'))
    expect([code, out]).toEqual([2, []])
    expect(err).not.toContain('    at ')
  })
})

test.each([
  [[]],
  [['no-such-command']],
  [['debug']],
  [['debug', 'no-such-command']],
  [['help', 'no-such-command']],
  [['--no-such-option']],
  [['why', 'film.mkv', '0']],
  [['why', 'film.mkv', 'first']],
  [['priority', 'film.mkv', 'high']],
  [['workers', '1025']],
  [['logs', '--lines', '0']],
  [['status', '--api', 'nonsense']],
  [['status', '--api', 'ftp://127.0.0.1']],
  [['status', '--config', 'none.toml']],
  [['status', '--config', 'wrong.toml']],
  [['node', '--config', 'broken.toml']],
  [['node', '--workers', 'many']],
  [['node', '--media', 'none']],
  [['submit', 'a', '--min-frames', '1.5']],
  [['submit', 'a', '--zones', 'none.txt']],
  [['submit', 'a', '--cuts', 'none.txt']]
])('%j is wrong use', async (argv) => {
  expect((await run(argv)).code).toBe(2)
})

test.each([
  ['GRAV1_API', 'nonsense'],
  ['GRAV1_WORKERS', 'many'],
  ['GRAV1_CONFIG', 'none.toml']
])('%s=%s is wrong use', async (name, value) => {
  expect((await run(['status'], { [name]: value })).code).toBe(2)
})

test.each([
  ['x', '"x"'],
  ['p-', 'several projects'],
  ['film.mkv', 'several projects']
])(
  'the name %s, which means no project or several, is wrong use, for every command that takes one',
  async (id, says) => {
    const { url } = await serve(() => ({ json: swarm([project(), project({ projectId: 'p-9' })]) }))
    for (const command of commands.filter(({ name, args }) => name !== 'debug log' && args[0]?.kind === 'project')) {
      const others = wordsOf(command).slice(1)
      const { code, err } = await run([command.name, id, ...others, '--api', url])
      expect([command.name, code, err]).toEqual([command.name, 2, expect.stringContaining(says)])
    }
  }
)

test('a configuration that only shows to be wrong at the start of the node is wrong use', async () => {
  const refuse = async (): Promise<never> => {
    throw new ConfigError('tls', 'TLS needs both --tls-cert and --tls-key; one of them is missing.')
  }
  const fake = fakeIo({ env, cwd: dir, loadDaemon: async () => refuse })
  expect(await main(['node'], fake.io)).toBe(2)
  expect(fake.err.join()).toContain('--tls-key')
})

test.each([
  [['bad.mkv'], 2],
  [['bad.mkv', 'bad.mkv'], 2],
  [['bad.mkv', 'good.mkv'], 1],
  [['away.mkv'], 1],
  [['bad.mkv', 'away.mkv'], 1]
])('submitting %j ends with %i: wrong use only where nothing was begun', async (films, code) => {
  const { url } = await serve(({ line, body }) => {
    if (line === 'GET /api/v2/status') return { json: swarm() }
    if (line.startsWith('GET')) return { json: project({ state: 'completed', outputPath: '/o.mkv' }) }
    const text = JSON.stringify(body)
    if (text.includes('bad'))
      return { status: 400, json: { code: 'not-a-video', field: 'input', detail: 'It is no video.' } }
    if (text.includes('away')) return { status: 503, json: { code: 'disk-full', detail: 'The disk is full.' } }
    return { status: 201, json: { projectId: 'p-1234', attached: false, warnings: [] } }
  })
  for (const film of films) await writeFile(join(dir, film), '')
  expect((await run(['submit', ...films, '--api', url])).code).toBe(code)
})

test('what is right and does not work ends with 1', async () => {
  for (const argv of [['status'], ['cancel', 'x'], ['pause'], ['peers'], ['open'], ['logs', '-f']])
    expect((await run(argv)).code).toBe(1)
})

const refused = (status: number, code: string, field?: string) => new ApiError({ status, code, field, detail: 'no' })

test.each([
  [refused(400, 'not-a-video', 'input'), 'usage'],
  [refused(400, 'output-exists', 'output'), 'usage'],
  [refused(404, 'not-found', 'input'), 'usage'],
  [refused(400, 'bad-request'), 'usage'],
  [refused(404, 'unknown-scene'), 'usage'],
  // This machine lacks it, whatever is asked.
  [refused(400, 'no-encoder', 'encoder'), 'failed'],
  [refused(401, 'http-401'), 'failed'],
  [refused(403, 'not-allowed'), 'failed'],
  [refused(409, 'already-ended'), 'failed'],
  [refused(503, 'owner-unreachable'), 'failed'],
  [new CliError('no-node', 'no'), 'failed'],
  [new CliError('usage', 'no'), 'usage'],
  [new ConfigError('tls', 'no'), 'usage'],
  [new Error('a bug'), 'failed']
] as const)('%s ends as %s', (error, reason) => {
  expect(exitReasonOf(error)).toBe(reason)
})
