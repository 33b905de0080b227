import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createOutputBook } from '../../../../src/node/owner/output-book.ts'
import { createProjectCommands, type ProjectCommandsComponents } from '../../../../src/node/owner/project-commands.ts'
import { announceWish, type CheckedSubmit } from '../../../../src/node/owner/submit.ts'
import { checkWish, type SubmitOptions } from '../../../../src/node/owner/submit-wish.ts'
import { createSubmitter } from '../../../../src/node/owner/submitter.ts'
import { createTenure } from '../../../../src/node/owner/tenure.ts'
import type { FoundEncoders } from '../../../../src/encode/index.ts'
import type { OwnedJob } from '../../../../src/node/owner/job.ts'
import type { OwnProjects, StoredJob } from '../../../../src/node/owner/own-projects.ts'
import type { ProjectView } from '../../../../src/swarm/protocol/index.ts'
import type { WaitingProject } from '../../../../src/node/owner/intake.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const build = 'aom/3.6.0/1f2e3d4c'
const found: FoundEncoders = { installed: [{ name: 'aom', program: 'aomenc', version: '3.6.0', build }], broken: [] }

/** An owner with a project `waits` for `before.mkv` and one `runs` for `other.mkv`; both change an output, and submissions begin, only once `gate` opens. */
async function bench() {
  const folder = await tempDir()
  const at = (name: string): string => join(folder, name)
  await writeFile(at('film.mkv'), '')
  const film = (output: string, change: Partial<SubmitOptions> = {}): SubmitOptions => ({
    input: at('film.mkv'),
    encoder: 'aom',
    output: at(output),
    ...change
  })
  const gate = Promise.withResolvers<void>()
  const begun: string[] = []
  const cancelled: string[] = []
  const changed: string[] = []
  let turns = 0

  let options = film('before.mkv')
  const waits = (): WaitingProject =>
    ({ submission: { projectId: 'waits', options, wish: announceWish(options, checkWish(options, found)) } }) as never
  const intake = {
    list: () => [waits()],
    of: (id: string) => (id === 'waits' ? waits() : undefined),
    setOutput: async (id: string, output: string) => {
      if (id !== 'waits') return false
      await gate.promise
      changed.push(output)
      options = { ...options, output }
      return true
    }
  }

  let job = { output: at('other.mkv'), source: { path: at('film.mkv') } } as OwnedJob
  const running = {
    get job() {
      return job
    },
    setOutput: async (output: string) => {
      await gate.promise
      changed.push(output)
      job = { ...job, output }
      return async () => {}
    }
  }
  const stored = new Map<string, StoredJob>([['runs', { projectId: 'runs', job, timestampsMs: undefined }]])
  const projects = {
    stored,
    running: (id: string) => (id === 'runs' ? running : stored.get(id)),
    jobOf: (id: string) => stored.get(id)?.job
  } as unknown as OwnProjects
  const views = new Map([...stored.keys()].map((id) => [id, { announce: {} } as ProjectView]))

  const book = createOutputBook({ projects, intake, book: { views } })
  const inTurn: typeof book.inTurn = async (task) => {
    turns += 1
    return book.inTurn(task)
  }
  const outputs = { ...book, inTurn }
  const tenure = createTenure()
  tenure.open(1)
  const commands = createProjectCommands({
    projects,
    admission: { intake, outputs },
    tenure,
    encoders: async () => found
  } as unknown as ProjectCommandsComponents)
  const submitter = createSubmitter(
    {
      found: async () => found,
      lookAhead: () => {},
      presets: [],
      outputs,
      check: async ({ output }) => ({ job: { output }, announce: {} }) as CheckedSubmit,
      mayBegin: () => {},
      stamp: () => 0,
      announce: async ({ job: begins }) => {
        await gate.promise
        const projectId = `new${begun.push(begins.output)}`
        stored.set(projectId, { projectId, job: begins, timestampsMs: undefined })
        views.set(projectId, { announce: {} } as ProjectView)
        return projectId
      },
      take: async () => Promise.reject(new Error('nothing waits here')),
      goOn: async () => {},
      cancel: async (id) => cancelled.push(id) > 0,
      gather: () => () => {}
    },
    tenure.signal
  )

  /** Both as soon as the first has asked for its turn, and the gate opens when both have. */
  async function race<A, B>(first: () => Promise<A>, second: () => Promise<B>) {
    const one = first()
    await eventually('the first asks for its turn', () => turns === 1)
    const two = second()
    await eventually('the second asks for its turn', () => turns === 2)
    gate.resolve()
    return Promise.allSettled([one, two])
  }

  const submit = (output: string, change?: Partial<SubmitOptions>) => async () =>
    submitter.submit([film(output, change)], 'attach')
  const move = (id: string, output: string) => async () => commands.setOutput(id, at(output), false)
  return { at, race, submit, move, begun, cancelled, changed }
}

const taken = { status: 'rejected', reason: { code: 'output-taken', field: 'output' } }

test.for(['runs', 'waits'])(
  'a project that %s cannot have the output of a submission that is being begun',
  async (id) => {
    const { at, race, submit, move, begun, changed } = await bench()
    const outcomes = await race(submit('new.mkv'), move(id, 'new.mkv'))
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, taken])
    expect([begun, changed]).toEqual([[at('new.mkv')], []])
  }
)

test('a submission cannot have an output that a project is being given', async () => {
  const { at, race, submit, move, begun, changed } = await bench()
  const outcomes = await race(move('waits', 'new.mkv'), submit('new.mkv', { maxFrames: 99 }))
  expect(outcomes).toMatchObject([{ status: 'fulfilled', value: true }, taken])
  expect([begun, changed]).toEqual([[], [at('new.mkv')]])
})

test('of two projects that are given one output only the first gets it', async () => {
  const { at, race, move, changed } = await bench()
  const outcomes = await race(move('waits', 'new.mkv'), move('runs', 'new.mkv'))
  expect(outcomes).toMatchObject([{ status: 'fulfilled', value: true }, taken])
  expect(changed).toEqual([at('new.mkv')])
})

test('a submission begins anew where the project that it would go on with gets another output', async () => {
  const { at, race, submit, move, begun } = await bench()
  const outcomes = await race(move('waits', 'new.mkv'), submit('before.mkv'))
  expect(outcomes[1]).toMatchObject({ value: [{ projectId: 'new1', attached: false }] })
  expect(begun).toEqual([at('before.mkv')])
})

test('nor does a restart end a project that gets another output', async () => {
  const { at, race, submit, move, begun, cancelled } = await bench()
  await race(move('waits', 'new.mkv'), submit('before.mkv', { restart: true }))
  expect([begun, cancelled]).toEqual([[at('before.mkv')], []])
})
