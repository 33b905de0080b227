import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '../src/node/cli/client.ts'
import { buildClip, type ClipInit } from './clip.ts'
import { createLocalSwarm, type LocalNode, type LocalSwarm } from './local-swarm.ts'
import { castText, type Frame } from './recording/cast.ts'
import { foundWords, wordsOfThisMachine } from './recording/private-words.ts'
import { screenOf, textOf } from './recording/screen.ts'
import { screenSvg } from './recording/screen-svg.ts'
import { startTerminal, type Terminal } from './terminal.ts'

/** A recording of `grav1 top` for the documentation, and a picture of it, of a real swarm that encodes real clips. Needs tmux. */
const images = resolve(import.meta.dirname, '../docs/images')
const program = resolve(import.meta.dirname, '../bin/grav1.js')
const size = { columns: 100, rows: 30 }
const title = 'grav1 top: films with their scenes, slots, peers and the log'
const params = '--cpu-used=5 --end-usage=q --cq-level=32'
/** The first one is complete when the recording begins, the second one is encoded before the third one. */
const films: readonly ClipInit[] = [
  { output: 'river.mkv', seconds: 4, width: 160, height: 90 },
  { output: 'ocean-and-flowers.mkv', seconds: 90, width: 384, height: 216 },
  { output: 'garden.mkv', seconds: 20, width: 384, height: 216 }
]
const encoded = 'ocean-and-flowers.mkv'
/** Share of its scenes that are done when the recording begins. */
const doneShare = 0.15
const SAMPLE_MS = 200
/** Of a file: it stays in the history of the repository. */
const BYTES_MAX = 150_000
const STEP_MS_MAX = 30_000

interface Step {
  readonly marker: string
  readonly keys: readonly string[]
  /** What the screen has to show. */
  readonly shows: RegExp
  /** How long that stays. */
  readonly ms: number
  /** Its last screen is the picture. */
  readonly isPicture?: boolean
}

const steps: readonly Step[] = [
  { marker: 'grav1 top', keys: [], shows: /slots here \d.*\n.*scene/, ms: 7000 },
  { marker: '?: the keys', keys: ['?'], shows: /why a scene is not done/, ms: 3000 },
  { marker: 'Enter: a film and its scenes', keys: ['?', 'Enter'], shows: /kbps/, ms: 2500 },
  { marker: 'w: why a scene is not done', keys: ['w'], shows: /Next: |It is done/, ms: 5000 },
  { marker: 'Down: another scene', keys: ['Down', 'Down', 'Down'], shows: /kbps/, ms: 3000 },
  { marker: 'Esc: back', keys: ['Escape'], shows: /▸ \d films/, ms: 3000, isPicture: true },
  { marker: 'Tab: the next pane', keys: ['Tab'], shows: /▸ slots here/, ms: 4000 },
  { marker: 'q: quit', keys: ['q'], shows: /^\$ grav1 top\n+\$/, ms: 1500 }
]

/** Takes the steps one after the other and keeps each screen that differs from the one before. */
async function record(terminal: Terminal): Promise<{ readonly frames: Frame[]; readonly picture: Frame }> {
  const frames: Frame[] = []
  const began = performance.now()
  let picture: Frame | undefined
  let last = ''
  for (const { marker, keys, shows, ms, isPicture = false } of steps) {
    const since = performance.now()
    let shownSince: number | undefined
    let isFirst = true
    for (const key of keys) await terminal.press(key)
    while (shownSince === undefined || performance.now() - shownSince < ms) {
      const captured = await terminal.screen('-e')
      const frame = { atMs: performance.now() - began, screen: screenOf(captured) }
      if (isFirst || captured !== last) frames.push(isFirst ? { ...frame, marker } : frame)
      isFirst = false
      last = captured
      if (shows.test(textOf(frame.screen))) shownSince ??= performance.now()
      else if (performance.now() - since > STEP_MS_MAX) throw new Error(`"${marker}" shows:\n${textOf(frame.screen)}`)
      await delay(SAMPLE_MS)
    }
    if (isPicture) picture = frames.at(-1)
  }
  if (picture === undefined) throw new Error('no step is the picture')
  return { frames, picture }
}

async function untilUnderWay({ url }: LocalNode): Promise<void> {
  const client = createClient({ url })
  for (;;) {
    const film = (await client.status()).projects.find((project) => project.title === encoded)
    if (film?.endedAtMs != null) throw new Error(`${encoded} ended before the recording began`)
    if (film !== undefined && film.planned && film.scenes.done >= doneShare * film.scenes.total) return
    await delay(SAMPLE_MS)
  }
}

/** Starts the swarm and its films. @returns the node that is shown */
async function startFilms(swarm: LocalSwarm): Promise<LocalNode> {
  const folder = join(swarm.folder, 'films')
  const nas = await swarm.start({ name: 'nas', workers: 1 })
  const join_ = { workers: 1, bootstrap: nas.address }
  await Promise.all([swarm.start({ name: 'desk', ...join_ }), swarm.start({ name: 'laptop', ...join_ })])
  for (const film of films) await buildClip({ ...film, output: join(folder, film.output) })
  for (const [index, { output }] of films.entries()) {
    const options = ['--params', params, '--priority', String(index), '--data-dir', nas.dataDir]
    const submitted = swarm.run(['submit', join(folder, output), ...options], 'ignore')
    if (index === 0 && (await submitted) !== 0) throw new Error(`${output} failed`)
    // The others go on after the recording; the swarm's end ends them.
    submitted.catch(() => undefined)
  }
  return nas
}

async function recordTop(swarm: LocalSwarm): Promise<void> {
  const nas = await startFilms(swarm)
  await untilUnderWay(nas)
  const top = `'${process.execPath}' '${program}' top --data-dir '${nas.dataDir}'`
  const terminal = await startTerminal({
    ...size,
    socket: join(swarm.folder, 'tmux'),
    command: `stty -echo; echo '$ grav1 top'; ${top}; printf '$ '; exec cat`,
    env: { GRAV1_CONFIG: join(swarm.folder, 'config.toml'), TZ: 'UTC', NO_COLOR: '', FORCE_COLOR: '1' }
  })
  try {
    const { frames, picture } = await record(terminal)
    await write('top.cast', castText(frames, { ...size, title }), swarm)
    await write('top.svg', screenSvg(picture.screen, { ...size, title }), swarm)
  } finally {
    await terminal.close()
  }
}

async function write(name: string, text: string, swarm: LocalSwarm): Promise<void> {
  const found = foundWords(text, [...wordsOfThisMachine(), basename(swarm.folder)])
  if (found.length > 0) throw new Error(`docs/images/${name} would tell of this machine: ${found.join(', ')}`)
  const bytes = Buffer.byteLength(text)
  if (bytes > BYTES_MAX) throw new Error(`docs/images/${name} would have ${bytes} bytes`)
  await mkdir(images, { recursive: true })
  await writeFile(join(images, name), text)
  console.log(`docs/images/${name}: ${bytes} bytes`)
}

const swarm = await createLocalSwarm()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void swarm.close().finally(() => process.exit(130)))
}
try {
  await recordTop(swarm)
} finally {
  await swarm.close()
}
