import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createProjectJoin } from '../../../../src/node/owner/project-join.ts'
import { createWithdrawal } from '../../../../src/node/owner/withdrawal.ts'
import {
  acceptBody,
  announceBody,
  chainOf,
  foldAll,
  plannedBody,
  scenesBody
} from '../../../fixtures/protocol-chains.ts'
import { OWNER, planNo, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { JoiningInput } from '../../../../src/node/owner/joining.ts'
import type { ProjectContext } from '../../../../src/node/owner/project-context.ts'
import type { LogBody, ProjectView } from '../../../../src/swarm/protocol/index.ts'

const FILM: readonly LogBody[] = [announceBody, scenesBody(planNo(0, 0, 10), planNo(1, 10, 5)), plannedBody(2, 15)]
const FILE = { sha256: 'ab', bytes: 3, path: 'out.mkv', frames: 15, packets: [] }

interface Bench {
  /** What happened, in order. */
  readonly seen: readonly string[]
  readonly folder: string
  readonly file: {
    job: { readonly output: string; readonly manifest?: 'none' }
    readonly timestampsMs: readonly number[]
  }
  /** Gives the project another place for its file. */
  readonly moveTo: (name: string) => void
  /** Ends the join that is under way with a file at the output's place. */
  readonly finishJoin: () => Promise<void>
  readonly stop: AbortController
}

/** A project of two scenes that another worker delivered, as its parts see it. */
async function bench(bodies: readonly LogBody[] = [acceptBody(0), acceptBody(1)]) {
  const folder = await mkdtemp(join(tmpdir(), 'grav1-withdraw-'))
  onTestFinished(async () => rm(folder, { recursive: true }))
  const output = join(folder, 'out.mkv')
  const file: Bench['file'] = { job: { output }, timestampsMs: [] }
  const seen: string[] = []
  const written = [...FILM, ...bodies]
  const stop = new AbortController()
  let pending: { readonly input: JoiningInput; readonly resolve: (file: typeof FILE) => void } | undefined
  const context = {
    components: { log: { warn: () => {} }, guard: { whenThereIsSpace: async () => {} } },
    init: { projectId: 'p', workDir: folder },
    file,
    signal: stop.signal,
    get view(): ProjectView {
      return foldAll(chainOf(written))
    },
    append: async (body: LogBody) => {
      seen.push(body.type)
      written.push(body)
    }
  } as unknown as ProjectContext
  const pieces = { lose: (scene: number) => void seen.push(`lose ${scene}`), loseDamaged: async () => false }
  const joined = createProjectJoin(context, {
    pieces,
    // Ends when it is told to, as a muxer may that was too far to be stopped.
    join: async (input) => new Promise((resolve) => (pending = { input, resolve })),
    done: () => void seen.push('done'),
    trouble: (error) => void seen.push(`trouble: ${String(error)}`)
  })
  const finishJoin = async (): Promise<void> => {
    await writeFile(output, 'film')
    seen.push(pending?.input.signal.aborted === true ? 'stopped' : 'joined')
    pending?.resolve(FILE)
  }
  const moveTo = (name: string): void => {
    file.job = { output: join(folder, name) }
  }
  const given: Bench = { seen, folder, file, finishJoin, moveTo, stop }
  return { ...given, joined, withdraw: createWithdrawal(context, { pieces, join: joined }) }
}

test('what nobody proved is written into the log before its pieces are cut again', async () => {
  const { seen, withdraw } = await bench()
  await withdraw(WORKER, 'other bytes')
  expect(seen).toEqual(['withdraw', 'lose 0', 'lose 1'])
  await withdraw(WORKER, 'other bytes')
  expect(seen).toHaveLength(3)
})

test('nothing is written of a worker that delivered nothing, nor once the project ends', async () => {
  const { seen, withdraw, stop } = await bench()
  await withdraw(OWNER, 'other bytes')
  stop.abort()
  await withdraw(WORKER, 'other bytes')
  expect(seen).toEqual([])
})

test('a join under way is stopped first, its file goes, and no join begins with a scene missing', async () => {
  const { seen, folder, finishJoin, joined, withdraw } = await bench()
  const running = joined.run()
  const withdrawn = withdraw(WORKER, 'other bytes')
  await finishJoin()
  await Promise.all([running, withdrawn])
  expect(seen).toEqual(['stopped', 'withdraw', 'lose 0', 'lose 1'])
  expect(await readdir(folder)).toEqual([])
  await joined.run()
  expect(seen).toHaveLength(4)
})

test('a file beside a film without a manifest is none of a join that is stopped', async () => {
  const { folder, file, finishJoin, joined, withdraw } = await bench()
  file.job = { ...file.job, manifest: 'none' }
  await writeFile(join(folder, 'out.mkv.grav1.json'), 'a letter')
  const running = joined.run()
  const withdrawn = withdraw(WORKER, 'other bytes')
  await finishJoin()
  await Promise.all([running, withdrawn])
  expect(await readdir(folder)).toEqual(['out.mkv.grav1.json'])
})

test('what lies at the place that a project was given meanwhile is left alone', async () => {
  const { folder, finishJoin, moveTo, joined, withdraw } = await bench()
  const running = joined.run()
  const withdrawn = withdraw(WORKER, 'other bytes')
  await writeFile(join(folder, 'other.mkv'), 'the film of somebody')
  moveTo('other.mkv')
  await finishJoin()
  await Promise.all([running, withdrawn])
  expect(await readdir(folder)).toEqual(['other.mkv'])
})

test('a join that nobody interrupts is done', async () => {
  const { seen, finishJoin, joined } = await bench()
  const running = joined.run()
  await finishJoin()
  await running
  expect(seen).toEqual(['joined', 'done'])
})
