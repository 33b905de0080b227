import { describe, expect, it } from 'vitest'
import { DEFAULT_TIMING } from '../../src/swarm/protocol/index.ts'
import { createStage, type Stage } from './scenarios/stage.ts'
import { createFilm } from './swarm/film.ts'
import type { SimNode } from './swarm/sim-node.ts'

const SEEDS = [1, 2, 3]
const SCENES = 12
const HOUR = 3_600_000
const SILENCE_MS = DEFAULT_TIMING.leaseTtlMs + DEFAULT_TIMING.leaseGraceMs

interface Asleep {
  readonly stage: Stage
  readonly owner: SimNode
}

const ownerOf = ({ owners: [owner] }: Stage): SimNode => {
  if (owner === undefined) throw new Error('no owner')
  return owner
}

/** Every worker has what it gets of the film, and the pieces of it; the owner may go. */
function readyToSleep(seed: number, forMs = HOUR): Asleep {
  const stage = createStage({
    seed,
    workers: [
      { msPerFrame: 300, queue: 1 },
      { msPerFrame: 600, queue: 1 }
    ]
  })
  const owner = ownerOf(stage)
  stage.bootAll()
  stage.submit(createFilm(stage.random, 'film', { scenes: SCENES, frames: [100, 200] }))
  stage.until('a scene of each worker', () => acceptedOf(stage).size === 2, HOUR)
  owner.process?.owner.away(forMs)
  stage.until('the pieces', () => owner.process?.owner.isReadyToSleep() === true, 120_000)
  return { stage, owner }
}

function acceptedOf({ events }: Stage): Set<string> {
  return new Set(events.flatMap((event) => (event.type === 'settled' && event.accepted ? [event.worker] : [])))
}

/** Encodes of each scene, those that were not finished too. */
function beginsOf({ events }: Stage): Map<number, number> {
  const begins = events.flatMap((event) => (event.type === 'begin' ? [event.job.token.scene] : []))
  return new Map([...Map.groupBy(begins, (scene) => scene)].map(([scene, all]) => [scene, all.length]))
}

function expectOnce(stage: Stage): void {
  stage.until('the end', () => stage.find('ended') != null, HOUR)
  expect(stage.find('ended')?.state).toBe('completed')
  expect([...beginsOf(stage).values()]).toEqual(Array.from({ length: SCENES }, () => 1))
}

/** The process stands still, and its clock goes on. */
function sleepFor({ stage, owner }: Asleep, ms: number): void {
  const { clock } = owner.components
  clock.pause()
  stage.pass(ms)
  owner.process?.owner.back(ms)
  clock.resume()
}

describe('a film whose owner sleeps: each scene is encoded once', { timeout: 120_000 }, () => {
  it.each(SEEDS)('it is back early (seed %i)', (seed) => {
    const asleep = readyToSleep(seed)
    sleepFor(asleep, 200_000)
    expectOnce(asleep.stage)
  })

  it.each(SEEDS)('it is back in time, and its workers have finished (seed %i)', (seed) => {
    const asleep = readyToSleep(seed)
    sleepFor(asleep, HOUR - 60_000)
    expectOnce(asleep.stage)
  })

  it.each(SEEDS)('it is back late (seed %i)', (seed) => {
    const asleep = readyToSleep(seed)
    sleepFor(asleep, 5 * HOUR)
    expectOnce(asleep.stage)
  })

  it.each(SEEDS)('it was killed, or lost power, and is started again (seed %i)', (seed) => {
    const { stage, owner } = readyToSleep(seed)
    owner.crash({ power: seed % 2 === 0 })
    stage.pass(HOUR / 2)
    owner.boot()
    expectOnce(stage)
  })

  it.each(SEEDS)('it is cut off before it sleeps, and for a while after (seed %i)', (seed) => {
    const asleep = readyToSleep(seed)
    const { stage, owner } = asleep
    stage.network.partition([[owner.id]])
    stage.pass(200_000)
    sleepFor(asleep, HOUR / 2)
    stage.pass(20_000)
    stage.network.heal()
    expectOnce(stage)
  })
})

describe('a worker that dies while its owner sleeps', { timeout: 120_000 }, () => {
  it.each(SEEDS)(
    'delays its scenes until the usual time after the return, and nobody else does them twice (seed %i)',
    (seed) => {
      const asleep = readyToSleep(seed)
      const { stage, owner } = asleep
      const [dead] = stage.workers
      const { clock } = owner.components
      clock.pause()
      dead?.crash({ power: true })
      stage.pass(HOUR / 2)
      owner.process?.owner.back(HOUR / 2)
      clock.resume()
      const backMs = stage.world.nowMs
      stage.until('the end', () => stage.find('ended') != null, HOUR)
      const again = stage.events.filter(
        (event) => event.type === 'grant' && event.atMs >= backMs && event.worker !== dead?.id
      )
      expect(again.length).toBeGreaterThan(0)
      expect(again.every(({ atMs }) => atMs - backMs >= SILENCE_MS - 1000)).toBe(true)
      for (const [scene, begins] of beginsOf(stage)) expect(begins, `scene ${scene}`).toBeLessThanOrEqual(2)
    }
  )

  it.each(SEEDS)('and starts again goes on with what it kept [RULE 94] (seed %i)', (seed) => {
    const asleep = readyToSleep(seed)
    const { stage, owner } = asleep
    const { clock } = owner.components
    clock.pause()
    const doneBy = (id: string): number[] =>
      stage.events.flatMap((event) =>
        event.type === 'done' && event.id === id && event.job.ahead ? [event.job.token.scene] : []
      )
    stage.until('results of each worker', () => stage.workers.every(({ id }) => doneBy(id).length > 1), HOUR / 2)
    // One is being written when they die.
    stage.pass(1000)
    const kept = stage.workers.flatMap(({ id }) => doneBy(id))
    for (const worker of stage.workers) worker.crash({ power: seed % 2 === 0 })
    for (const worker of stage.workers) worker.boot()
    stage.pass(HOUR / 4)
    owner.process?.owner.back(HOUR / 2)
    clock.resume()
    stage.until('the end', () => stage.find('ended') != null, HOUR)
    expect(stage.find('ended')?.state).toBe('completed')
    const begins = beginsOf(stage)
    for (const scene of kept) expect(begins.get(scene), `scene ${scene}`).toBe(1)
    for (const [scene, count] of begins) expect(count, `scene ${scene}`).toBeLessThanOrEqual(2)
  })
})
