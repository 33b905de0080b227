import { parseArgs } from 'node:util'
import { z } from 'zod'
import { beginFigure } from './lib/begin-figure.ts'
import { runSwarm } from './swarm/run.ts'

const HELP = `npm run bench:tail [-- --slots 8 --scenes 5 --seconds 20]

What a film with fewer scenes than slots costs, with real daemons of one slot each and an encoder that only sleeps.
--seconds is what each of --scenes takes. Beside it, the same work in as many scenes as there are slots, as a smaller --max-frames gives.`

const { values } = parseArgs({
  options: {
    slots: { type: 'string', default: '8' },
    scenes: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false }
  }
})

const whole = (text: string): number => z.coerce.number().int().min(1).parse(text)

interface Row {
  readonly scenes: number
  readonly sceneSeconds: number
  readonly seconds: number
  /** The longest scene, or the work over all slots: no order of these scenes takes less. */
  readonly boundSeconds: number
}

async function measure(workers: number, scenes: number, workSeconds: number): Promise<Row> {
  const sceneSeconds = workSeconds / scenes
  const { makespanSeconds, boundSeconds } = await runSwarm({ workers, scenes, seconds: sceneSeconds })
  return { scenes, sceneSeconds, seconds: makespanSeconds, boundSeconds }
}

async function bench(): Promise<void> {
  const [slots, scenes] = [whole(values.slots), whole(values.scenes)]
  const workSeconds = scenes * z.coerce.number().positive().parse(values.seconds)
  const figure = beginFigure('tail')
  const few = await measure(slots, scenes, workSeconds)
  const split = await measure(slots, slots, workSeconds)
  const idle = 1 - workSeconds / (slots * few.seconds)
  await figure.publish({
    title: 'Fewer scenes than slots',
    how: [
      `An owner and ${slots} workers of one slot each, all on this machine; ${scenes} scenes, then the same work in ${slots} scenes.`,
      'The encoder only sleeps; the time runs from the moment at which all workers may begin to the last accepted scene.',
      'The bound is the longest scene: which scenes a film has depends on the film and its options only, never on the machines.'
    ],
    tables: [
      {
        columns: [
          { title: 'scenes' },
          { title: 'a scene, s', digits: 2 },
          { title: 'time, s', digits: 2 },
          { title: 'bound, s', digits: 2 },
          { title: 'over the bound', digits: 3 },
          { title: 'over the work of all slots', digits: 3 }
        ],
        rows: [few, split].map((row) => [
          row.scenes,
          row.sceneSeconds,
          row.seconds,
          row.boundSeconds,
          row.seconds / row.boundSeconds,
          (row.seconds * slots) / workSeconds
        ])
      }
    ],
    findings: [
      {
        what: `${scenes} scenes on ${slots} slots: time over the longest scene`,
        result: `${(few.seconds / few.boundSeconds).toFixed(2)} times, ${(100 * idle).toFixed(0)} % of the slots' time idle`
      },
      {
        what: `the same work in ${slots} scenes, over that time`,
        result: `${(split.seconds / few.seconds).toFixed(2)} times`
      }
    ]
  })
}

if (values.help) console.log(HELP)
else await bench()
