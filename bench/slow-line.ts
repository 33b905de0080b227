/**
 * `node bench/slow-line.ts [--scenes 6] [--seconds 20] [--kbit 1000] [--rtt 100]`: how busy a worker's slot stays behind a slow line. The line is a forwarder on loopback with a
 * rate and a delay in each direction; the encoder sleeps for so many seconds in each scene, whose piece has some 200 kB.
 */
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { z } from 'zod'
import { findProgram } from '../src/platform/index.ts'

const { values } = parseArgs({
  options: {
    scenes: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '20' },
    kbit: { type: 'string', default: '1000' },
    rtt: { type: 'string', default: '100' }
  }
})
const whole = z.coerce.number().int().min(1)
const [scenes, seconds] = [whole.parse(values.scenes), whole.parse(values.seconds)]
const [bytesPerMs, oneWayMs] = [whole.parse(values.kbit) / 8, whole.parse(values.rtt) / 2]

const SCENE_FRAMES = 75
const START_MS_MAX = 120_000
const SLICE_BYTES = 4096
const WAITING_BYTES_MAX = 64 * 1024
const program = resolve(import.meta.dirname, '../bin/grav1.js')

/** One direction of the line, which all connections share. */
function createDirection() {
  let freeAtMs = 0
  return (from: Socket, to: Socket): void => {
    let waiting = 0
    from.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.byteLength; at += SLICE_BYTES) {
        const slice = chunk.subarray(at, at + SLICE_BYTES)
        freeAtMs = Math.max(performance.now(), freeAtMs) + slice.byteLength / bytesPerMs
        waiting += slice.byteLength
        setTimeout(
          () => {
            waiting -= slice.byteLength
            to.write(slice)
            if (waiting < WAITING_BYTES_MAX / 2) from.resume()
          },
          freeAtMs + oneWayMs - performance.now()
        )
      }
      if (waiting > WAITING_BYTES_MAX) from.pause()
    })
    for (const event of ['close', 'error']) from.on(event, () => to.destroy())
  }
}

async function openLine(port: number) {
  const [up, down] = [createDirection(), createDirection()]
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    up(near, far)
    down(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' ? address?.port : undefined }
}

const folder = await mkdtemp(join(tmpdir(), 'grav1-line-'))
const log = join(folder, 'passes')
/** While it is missing, the encoder does not sleep: a node tries it when it starts. */
const armed = join(folder, 'armed')

/** An aomenc that sleeps for half of the time in each pass, and writes down from when to when it ran. */
async function sleepingEncoder(): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const script = [
    '#!/bin/sh',
    `case " $* " in *" --pass="*) [ -e ${armed} ] || exec ${findProgram('aomenc')} "$@" ;; *) exec ${findProgram('aomenc')} "$@" ;; esac`,
    'from=$(date +%s.%N)',
    `sleep ${seconds / 2}`,
    `${findProgram('aomenc')} "$@"; code=$?`,
    `echo "$from $(date +%s.%N)" >> ${log}`,
    'exit $code'
  ]
  await writeFile(join(bin, 'aomenc'), `${script.join('\n')}\n`)
  await chmod(join(bin, 'aomenc'), 0o755)
  return `${bin}${delimiter}${process.env['PATH'] ?? ''}`
}

const children: ReturnType<typeof run>[] = []

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa(process.execPath, [program, ...args], { env, reject: false, all: true, stdin: 'ignore' })
}

async function start(name: string, args: readonly string[], env?: Readonly<Record<string, string>>) {
  const dataDir = join(folder, name)
  const listen = ['--listen', '/ip4/127.0.0.1/tcp/0']
  const common = ['node', '--plain', '--no-mdns', '--name', name, '--api-port', '0', '--data-dir', dataDir, ...listen]
  const child = run([...common, ...args], env)
  children.push(child)
  const deadline = performance.now() + START_MS_MAX
  for (;;) {
    const text = await readFile(join(dataDir, 'api.json'), 'utf8').catch(() => undefined)
    const known = z.object({ addresses: z.array(z.string()).min(1) }).safeParse(JSON.parse(text ?? 'null'))
    if (known.success) return { dataDir, address: known.data.addresses[0] ?? '' }
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${name} did not start`)
    await delay(100)
  }
}

async function makeFilm(path: string): Promise<number> {
  const rate = ['-b:v', '540k', '-minrate', '540k', '-maxrate', '540k', '-bufsize', '540k']
  const keys = ['-g', String(SCENE_FRAMES), '-keyint_min', String(SCENE_FRAMES), '-sc_threshold', '0', '-bf', '0']
  const source = `testsrc2=s=320x180:r=25,noise=alls=30:allf=t,trim=end_frame=${scenes * SCENE_FRAMES}`
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'libx264', ...rate, ...keys, path])
  return (await stat(path)).size / scenes
}

async function cleanUp(): Promise<void> {
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(children)
  await rm(folder, { recursive: true, force: true })
}

try {
  const film = join(folder, 'film.mkv')
  const pieceBytes = await makeFilm(film)
  const owner = await start('owner', ['--workers', '0'])
  const [, port = '', peerId = ''] = /tcp\/(\d+)\/p2p\/(\w+)/.exec(owner.address) ?? []
  const line = await openLine(Number(port))
  const way = `/ip4/127.0.0.1/tcp/${line.port}/p2p/${peerId}`
  const worker = ['--workers', '1', '--bootstrap', way, '--trust', peerId, '--sandbox', 'off']
  await start('worker', worker, { PATH: await sleepingEncoder() })
  await writeFile(armed, '')
  const params = ['--params', '--cpu-used=6 --end-usage=q --cq-level=45', '--max-frames', String(SCENE_FRAMES)]
  const done = await run(['submit', film, '--data-dir', owner.dataDir, ...params, '--json'])
  if (done.exitCode !== 0) throw new Error(`grav1 submit failed: ${done.all}`)
  const passes = (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map((pass) => pass.split(' ').map(Number))
  // The probe comes before the scenes; each scene has two passes.
  const counted = passes.slice(-2 * scenes)
  const busy = counted.reduce((sum, [from = 0, to = 0]) => sum + to - from, 0)
  const spanSeconds = (counted.at(-1)?.[1] ?? 0) - (counted[0]?.[0] ?? 0)
  const share = (100 * busy) / spanSeconds
  console.log(
    `${scenes} scenes of ${Math.round(pieceBytes / 1000)} kB, ${seconds} s each: the slot is busy for ${share.toFixed(1)} % of ${spanSeconds.toFixed(1)} s`
  )
  line.server.close()
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await cleanUp()
  process.exit()
}
