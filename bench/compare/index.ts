import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { probeSource } from '../../src/encode/index.ts'
import { buildClip } from '../../scripts/clip.ts'
import { createLocalSwarm, type LocalSwarm } from '../../scripts/local-swarm.ts'
import { beginFigure } from '../lib/begin-figure.ts'
import { encodeInOneProcess } from './one-process.ts'
import { type Picture, pictureOf } from './picture.ts'
import { type Setting, SETTINGS } from './settings.ts'
import type { FigureTable, Measured } from '../lib/figure.ts'

const HELP = `npm run bench:compare [-- --encoders svt --seconds 8]

What a film costs with grav1, and with one encoder process that uses all cores by its own threads: time, processor time, size and quality.
--seconds makes all films so long.`

const { values } = parseArgs({
  options: {
    encoders: { type: 'string', default: 'aom,vp9,svt' },
    seconds: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})

const SIZE = { width: 640, height: 360 }

interface Side extends Picture {
  readonly seconds: number
  /** NaN where the system does not tell. */
  readonly cpuSeconds: number
}

interface Compared {
  readonly setting: Setting
  readonly frames: number
  readonly one: Side
  readonly grav1: Side
}

if (values.help) console.log(HELP)
else await main(values.encoders.split(','))

async function main(encoders: readonly string[]): Promise<void> {
  const figure = beginFigure('compare')
  const swarm = await createLocalSwarm()
  try {
    const all: Compared[] = []
    for (const setting of SETTINGS.filter(({ encoder }) => encoders.includes(encoder))) {
      all.push(await compare(setting, swarm, figure.cpuSeconds))
      console.error(`${setting.encoder} ${setting.params[0]}: ${timesOf(all.at(-1)!).toFixed(2)} times`)
    }
    await figure.publish({
      title: 'Beside one encoder process',
      how: [
        `A montage of natural clips in ${SIZE.width}x${SIZE.height}, with a cut every one to two seconds, is encoded twice on ${availableParallelism()} cores.`,
        'First one encoder process gets all frames from `ffmpeg` through a pipe and uses the cores by its own threads (`--threads`, `--row-mt=1`, `--lp`), in two passes for aomenc and vpxenc.',
        'Then `grav1 submit` makes the film with the same parameters, one scene on each core, from the start of the command to the checked file.',
        'Ratios are those of grav1 over the one process; size and quality are those of the video stream.'
      ],
      tables: [tableOf(all)],
      findings: all.map(findingOf)
    })
  } finally {
    await swarm.close()
  }
}

async function compare(setting: Setting, swarm: LocalSwarm, cpuSeconds: () => number | undefined): Promise<Compared> {
  const path = join(swarm.folder, `${setting.encoder}${setting.params[0]}.mkv`)
  const seconds = values.seconds === undefined ? setting.seconds : Number(values.seconds)
  const { frames } = await buildClip({ output: path, seconds, ...SIZE })
  const source = await probeSource(path, { signal: new AbortController().signal })
  const measure = async (encode: () => Promise<string>): Promise<Side> => {
    const [began, cpuBegan] = [performance.now(), cpuSeconds() ?? Number.NaN]
    const file = await encode()
    const seconds = (performance.now() - began) / 1000
    const cpu = (cpuSeconds() ?? Number.NaN) - cpuBegan
    return { seconds, cpuSeconds: cpu, ...(await pictureOf(file, { source, frames }, swarm.folder)) }
  }
  const one = await measure(async () => encodeInOneProcess(path, setting, swarm.folder))
  const grav1 = await measure(async () => submit(path, setting, swarm))
  return { setting, frames, one, grav1 }
}

/** On a fresh data folder, with as many slots as there are cores. */
async function submit(source: string, { encoder, params }: Setting, swarm: LocalSwarm): Promise<string> {
  const output = `${source}.out.mkv`
  const job = ['--encoder', encoder, '--params', params.join(' '), '--output', output]
  const node = ['--data-dir', `${source}.data`, '--workers', String(availableParallelism()), '--nice', '0']
  const network = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
  const code = await swarm.run(['submit', source, ...job, ...node, ...network, '--json'], 'ignore')
  if (code !== 0) throw new Error(`grav1 submit ended with ${code}`)
  return output
}

function timesOf({ one, grav1 }: Compared): number {
  return grav1.seconds / one.seconds
}

function tableOf(all: readonly Compared[]): FigureTable {
  const ratios = ['time', 'CPU', 'size'].map((title) => ({ title: `${title}, ratio`, digits: 2 }))
  return {
    columns: [
      { title: 'encoder and parameters', digits: 0 },
      { title: 'frames', digits: 0 },
      ...['one process, s', 'CPU-s', 'grav1, s', 'CPU-s'].map((title) => ({ title, digits: 1 })),
      ...ratios,
      ...['PSNR, dB more', 'XPSNR, dB more'].map((title) => ({ title, digits: 2 }))
    ],
    rows: all.map((compared) => {
      const { setting, frames, one, grav1 } = compared
      return [
        `\`${setting.encoder} ${setting.params.join(' ')}\``,
        frames,
        ...[one, grav1].flatMap(({ seconds, cpuSeconds }) => [seconds, cpuSeconds]),
        timesOf(compared),
        grav1.cpuSeconds / one.cpuSeconds,
        grav1.bytes / one.bytes,
        grav1.psnr - one.psnr,
        grav1.xpsnr - one.xpsnr
      ]
    })
  }
}

function findingOf(compared: Compared): Measured['findings'][number] {
  const { setting, one, grav1 } = compared
  const times = (ratio: number): string => `${ratio.toFixed(2)} times`
  const more = grav1.psnr - one.psnr
  return {
    what: `\`${setting.encoder} ${setting.params[0]}\` beside one encoder process with all cores: time, processor time, size, PSNR`,
    result: [
      times(timesOf(compared)),
      times(grav1.cpuSeconds / one.cpuSeconds),
      times(grav1.bytes / one.bytes),
      `${more < 0 ? '' : '+'}${more.toFixed(2)} dB`
    ].join(', '),
    inReadme: true
  }
}
