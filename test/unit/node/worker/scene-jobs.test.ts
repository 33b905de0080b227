import pino from 'pino'
import { expect, test } from 'vitest'
import { createSceneJobs, type SceneJobsComponents } from '../../../../src/node/worker/scene-jobs.ts'
import type { Job, WorkerEvent } from '../../../../src/swarm/protocol/index.ts'
import { announceSample, planNo } from '../../../fixtures/protocol-samples.ts'

const announce = { ...announceSample, encoderName: 'aom', encoderParams: '--cpu-used=6 --cq-level=30' }
const token = { projectId: 'p', scene: 0, epoch: 1, attempt: 1 }
const job = { key: 'k', owner: 'o', token } as unknown as Job

/** The events of a worker that is to fetch the piece of a scene with these parameters; the fetch itself works. */
async function fetching(encoderParams: string): Promise<{ events: WorkerEvent[]; fetched: number }> {
  const events: WorkerEvent[] = []
  let fetched = 0
  const view = { announce, scenes: [{ plan: { ...planNo(0, 0, 10), encoderParams } }] }
  const components = {
    book: { views: new Map([['p', view]]) },
    blobs: { hold: () => ({ release: () => {}, drop: async () => {} }) },
    exchange: { fetch: async () => void (fetched += 1) },
    guard: { state: 'ok', whenThereIsSpace: async () => {} },
    log: pino({ level: 'silent' }),
    dispatch: (event: WorkerEvent) => void events.push(event)
  } as unknown as SceneJobsComponents
  await createSceneJobs(components, { threads: 1, nice: 0, workDir: '/nowhere' }).fetch(job, [])
  return { events, fetched }
}

test('a scene whose parameters are allowed is fetched', async () => {
  for (const params of ['', '--cpu-used=6 --cq-level=20']) {
    const { events, fetched } = await fetching(params)
    expect(events).toEqual([expect.objectContaining({ type: 'fetched', key: 'k' })])
    expect(fetched).toBe(1)
  }
})

test.for(['-o /tmp/x', '--fpf=/tmp/x', '--cpu-used=6 --bit-depth=12', "'", '\u0000', '--'.repeat(2000)])(
  'a scene with %j is declined before anything of it is fetched',
  async (params) => {
    const { events, fetched } = await fetching(params)
    expect(fetched).toBe(0)
    expect(events).toEqual([
      {
        type: 'failed',
        key: 'k',
        declined: true,
        reason: expect.stringContaining('the parameters of the scene are not allowed here: ') as unknown
      }
    ])
  }
)
