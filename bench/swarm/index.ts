import { parseArgs } from 'node:util'
import { z } from 'zod'
import { beginFigure } from '../lib/begin-figure.ts'
import type { Measured } from '../lib/figure.ts'
import { simulateSwarm, type Simulated } from '../simulated-swarm.ts'
import { SCENE_FRAMES } from './film.ts'
import { runSwarm, type SwarmRun } from './run.ts'

const HELP = `npm run bench:swarm [-- --workers 1,2,4,8,16,32 --scenes 63 --seconds 20 --profile folder]

How real daemons on this machine share a film, with an encoder that only sleeps; the same swarm in the simulator beside it.
--scenes is a number for each worker, --seconds what a scene takes: long enough that this machine carries the programs around the sleep.
All of it takes more than two hours. --profile writes one of the owner and one of the first worker there.`

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '1,2,4,8,16,32' },
    scenes: { type: 'string', default: '63' },
    seconds: { type: 'string', default: '20' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})

const EFFICIENCY = 0.97

/** The same swarm, run and simulated. */
interface Row {
  readonly workers: number
  readonly scenes: number
  readonly run: SwarmRun
  readonly efficiency: number
  readonly simulated: Simulated
}

async function measure(workers: number, scenes: number, seconds: number): Promise<Row> {
  const run = await runSwarm({ workers, scenes, seconds, profile: values.profile })
  const simulated = simulateSwarm({
    workers,
    scenes,
    owners: 1,
    seed: 1,
    // The real film has none.
    proofMs: 0,
    frames: [SCENE_FRAMES, SCENE_FRAMES],
    msPerFrame: () => (1000 * seconds) / SCENE_FRAMES
  })
  const efficiency = run.boundSeconds / run.makespanSeconds
  console.error(`${workers} workers: ${run.makespanSeconds.toFixed(1)} s, efficiency ${efficiency.toFixed(3)}`)
  return { workers, scenes, run, efficiency, simulated }
}

/** What gossip of a swarm is made of, beside what the simulator says that each node publishes. */
function gossipTable({ workers, run, simulated }: Row): Measured['tables'][number] {
  const { makespanSeconds, traffic } = run
  return {
    columns: [
      { title: `gossip of ${workers} workers` },
      { title: 'new messages at a node, 1/s', digits: 2 },
      { title: 'simulated, 1/s', digits: 2 },
      { title: 'copies of each', digits: 1 },
      { title: 'bytes of one' },
      { title: 'bytes/s that a node sends' }
    ],
    rows: Object.entries(traffic.kinds).map(([kind, { sent, sentBytes, got, repeated }]) => {
      const name = kind.split('/').at(-1) ?? kind
      const fresh = got - repeated
      const published = simulated.published[name]?.messages
      return [
        name,
        fresh / makespanSeconds,
        published === undefined ? '' : published / (simulated.makespanMs / 1000),
        fresh === 0 ? '' : got / fresh,
        sent === 0 ? '' : sentBytes / sent,
        sentBytes / makespanSeconds
      ]
    })
  }
}

async function bench(): Promise<void> {
  const whole = z.coerce.number().int().min(1)
  const seconds = z.coerce.number().positive().parse(values.seconds)
  const each = whole.parse(values.scenes)
  const figure = beginFigure('swarm')
  const rows: Row[] = []
  for (const workers of values.workers.split(',').map((text) => whole.parse(text)))
    rows.push(await measure(workers, each * workers, seconds))
  const largest = rows.at(-1)
  if (largest === undefined) throw new Error('no swarms')
  await figure.publish({
    title: 'Scaling, real daemons',
    how: [
      `An owner and workers of one slot each, all on this machine; a film of tiny scenes, ${each} for each worker.`,
      `The encoder encodes ${SCENE_FRAMES} frames of 64x64 and then sleeps, ${seconds} s in all.`,
      'The time runs from the moment at which all workers may begin, with all pieces cut, to the last accepted scene; the bound is the sleep alone.',
      'Processor time is that of the nodes themselves, without the programs that they start; bytes are all that a node sent on its streams.',
      'Encoders are known and probes made before. Of gossip, `ihave`, `iwant` and `idontwant` only name messages, and `mesh` says who passes on to whom.',
      'The simulator has the same scenes and speeds; it counts the messages, and adds to each the copies and bytes that real daemons were seen to send.'
    ],
    tables: [
      {
        columns: [
          { title: 'workers' },
          { title: 'scenes' },
          { title: 'time, s', digits: 1 },
          { title: 'simulated, s', digits: 1 },
          { title: 'bound over time', digits: 3 },
          { title: 'owner, CPU ms a scene' },
          { title: 'worker, CPU ms a scene' },
          { title: 'gossip a node, kB' },
          { title: 'sent by a node, kB' },
          { title: 'simulated, kB' },
          { title: 'owner, MB' },
          { title: 'worker, MB' }
        ],
        rows: rows.map(({ workers, scenes, run, efficiency, simulated }) => [
          workers,
          scenes,
          run.makespanSeconds,
          simulated.encodedMs / 1000,
          efficiency,
          run.ownerMs,
          run.workerMs,
          run.traffic.gossipBytes / 1000,
          run.traffic.sentBytes / 1000,
          simulated.sentPerNode / 1000,
          run.ownerMb,
          run.workerMb
        ])
      },
      gossipTable(largest)
    ],
    findings: [
      {
        what: `${largest.workers} real daemons, ${each} scenes of ${seconds} s each: bound over time`,
        result: largest.efficiency.toFixed(3),
        target: { text: `at least ${EFFICIENCY}`, isReached: largest.efficiency >= EFFICIENCY }
      },
      {
        what: 'the same in the simulator, over the time of the daemons',
        result: (largest.simulated.encodedMs / 1000 / largest.run.makespanSeconds).toFixed(3)
      },
      {
        what: `bytes that a node of ${largest.workers} sends, over those in the simulator`,
        result: (largest.run.traffic.sentBytes / largest.simulated.sentPerNode).toFixed(2)
      }
    ],
    scaling: { of: 'daemons', points: rows.map(({ workers, efficiency }) => ({ machines: workers, efficiency })) }
  })
}

if (values.help) console.log(HELP)
else await bench()
