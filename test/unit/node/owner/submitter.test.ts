import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createInOrder } from '../../../../src/common/in-order.ts'
import { createSubmitter } from '../../../../src/node/owner/submitter.ts'
import { SubmitError } from '../../../../src/node/owner/submit-error.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import type { OutputHolder } from '../../../../src/node/owner/output-holder.ts'
import type { CheckedSubmit } from '../../../../src/node/owner/submit.ts'
import type { SubmitOptions } from '../../../../src/node/owner/submit-wish.ts'

/** An owner that takes every film at once, and notes what it does. */
async function bench() {
  const folder = await tempDir()
  const running = new Map<string, OutputHolder>()
  const begun: { output: string; createdAtMs: number }[] = []
  const cancelled: string[] = []
  const reserved = new Set<string>()
  const state = { refuses: false, keptAtBegin: [] as string[] }
  const holderOf = (output: string): OutputHolder | undefined => running.get(output)
  const reserve = (output: string) => {
    if (running.has(output) || reserved.has(output)) return undefined
    reserved.add(output)
    return () => reserved.delete(output)
  }
  let stamp = 0
  const submitter = createSubmitter(
    {
      found: async () => ({ installed: [], broken: [] }),
      lookAhead: () => {},
      presets: [],
      outputs: { holderOf, reserve, inTurn: createInOrder() },
      check: async (options) => {
        const output = options.output ?? options.input.replace(/\.mkv$/, '.aom.mkv')
        if (options.input.includes('bad')) throw new SubmitError('not-a-video', 'no film', { field: 'input' })
        // A later one may be quicker.
        if (options.input.includes('slow')) await new Promise((resolve) => setImmediate(resolve))
        return { job: { output }, announce: {} } as CheckedSubmit
      },
      mayBegin: () => {},
      stamp: () => (stamp += 1),
      announce: async ({ job: { output }, announce: { createdAtMs } }) => {
        if (state.refuses) throw new Error('the disk is full')
        state.keptAtBegin = [...reserved]
        begun.push({ output, createdAtMs })
        const projectId = `p${begun.length}`
        running.set(output, { projectId, finishedBytes: undefined } as OutputHolder)
        return projectId
      },
      take: async () => Promise.reject(new Error('nothing waits here')),
      goOn: async () => {},
      cancel: async (projectId) => {
        cancelled.push(projectId)
        for (const [output, holder] of running) if (holder.projectId === projectId) running.delete(output)
        return true
      },
      gather: () => () => {}
    },
    new AbortController().signal
  )
  const at = (name: string): string => join(folder, name)
  const film = (name: string, change: Partial<SubmitOptions> = {}): SubmitOptions => ({
    input: at(`${name}.mkv`),
    encoder: 'aom',
    ...change
  })
  const named = (asked: readonly SubmitOptions[]) => submitter.submit(asked, 'other-name')
  return { submitter, named, begun, running, reserved, state, cancelled, at, film }
}

const outputs = (begun: readonly { output: string }[]) => begun.map(({ output }) => output)

test('where nobody can name an output, a film that is asked for again gets another name', async () => {
  const { named, begun, at, film } = await bench()
  await named([film('film')])
  await named([film('film'), film('film')])
  expect(outputs(begun)).toEqual([at('film.aom.mkv'), at('film.aom-2.mkv'), at('film.aom-3.mkv')])
})

test('so it is for requests that come at once, and beside files that lie there', async () => {
  const { named, begun, at, film } = await bench()
  await writeFile(at('film.aom.mkv'), '')
  await writeFile(at('film.aom-3.mkv'), '')
  await Promise.all([named([film('film')]), named([film('film')]), named([film('film', { sample: 2 })])])
  expect(outputs(begun).toSorted()).toEqual(
    ['film.aom-2.mkv', 'film.aom-4.mkv', 'film.sample.aom.mkv'].map(at).toSorted()
  )
})

test('one that may replace a file has its name, unless that is being made', async () => {
  const { named, begun, at, film } = await bench()
  await writeFile(at('film.aom.mkv'), '')
  for (const _ of [1, 2]) await named([film('film', { overwrite: true })])
  expect(outputs(begun)).toEqual([at('film.aom.mkv'), at('film.aom-2.mkv')])
})

test('an output that is named is never another one', async () => {
  const { named, begun, at, film } = await bench()
  const asked = film('film', { output: at('mine.mkv') })
  await expect(named([asked, asked])).rejects.toMatchObject({ code: 'output-taken', field: 'output' })
  expect(begun).toEqual([])
})

test('of several nothing is begun where one is refused', async () => {
  const { named, begun, film } = await bench()
  await expect(named([film('a'), film('bad'), film('c')])).rejects.toMatchObject({ code: 'not-a-video' })
  expect(begun).toEqual([])
})

test('films have the order in which they came, whichever was checked first', async () => {
  const { submitter, begun, at, film } = await bench()
  await Promise.all([submitter.submit([film('slow')], 'attach'), submitter.submit([film('quick')], 'attach')])
  const at1 = begun.find(({ output }) => output === at('slow.aom.mkv'))?.createdAtMs
  expect(at1).toBe(1)
})

test('restart ends the unfinished project of the output, and no other', async () => {
  const { submitter, begun, cancelled, film } = await bench()
  await submitter.submit([film('film'), film('other')], 'attach')
  const [again] = await submitter.submit([film('film', { restart: true })], 'attach')
  expect([cancelled, begun.length, again]).toEqual([['p1'], 3, { projectId: 'p3', attached: false }])
  await submitter.submit([film('new', { restart: true })], 'attach')
  expect(cancelled).toEqual(['p1'])
})

test('a restart whose new project cannot begin loses nothing', async () => {
  const { submitter, state, running, cancelled, at, film } = await bench()
  await submitter.submit([film('film')], 'attach')
  state.refuses = true
  await expect(submitter.submit([film('film', { restart: true })], 'attach')).rejects.toThrow('the disk is full')
  expect(cancelled).toEqual([])
  expect(running.get(at('film.aom.mkv'))?.projectId).toBe('p1')
})

test('a name is kept until its project has it, and given back where there is none', async () => {
  const { named, reserved, state, at, film } = await bench()
  await named([film('slow')])
  expect(state.keptAtBegin).toEqual([at('slow.aom.mkv')])
  await expect(named([film('slow'), film('bad')])).rejects.toThrow('no film')
  expect(reserved.size).toBe(0)
})
