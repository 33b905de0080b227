import { expect, test } from 'vitest'
import { endFigures, endReport } from '../../../../src/node/cli/end-report.ts'
import { peer, peerId, project, swarm } from './fixtures.ts'

const OTHER = `${peerId.slice(0, -4)}WXYZ`
const done = project({
  state: 'completed',
  createdAtMs: 1000,
  endedAtMs: 121_000,
  totalFrames: 2400,
  sourceBytes: 200 * 1024 * 1024,
  outputBytes: 50 * 1024 * 1024,
  workers: { [peerId]: 3, [OTHER]: 9 }
})

test('size, share of the source, time, mean speed and who did how much', () => {
  const known = { ...swarm(), peers: [peer({ peerId: OTHER, name: 'attic\u001B[2J' })] }
  expect(endReport(done, known)).toEqual([
    'film.mkv is done',
    "  50 MiB, 25% of the source's 200 MiB",
    '  2m from submission to the end, 20.0 fps on average',
    '  encoded by attic?[2J 9 scenes, this node 3 scenes'
  ])
})

test('one machine has nobody to name; a worker that left has its id', () => {
  expect(endReport({ ...done, workers: { [peerId]: 12 } }, swarm()).join()).not.toContain('encoded by')
  expect(endReport({ ...done, workers: { [OTHER]: 1 } }, swarm()).at(-1)).toBe('  encoded by ..F6H4WXYZ 1 scene')
})

test('many workers are summed up', () => {
  const workers = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`peer-${n}`, 20 - n]))
  expect(endReport({ ...done, workers }, swarm()).at(-1)).toMatch(/, 12 further nodes 78 scenes$/)
})

test('what differs from the source is said once more', () => {
  const lines = endReport({ ...done, warnings: ['The PCM track becomes FLAC.'] }, swarm())
  expect(lines.slice(-2)).toEqual(['Differences from the source, and faults in it:', '  The PCM track becomes FLAC.'])
})

test('without a time or a size of the source it says what it knows', () => {
  const bare = { ...done, endedAtMs: null, sourceBytes: 0, workers: {} }
  expect(endFigures(bare)).toMatchObject({ seconds: null, fps: 0, workers: [] })
  expect(endReport(bare, swarm())).toEqual(['film.mkv is done', '  50 MiB'])
  expect(endReport({ ...done, outputBytes: 1 }, swarm())[1]).toContain('less than 1% of')
})
