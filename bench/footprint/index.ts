import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { LocalSwarm } from '../../scripts/local-swarm.ts'
import { beginFigure } from '../lib/begin-figure.ts'
import { withPackage } from '../lib/with-package.ts'
import type { Measured } from '../lib/figure.ts'
import { type Many, measureMany } from './many.ts'
import { type Footprint, measureStartAndIdle } from './start-and-idle.ts'

const READY_MS_MAX = 1200
const IDLE_MB_MAX = 130
const IDLE_SHARE_MAX = 0.005

const { values } = parseArgs({
  options: { starts: { type: 'string', default: '7' }, nodes: { type: 'string', default: '50' } }
})
const { starts, nodes } = z
  .object({ starts: z.coerce.number().int().min(1), nodes: z.coerce.number().int().min(2) })
  .parse(values)

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`

function findings(one: Footprint, many: Many): Measured['findings'] {
  return [
    {
      what: 'a node of the package is ready',
      result: `${(one.readyMs / 1000).toFixed(2)} s`,
      target: { text: 'at most 1.2 s', isReached: one.readyMs <= READY_MS_MAX },
      inReadme: true
    },
    {
      what: 'memory of an idle node',
      result: `${one.idleMb.toFixed(0)} MB`,
      target: { text: 'at most 130 MB', isReached: one.idleMb <= IDLE_MB_MAX },
      inReadme: true
    },
    {
      what: 'processor of an idle node',
      result: `${percent(one.idleShare)} of a core`,
      target: { text: 'under 0.5 %', isReached: one.idleShare < IDLE_SHARE_MAX }
    },
    {
      what: `${many.count} idle nodes on this machine, in one swarm`,
      result: `${many.totalMb.toFixed(0)} MB, ${many.cores.toFixed(2)} cores`,
      target: { text: 'each sees all others', isReached: many.allSeenMs !== null }
    }
  ]
}

async function measure(swarm: LocalSwarm): Promise<Measured> {
  const one = await measureStartAndIdle(swarm, starts)
  const many = await measureMany(swarm, one.dataDir, nodes)
  return {
    title: 'Footprint',
    how: [
      `A node of the package starts ${starts} times, medians, until its API answers; Node has its code compiled, and the encoders were tried before.`,
      'Then one stays idle for a minute, with no peer, and its second half minute counts.',
      'Nodes of one swarm start a few at a time, each with the address of the first; their memory counts a page once that several share.'
    ],
    tables: [
      {
        columns: [
          { title: 'nodes' },
          { title: 'ready, ms' },
          { title: 'processor until then, s', digits: 2 },
          { title: 'memory, MB' },
          { title: 'largest, MB' },
          { title: 'processor, cores', digits: 3 },
          { title: 'fewest peers seen' },
          { title: 'all see each other after, s', digits: 1 }
        ],
        rows: [
          [1, one.readyMs, one.readyProcessorSeconds, one.idleMb, one.idleMb, one.idleShare, '', ''],
          [
            many.count,
            '',
            '',
            many.totalMb,
            many.largestMb,
            many.cores,
            many.fewestSeen,
            many.allSeenMs === null ? 'never' : many.allSeenMs / 1000
          ]
        ]
      }
    ],
    findings: findings(one, many)
  }
}

async function main(): Promise<void> {
  const figure = beginFigure('footprint')
  await withPackage('footprint', async (swarm) => figure.publish(await measure(swarm)))
}

await main()
