import { TWO_PASSES } from '../../../../src/common/scene-progress.ts'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createIntake, type WaitingSubmission } from '../../../../src/node/owner/intake.ts'
import { readKeptProject } from '../../../../src/node/owner/kept-job.ts'
import { SubmitError } from '../../../../src/node/owner/submit-error.ts'
import { projectStatusOf } from '../../../../src/api/project-json.ts'
import type { CheckedWish } from '../../../../src/node/owner/submit-wish.ts'
import type { StoredProject } from '../../../../src/storage/index.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { OWNER } from '../../../fixtures/protocol-samples.ts'
import { silent } from '../../../fixtures/swarm-node.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const wish = {
  encoder: { name: 'aom' },
  build: { build: 'aom/3.6.0/1f2e3d4c' },
  params: { text: '--cpu-used=6' }
} as unknown as CheckedWish

type Begin = (submission: WaitingSubmission, signal: AbortSignal) => Promise<void>

async function bench(begin: Begin = async () => {}, quietMs = 60_000) {
  const input = join(await tempDir(), 'film.mkv')
  await writeFile(input, 'begun')
  const kept = new Map<string, StoredProject>()
  const own = {
    put: async (project: StoredProject) => void kept.set(project.projectId, structuredClone(project)),
    delete: async (projectId: string) => void kept.delete(projectId)
  }
  const changed: string[] = []
  const make = (quiet: number) => {
    const intake = createIntake({ peerId: OWNER, own, log: silent, begin }, { quietMs: quiet, breathMs: 10 })
    intake.onChange((projectId) => changed.push(projectId))
    onTestFinished(async () => intake.stop())
    return intake
  }
  return { input, kept, changed, make, intake: make(quietMs), options: { input, encoder: 'aom', waitComplete: true } }
}

const statusOf = (intake: ReturnType<typeof createIntake>, projectId: string) => {
  const shown = intake.of(projectId)
  if (shown == null) return undefined
  const { view, beat, reason } = shown
  const rest = {
    work: TWO_PASSES,
    outputPath: undefined,
    own: true,
    film: undefined,
    stale: false,
    quantiserFlag: ''
  } as const
  return projectStatusOf({ view, beat, waiting: reason, ...rest })
}

test('what waits shows as a project that waits, with its reason and its id', async () => {
  const { intake, options, kept, changed } = await bench()
  const id = await intake.take(options, wish)
  expect(statusOf(intake, id)).toMatchObject({
    projectId: id,
    title: 'film.mkv',
    state: 'waiting',
    encoder: 'aom',
    encoderParams: '--cpu-used=6',
    width: 0,
    kbps: null,
    reason: expect.stringContaining('not complete yet') as unknown
  })
  expect(intake.list()).toHaveLength(1)
  expect(readKeptProject(kept.get(id)!).waiting?.options).toEqual(options)
  expect(changed).toEqual([id])
})

test('a complete source becomes a project with the same nonce, and waits no more', async () => {
  const begun: WaitingSubmission[] = []
  const { intake, options } = await bench(async (submission) => void begun.push(submission), 50)
  const id = await intake.take(options, wish)
  await eventually('it begins', () => intake.of(id) === undefined)
  expect(begun.map(({ projectId, options: { input } }) => [projectId, input])).toEqual([[id, options.input]])
})

test('a film whose bars are measured says so, and does not wait for its file', async () => {
  const measured = Promise.withResolvers<void>()
  const { intake, options } = await bench(async () => measured.promise)
  const { waitComplete: _, ...now } = options
  const id = await intake.take({ ...now, crop: 'auto' }, wish)
  await eventually('it says so', () => intake.of(id)?.reason.includes('black bars') === true)
  measured.resolve()
  await eventually('it begins', () => intake.of(id) === undefined)
})

test('a film whose bars are measured fails where its file is gone', async () => {
  const { intake, options } = await bench(async () => {
    throw new SubmitError('not-found', 'it is gone', { field: undefined })
  })
  const { waitComplete: _, ...now } = options
  const id = await intake.take({ ...now, crop: 'auto' }, wish)
  await eventually('it ends', () => intake.of(id)?.submission.end?.state === 'failed')
})

