import { parseArgs } from 'node:util'
import { beginFigure } from './lib/begin-figure.ts'
import { simulateSwarm, type SimulatedInit } from './simulated-swarm.ts'

const HELP = `npm run bench:scale [-- --workers 1,2,4,8,16,32,100,320 --scenes 10 --owners 1]

How the swarm does with more and more workers, in virtual time: the real rules through the real codec.
--scenes is a number for each worker. Speeds of the machines differ by a factor of 8.
Gossip is counted as real daemons send it (bench:swarm has both beside each other); above 320 workers it reaches everybody at once.
1,000 workers with 10 scenes each take about four minutes: --workers 1000.`

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '1,2,4,8,16,32,100,320' },
    scenes: { type: 'string', default: '10' },
    owners: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false }
  }
})

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const figure = beginFigure('scale')
  const owners = Number(values.owners)
  const swarms = values.workers
    .split(',')
    .map(Number)
    .map((workers) => measure({ workers, owners, scenes: Number(values.scenes) * workers, seed: Number(values.seed) }))
  const largest = swarms.at(-1)
  if (largest === undefined) throw new Error('no swarms')
  await figure.publish({
    title: 'Scaling, simulated',
    how: [
      'The rules of the swarm run in virtual time, through the real codec; speeds of the machines differ up to eightfold.',
      'The bound is the work over the speed of all machines, or the longest scene on the fastest one.'
    ],
    tables: [
      {
        columns: [
          { title: 'machines' },
          { title: 'owners' },
          { title: 'scenes' },
          { title: 'makespan, s' },
          { title: 'over the bound', digits: 3 },
          { title: 'encodes a scene', digits: 3 },
          { title: 'bytes/s of a node' },
          { title: 'bytes/s of the busiest owner' },
          { title: 'messages a scene' },
          { title: 'heap of a node, MiB', digits: 2 },
          { title: 'computed in, s' }
        ],
        rows: swarms.map((swarm) => Object.values(swarm))
      }
    ],
    findings: [
      {
        what: `${largest.workers} simulated machines, ${values.scenes} scenes each: time over the lower bound`,
        result: largest.overBound.toFixed(3)
      }
    ],
    scaling: {
      of: 'simulated',
      points: swarms.map(({ workers, overBound }) => ({ machines: workers, efficiency: 1 / overBound }))
    }
  })
}

/** One row of the table, in its order. */
interface SwarmRow {
  readonly workers: number
  readonly owners: number
  readonly scenes: number
  readonly makespanSeconds: number
  readonly overBound: number
  readonly encodesPerScene: number
  readonly bytesPerSecond: number
  readonly ownerBytesPerSecond: number
  readonly messagesPerScene: number
  readonly heapMib: number
  readonly computedSeconds: number
}

/** One swarm from the submission to the last file. */
function measure(init: SimulatedInit): SwarmRow {
  const began = performance.now()
  const simulated = simulateSwarm(init)
  const makespanSeconds = simulated.makespanMs / 1000
  return {
    workers: init.workers,
    owners: init.owners,
    scenes: init.scenes,
    makespanSeconds,
    overBound: simulated.makespanMs / simulated.boundMs,
    encodesPerScene: simulated.encodesPerScene,
    bytesPerSecond: simulated.sentPerNode / makespanSeconds,
    ownerBytesPerSecond: simulated.sentByBusiestOwner / makespanSeconds,
    messagesPerScene: simulated.messagesPerScene,
    heapMib: simulated.heapPerNode / 2 ** 20,
    computedSeconds: (performance.now() - began) / 1000
  }
}
