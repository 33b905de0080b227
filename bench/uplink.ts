/**
 * `node bench/uplink.ts [--seconds 48] [--workers 4]` as root on Linux: what an owner sends to workers behind one router, over the bytes of the film's video. Two
 * network namespaces: the owner alone in one, with a public address; the workers in the other, with a local network among themselves.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { z } from 'zod'
import { buildClip } from '../scripts/clip.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '48' }, workers: { type: 'string', default: '4' } }
})
const whole = z.coerce.number().int().min(1)
const [seconds, workers] = [whole.parse(values.seconds), whole.parse(values.workers)]

const OWNER = `grav1-owner-${process.pid}`
const HOME = `grav1-home-${process.pid}`
const OWNER_IP = '203.0.113.1'
const ROUTER_IP = '203.0.113.2'
const HOME_IP = '192.168.77.2'
const program = resolve(import.meta.dirname, '../bin/grav1.js')
const START_MS_MAX = 120_000
const PARAMS = '--cpu-used=6 --end-usage=q --cq-level=45'

const ip = async (...args: string[]): Promise<unknown> => execa('ip', args)
const inside = (space: string, args: readonly string[]) =>
  execa('ip', ['netns', 'exec', space, process.execPath, program, ...args], {
    reject: false,
    all: true,
    stdin: 'ignore'
  })

type Child = ReturnType<typeof inside>

async function makeNetwork(): Promise<void> {
  for (const space of [OWNER, HOME]) await ip('netns', 'add', space)
  await ip('link', 'add', 'out', 'netns', OWNER, 'type', 'veth', 'peer', 'name', 'wan', 'netns', HOME)
  for (const [space, device, address] of [
    [OWNER, 'out', `${OWNER_IP}/24`],
    [HOME, 'wan', `${ROUTER_IP}/24`],
    [HOME, 'lo', `${HOME_IP}/24`]
  ] as const) {
    await ip('-n', space, 'addr', 'add', address, 'dev', device)
    await ip('-n', space, 'link', 'set', device, 'up')
  }
  for (const space of [OWNER, HOME]) await ip('-n', space, 'link', 'set', 'lo', 'up')
}

const removeNetwork = async (): Promise<void> => {
  for (const space of [OWNER, HOME]) await execa('ip', ['netns', 'del', space], { reject: false })
}

const sentBytes = async (): Promise<number> =>
  Number((await execa('ip', ['netns', 'exec', OWNER, 'cat', '/sys/class/net/out/statistics/tx_bytes'])).stdout)

interface Started {
  readonly dataDir: string
  readonly address: string
  readonly child: Child
}

async function start(space: string, folder: string, args: readonly string[]): Promise<Started> {
  const dataDir = join(folder, args[args.indexOf('--name') + 1] ?? '')
  const common = [
    'node',
    '--plain',
    '--no-mdns',
    '--nice',
    '0',
    '--api-port',
    '0',
    '--data-dir',
    dataDir,
    '--trust',
    'all'
  ]
  const child = inside(space, [...common, ...args])
  const deadline = performance.now() + START_MS_MAX
  for (;;) {
    const text = await readFile(join(dataDir, 'api.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) {
      const { addresses = [] } = z
        .object({ addresses: z.array(z.string()) })
        .partial()
        .parse(JSON.parse(text))
      return { dataDir, address: addresses[0] ?? '', child }
    }
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${dataDir} did not start`)
    await delay(100)
  }
}

const folder = await mkdtemp(join(tmpdir(), 'grav1-uplink-'))
const children: Child[] = []

async function cleanUp(): Promise<void> {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(children.map(async (child) => child.catch(() => undefined)))
  await removeNetwork()
  await rm(folder, { recursive: true, force: true })
}

const stopped = (): void => void cleanUp().finally(() => process.exit(1))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopped)

try {
  const clip = await buildClip({ output: join(folder, 'film.mkv'), seconds, width: 640, height: 360 })
  const packets = await execa('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'packet=size',
    '-of',
    'csv=p=0',
    clip.path
  ])
  const videoBytes = packets.stdout.split('\n').reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0), 0)
  await makeNetwork()
  const owner = await start(OWNER, folder, [
    '--name',
    'owner',
    '--workers',
    '0',
    '--listen',
    `/ip4/${OWNER_IP}/tcp/7898`,
    '--debug',
    'swarm'
  ])
  children.push(owner.child)
  let printed = ''
  owner.child.all?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  for (let n = 1; n <= workers; n += 1) {
    const listen = `/ip4/${HOME_IP}/tcp/${7900 + n}`
    const args = ['--name', `worker-${n}`, '--workers', '1', '--listen', listen, '--bootstrap', owner.address]
    children.push((await start(HOME, folder, args)).child)
  }
  const before = await sentBytes()
  const output = join(folder, 'out.mkv')
  const submit = ['submit', clip.path, '--data-dir', owner.dataDir, '--params', PARAMS, '--output', output]
  const done = await inside(OWNER, [...submit, '--max-frames', '72', '--json'])
  if (done.exitCode !== 0) throw new Error(`grav1 submit failed: ${done.all}`)
  const onWire = (await sentBytes()) - before
  const deliveries = [...printed.matchAll(/blob delivered.*?$/gm)]
  const sizes = [...printed.matchAll(/\{[^\n]*"msg":"blob delivered"[^\n]*\}/g)].map(([line]) =>
    z.object({ sha256: z.string(), bytes: z.number(), offset: z.number() }).parse(JSON.parse(line))
  )
  const delivered = sizes.reduce((sum, { bytes, offset }) => sum + bytes - offset, 0)
  const once = new Map(sizes.map(({ sha256, bytes }) => [sha256, bytes]))
  const pieces = [...once.values()].reduce((sum, bytes) => sum + bytes, 0)
  const ratio = (bytes: number): string => (bytes / videoBytes).toFixed(3)
  console.log(`video ${videoBytes} bytes; ${once.size} pieces, ${deliveries.length} deliveries by the owner`)
  console.log(
    `pieces over video ${ratio(pieces)}; delivered over video ${ratio(delivered)}; delivered over pieces ${(delivered / pieces).toFixed(3)}`
  )
  console.log(`all bytes of the owner on the wire over video ${ratio(onWire)}`)
} finally {
  await cleanUp()
}
