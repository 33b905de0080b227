import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { commandsOf, type Instruction, wordsOf } from './dockerfile.ts'
import { type Image, inside } from './build.ts'

// Runs in a network of its own: `node scripts/image/trial.ts <file>` starts the services of the compose file and encodes a film.

/** What the trial is told, in a file. */
export interface Trial {
  readonly image: Image
  readonly steps: readonly Instruction[]
  readonly compose: string
  /** For data folders and films. */
  readonly folder: string
}

const READY_MS_MAX = 120_000
const FRAMES = 50

/** Every service but the first has other ports, for they share one machine here. */
const BESIDE = { GRAV1_API_PORT: '0', GRAV1_LISTEN: '/ip4/127.0.0.1/tcp/0' }

const run = async (words: readonly [string, ...string[]], reject = true) => {
  const [program, ...args] = words
  return execa(program, args, { stdin: 'ignore', all: true, reject })
}

async function imageOf(trial: Trial, name: string, env: Readonly<Record<string, string>>): Promise<Image> {
  const folders = [
    { from: join(trial.folder, `data-${name}`), to: '/data' },
    { from: join(trial.folder, 'films'), to: '/films' }
  ]
  for (const { from } of folders) await mkdir(from, { recursive: true })
  const image = { ...trial.image, env: { ...trial.image.env, HOME: '/data', ...env }, volumes: folders }
  // Volumes of an engine begin with the owner that the folder has in the image.
  await run(inside({ ...image, user: 'root' }, ['chown', `${image.user}:${image.user}`, '/data', '/films']))
  return image
}

async function untilHealthy(image: Image, words: readonly string[]): Promise<void> {
  const end = Date.now() + READY_MS_MAX
  for (;;) {
    const { exitCode } = await run(inside(image, words), false)
    if (exitCode === 0) return
    if (Date.now() > end) throw new Error('the owner did not become healthy')
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

/** A service that ends by itself has failed. */
async function ended(name: string, node: PromiseLike<unknown>): Promise<never> {
  await node
  throw new Error(`the service ${name} ended`)
}

async function encode(owner: Image, films: string): Promise<void> {
  const film = join(films, 'film.mkv')
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25', '-frames:v', String(FRAMES)]
  await run(inside(owner, ['ffmpeg', '-v', 'error', ...picture, '-c:v', 'libx264', '/films/film.mkv']))
  // An engine starts it beside the node, where the data folder names the node; here processes are apart.
  const wishes = ['--encoder', 'svt', '--params', '--preset 10 --crf 45', '--api', 'http://127.0.0.1:7899']
  await run(inside(owner, ['grav1', 'submit', 'film.mkv', ...wishes]))
  const count = ['-v', 'error', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0']
  const { all } = await run(inside(owner, ['ffprobe', ...count, '/films/film.svt.mkv']))
  if (all.trim() !== String(FRAMES)) throw new Error(`${all.trim()} frames of ${FRAMES} are in ${film}`)
}

async function main(file: string): Promise<void> {
  const trial: Trial = JSON.parse(await readFile(file, 'utf8'))
  const text = (name: string): string => trial.steps.find((step) => step.name === name)?.text ?? ''
  const commands = commandsOf(trial.compose)
  const hosts = ['127.0.0.1 localhost', ...[...commands.keys()].map((name) => `127.0.0.1 ${name}`)]
  await writeFile(join(trial.image.root, 'etc/hosts'), `${hosts.join('\n')}\n`)
  const entry = wordsOf(text('ENTRYPOINT'))
  const nodes = []
  let owner: Image | undefined
  try {
    for (const [name, command] of commands) {
      const image = await imageOf(trial, name, owner === undefined ? {} : BESIDE)
      const [program, ...args] = inside(image, [...entry, ...command])
      const node = execa(program, args, { stdin: 'ignore', all: true, reject: false })
      nodes.push(node)
      if (owner === undefined)
        await Promise.race([untilHealthy(image, wordsOf(text('HEALTHCHECK'))), ended(name, node)])
      owner ??= image
    }
    if (owner === undefined) throw new Error('the compose file has no service')
    await encode(owner, join(trial.folder, 'films'))
    console.log(`note: ${FRAMES} frames by ${[...commands.keys()].join(' and ')}`)
  } finally {
    for (const node of nodes) node.kill('SIGKILL')
    for (const node of nodes) console.error((await node).all)
  }
}

await main(process.argv[2] ?? '')
