import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAnalysisCache, findEncoders } from '../../../src/encode/index.ts'
import { createDryRun } from '../../../src/node/http/dry-run.ts'
import { SubmitError } from '../../../src/node/owner/submit-error.ts'
import { checkSubmit, type CheckedSubmit, type SubmitComponents } from '../../../src/node/owner/submit.ts'
import type { DryRunComponents } from '../../../src/node/owner/dry-run.ts'
import { makeBase, tempFolder } from '../../fixtures/encode-clips.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let input: string
let parts: SubmitComponents
const never = new AbortController().signal

beforeAll(async () => {
  folder = await tempFolder()
  input = await makeBase(folder.path)
  const found = await findEncoders({ signal: never })
  parts = { found, ownOutputs: () => [], measured: () => [], dataDir: folder.path }
})
afterAll(() => folder.remove())

function dryRun(components: Partial<DryRunComponents> = {}) {
  return createDryRun({
    check: async (options, signal) => checkSubmit(options, parts, signal),
    analyses: createAnalysisCache(join(folder.path, 'analyses')),
    bars: { measureUntil: () => async () => undefined },
    measured: () => [],
    slots: () => 3,
    submissions: async (requests) => [...requests],
    ...components
  })
}

const REQUEST = { encoder: 'aom', encoderParams: '--cpu-used=8 --end-usage=q --cq-level=40' }

test('an estimate is made of the scenes of before, for the frames of this source', async () => {
  const measured = (build: string, params: string) => {
    expect(parts.found.installed.map((encoder) => encoder.build)).toContain(build)
    expect(params).toContain('--cq-level=40')
    return [
      { pixels: 1000, encodeMs: 1000, bytes: 1 },
      { pixels: 1000, encodeMs: 3000, bytes: 1 }
    ]
  }
  const options = { trusted: true, analyseMs: undefined, signal: never }
  const answer = await dryRun({ measured })({ ...REQUEST, input }, options)
  const { width = 0, height = 0 } = answer.source?.video ?? {}
  const kilopixels = ((answer.frames ?? 0) * width * height) / 1000
  expect(answer.estimate).toEqual({
    encodeSeconds: { likely: 2 * kilopixels, low: kilopixels, high: 3 * kilopixels },
    slots: 3,
    scenes: 2
  })
  expect(answer.scenes).toBeNull()
})

test('when the time is over, what was found by then is given; the next one has all of it, and keeps the analysis', async () => {
  const run = dryRun()
  const early = await run({ ...REQUEST, input }, { trusted: true, analyseMs: 1, signal: never })
  expect(early).toMatchObject({ accepted: true, scenes: { complete: false } })
  const whole = await run({ ...REQUEST, input }, { trusted: true, analyseMs: 60_000, signal: never })
  expect(whole.scenes?.complete).toBe(true)
  const items = whole.scenes?.items ?? []
  expect(items.map(({ start }) => start)).toEqual(
    items.map((_, index) => items.slice(0, index).reduce((sum, { frames }) => sum + frames, 0))
  )
  const kept = await readdir(join(folder.path, 'analyses'))
  expect(kept).toHaveLength(1)
  const { mtimeMs } = await stat(join(folder.path, 'analyses', kept[0] ?? ''))
  const again = await run({ ...REQUEST, input }, { trusted: true, analyseMs: 60_000, signal: never })
  expect(again).toEqual(whole)
  expect((await stat(join(folder.path, 'analyses', kept[0] ?? ''))).mtimeMs).toBeGreaterThanOrEqual(mtimeMs)
})

test('what grav1 leaves out and writes out of the parameters is told, and not announced', async () => {
  const options = { trusted: true, analyseMs: undefined, signal: never }
  const encoderParams = `aomenc - --threads=8 --cpu-used=8 --cq-level=40 --passes=2 --enable-qm=1 -w 320`
  const answer = await dryRun()({ ...REQUEST, encoderParams, input }, options)
  const width = answer.source?.video.width
  expect(answer.refusal?.detail).toContain(`--width=320 is not the width of the source, which is ${width}`)
  const right = await dryRun()(
    { ...REQUEST, encoderParams: encoderParams.replace('320', String(width)), input },
    options
  )
  expect(right).toMatchObject({
    accepted: true,
    encoder: { params: '--cpu-used=8 --cq-level=40 --enable-qm=1 --qm-min=5 --qm-max=9' },
    warnings: expect.arrayContaining([
      expect.stringContaining('--threads is left out'),
      expect.stringContaining('--passes is left out'),
      expect.stringContaining('--qm-min=5 is written out')
    ]) as unknown
  })
})

test('what only the analysis finds is a refusal too', async () => {
  const options = { trusted: true, analyseMs: 60_000, signal: never }
  const answer = await dryRun()({ ...REQUEST, input, range: '100000f-' }, options)
  expect(answer).toMatchObject({ accepted: false, refusal: { code: 'empty-range', field: 'range' }, scenes: null })
  expect(answer.source).not.toBeNull()
})

test('a file that another project is making is a refusal', async () => {
  const check = async (): Promise<never> => {
    throw new SubmitError('output-exists', 'another project is making it', { field: 'output' })
  }
  const answer = await dryRun({ check })({ ...REQUEST, input }, { trusted: true, analyseMs: undefined, signal: never })
  expect(answer).toMatchObject({ accepted: false, refusal: { code: 'output-exists', field: 'output' } })
})

test('whoever goes away ends it, and a crowd is sent away', async () => {
  const blocked = Promise.withResolvers<CheckedSubmit>()
  const run = dryRun({ check: async () => blocked.promise })
  const gone = new AbortController()
  const options = { trusted: true, analyseMs: 60_000, signal: gone.signal }
  const waiting = Array.from({ length: 8 }, async () => run({ ...REQUEST, input }, options))
  for (const one of waiting) one.catch(() => {})
  await expect(run({ ...REQUEST, input }, options)).rejects.toMatchObject({ code: 'busy', status: 503 })
  gone.abort()
  blocked.reject(gone.signal.reason)
  for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'gone' })
})