test('it waits on where somebody writes again just then, and while the source is away', async () => {
  let tries = 0
  const { intake, options, input } = await bench(async () => {
    tries += 1
    if (tries === 1) throw new SubmitError('growing', 'it grows', { field: undefined })
    if (tries === 2) throw new SubmitError('not-found', 'it is gone', { field: undefined })
  }, 50)
  const id = await intake.take(options, wish)
  await eventually('it begins', () => intake.of(id) === undefined)
  expect(tries).toBe(3)
  await rm(input)
  const again = await intake.take(options, wish)
  await eventually('it says so', () => statusOf(intake, again)?.reason.includes('missing') === true)
})

test('a refusal then is its end, with the sentence, over a restart too', async () => {
  const { intake, options, make, kept } = await bench(async () => {
    throw new SubmitError('not-a-video', 'this is no video', { field: undefined })
  }, 50)
  const id = await intake.take(options, wish)
  await eventually('it ends', () => statusOf(intake, id)?.state === 'failed')
  expect(statusOf(intake, id)?.reason).toBe('this is no video')
  const later = make(60_000)
  for (const project of kept.values()) later.restore(readKeptProject(project).waiting!)
  expect(statusOf(later, id)).toEqual(statusOf(intake, id))
  expect(later.retry(id)).toBe(false)
})

test('it is cancelled, hurried, given another priority and place, and removed', async () => {
  const begun: WaitingSubmission[] = []
  const { intake, options, kept } = await bench(async (submission) => void begun.push(submission))
  const [one, two, three] = [
    await intake.take(options, wish),
    await intake.take(options, wish),
    await intake.take(options, wish)
  ]
  expect(await intake.cancel(one)).toBe(true)
  expect(await intake.cancel(one)).toBe(false)
  expect(statusOf(intake, one)?.state).toBe('cancelled')
  expect(await intake.setPriority(one, 3)).toBe(false)
  expect(await intake.setPriority(two, -3)).toBe(true)
  expect(await intake.setOutput(two, '/elsewhere.mkv', true)).toBe(true)
  expect(statusOf(intake, two)?.priority).toBe(-3)
  expect(intake.retry(two)).toBe(true)
  await eventually('it begins', () => intake.of(two) === undefined)
  expect(begun[0]?.options).toMatchObject({ priority: -3, output: '/elsewhere.mkv', overwrite: true })
  expect(await intake.remove(three)).toBe(true)
  expect(await intake.remove(three)).toBe(false)
  expect(await intake.remove(one)).toBe(true)
  expect([...kept.keys()]).toEqual([two])
  expect(intake.list()).toEqual([])
})

test('cancelled while it begins, it is either cancelled or a project', async () => {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { intake, options } = await bench(async (_, signal) => {
    reach()
    const { promise, reject } = Promise.withResolvers<never>()
    signal.addEventListener('abort', () => reject(signal.reason as Error))
    return promise
  }, 50)
  const id = await intake.take(options, wish)
  await reached
  expect(await intake.cancel(id)).toBe(true)
  expect(statusOf(intake, id)?.state).toBe('cancelled')
})

test('what is said while it begins is said to the project, or to the submission that waits on', async () => {
  const reached = Promise.withResolvers<void>()
  let answer = Promise.withResolvers<void>()
  const begun: WaitingSubmission[] = []
  const { intake, options, kept } = await bench(async (submission) => {
    begun.push(submission)
    reached.resolve()
    await answer.promise
  }, 50)
  const id = await intake.take(options, wish)
  await reached.promise
  const [first, grows] = [answer, new SubmitError('growing', 'it grows', { field: 'input' })]
  answer = Promise.withResolvers<void>()
  const [priority, place] = [intake.setPriority(id, -3), intake.setOutput(id, '/elsewhere.mkv', false)]
  first.reject(grows)
  expect(await Promise.all([priority, place])).toEqual([true, true])
  await eventually('it begins again', () => begun.length > 1)
  const before = structuredClone(kept.get(id))
  const late = [intake.setPriority(id, 7), intake.setOutput(id, '/late.mkv', false)]
  answer.resolve()
  expect(await Promise.all(late)).toEqual([false, false])
  expect(kept.get(id)).toEqual(before)
})
