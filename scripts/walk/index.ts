import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { nodeImage } from '../image/build.ts'
import { CHECKOUT, copySources } from '../machines/checkout.ts'
import { CannotRunError, ensureNeeds } from '../machines/needs.ts'
import { createRecorder } from '../machines/recorder.ts'
import { resultTable } from '../machines/results.ts'
import { ensurePlainRoot } from '../machines/roots.ts'
import { type Line, shellLines } from './lines.ts'
import { type Machines, openMachines } from './machines.ts'
import { wayOf } from './plan.ts'
import { openRegistry } from './registry.ts'

// Walks through the README as a newcomer does: a Debian with nothing but Node 24, and each command as it stands there.

const SUITE = 'trixie'

/** Films that the README names; 160 s, for its ranges. */
const FILMS = `
rm -rf "$HOME/films"; mkdir -p "$HOME/films/season1"; cd "$HOME/films"
film() { ffmpeg -v error -f lavfi -i "testsrc2=size=128x72:rate=3:duration=$2" -f lavfi -i "sine=duration=$2" -c:v libx264 -c:a aac "$1"; }
test -f "$HOME/film.mkv" || film "$HOME/film.mkv" 160
test -f "$HOME/short.mkv" || film "$HOME/short.mkv" 4
cp "$HOME/film.mkv" .
cp "$HOME/short.mkv" season1/a.mkv
cp "$HOME/short.mkv" season1/b.mkv
echo "0 100 --cq-level=40" > zones.txt
`

const READY = /^web {2}/m

interface Walk {
  readonly machines: Machines
  readonly registry: string
  /** The line that the first machine printed for the second. */
  invitation: string
  id: string
}

/** npm and apt reach the internet, and apt asks nothing. */
const installs = (text: string): boolean => /^(npm|apt) /.test(text)

async function carryOut(walk: Walk, { heading, text }: Line): Promise<string> {
  const { machines } = walk
  const way = wayOf({ heading, text })
  if (way.type === 'leave') return `left out: ${way.why}`
  if (text.startsWith('npm run demo')) return lastLine(await machines.install(`cd /checkout; ${text}`))
  if (installs(text)) return lastLine(await machines.install(`npm_config_registry=${walk.registry} ${text}`))
  if (way.type === 'stay') {
    // Machines that have made nothing yet.
    if (way.machine === 1) await machines.run(1, `rm -rf "$HOME/.local/share/grav1"\n${FILMS}`)
    return lastLine(await machines.stay(way.machine, text.replace(/grav1:\S+/, walk.invitation), READY))
  }
  // Each of these lines is another way, so each begins with the films alone.
  if (heading === 'One machine') await machines.run(1, FILMS)
  if (way.before !== undefined) await machines.run(1, way.before)
  const all = await machines.run(way.machine ?? 1, text.replaceAll('<id>', walk.id))
  if (text === 'grav1 invite') walk.invitation = /grav1:\S+/.exec(all)?.[0] ?? ''
  const said = lastLine(all)
  if (way.after !== undefined) await machines.run(1, way.after)
  if (text === 'grav1 submit film.mkv' || way.after !== undefined) walk.id = await firstId(machines, heading)
  return said
}

const lastLine = (text: string): string => (text.trim().split('\n').at(-1) ?? '').slice(0, 100)

/** The project of the film of several machines. */
async function firstId(machines: Machines, heading: string): Promise<string> {
  if (heading === 'One machine') return ''
  return /"projectId":\s*"(\w+)"/.exec(await machines.run(1, 'grav1 projects --all --json'))?.[1] ?? ''
}

async function packed(folder: string): Promise<string> {
  const { stdout } = await execa('npm', ['pack', '--pack-destination', folder], { cwd: join(folder, 'checkout') })
  return join(folder, stdout.trim().split('\n').at(-1) ?? '')
}

async function walkThrough(folder: string, signal: AbortSignal): Promise<void> {
  const { folder: plain } = await ensurePlainRoot(SUITE, signal)
  const root = join(folder, 'root')
  const image = await nodeImage(plain, root, signal)
  await writeFile(join(root, 'etc/apt/apt.conf.d/90-yes'), 'APT::Get::Assume-Yes "true";\n')
  // An answer that is an error is one.
  await writeFile(join(root, 'root/.curlrc'), 'silent\nfail-with-body\n')
  await copySources(join(folder, 'checkout'))
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'checkout/node_modules'))
  const tarball = await packed(folder)
  await copySources(join(root, 'checkout'))
  const { stdout: real } = await execa('npm', ['config', 'get', 'registry'])
  const registry = await openRegistry(tarball, real.endsWith('/') ? real : `${real}/`)
  const machines = await openMachines({ ...image, env: { ...image.env, DEBIAN_FRONTEND: 'noninteractive' } }, signal)
  const { step, results } = createRecorder(signal)
  try {
    await machines.install('apt-get -qq update; apt-get -qq install curl >/dev/null')
    const walk: Walk = { machines, registry: registry.url, invitation: '', id: '' }
    for (const line of shellLines(await readFile(join(CHECKOUT, 'README.md'), 'utf8')))
      await step(line.heading, line.text, async () => carryOut(walk, line))
  } finally {
    await machines.close()
    registry.close()
    console.log(`\n${resultTable(results)}`)
    if (results.length === 0 || results.some(({ passed }) => !passed)) process.exitCode = 1
  }
}

const stopped = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => stopped.abort(new Error(`stopped by ${name}`)))
try {
  await ensureNeeds({ arm64: false })
  const folder = await mkdtemp('/tmp/grav1-walk-')
  try {
    await walkThrough(folder, stopped.signal)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
} catch (error) {
  if (error instanceof CannotRunError && process.env['CI'] === undefined) {
    console.error(`*** SKIPPED: nobody walked through the README, since ${error.message} ***`)
  } else {
    console.error(`walk: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
