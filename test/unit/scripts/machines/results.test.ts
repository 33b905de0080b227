import { expect, test } from 'vitest'
import { createRecorder } from '../../../../scripts/machines/recorder.ts'
import { resultLine, resultTable, testCounts } from '../../../../scripts/machines/results.ts'

test('a step that throws has failed, the others go on, and the last line counts both', async () => {
  const said: string[] = []
  const record = createRecorder(new AbortController().signal, (line) => void said.push(line))
  expect(await record.step('sid', 'demo', async () => '12 scenes')).toBe(true)
  const fails = async (): Promise<string> => {
    throw new Error('exit code 1\nand more')
  }
  expect(await record.step('sid', 'submit', fails)).toBe(false)
  expect(await record.step('trixie', 'demo', async () => '')).toBe(true)
  expect(resultLine(record.results)).toBe('machines: 2 passed, 1 failed')
  const lines = resultTable(record.results).split('\n')
  expect(lines).toHaveLength(4)
  expect(said[1]).toBe('sid: submit FAILED in 0 s exit code 1')
  expect(lines[2]).toMatch(/^sid +submit +FAILED +0 +exit code 1$/)
})

test('nothing is recorded once it is stopped', async () => {
  const stop = new AbortController()
  const record = createRecorder(stop.signal)
  const run = async (): Promise<string> => {
    stop.abort(new Error('stopped'))
    throw new Error('killed')
  }
  await expect(record.step('sid', 'demo', run)).rejects.toThrow('stopped')
  await expect(record.step('sid', 'demo', async () => '')).rejects.toThrow('stopped')
  expect(record.results).toEqual([])
})

test('what tests came to is in their last line', () => {
  const output = 'tests: 1 passed, 0 failed, 0 skipped\nmore\ntests: 7 passed, 2 failed, 1 skipped\n'
  expect(testCounts(output)).toBe('7 passed, 2 failed, 1 skipped')
  expect(testCounts('no tests')).toBeUndefined()
})
