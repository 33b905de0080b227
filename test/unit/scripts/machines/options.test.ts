import { expect, test } from 'vitest'
import { readOptions } from '../../../../scripts/machines/options.ts'
import { stepsOf } from '../../../../scripts/machines/steps.ts'
import { SUBMITS, submitArgs } from '../../../../scripts/machines/submits.ts'

test('without a word everything runs everywhere; the gate runs on the newest stable release', () => {
  expect(readOptions([])).toEqual({ only: 'all', suites: ['trixie', 'sid', 'arm64'] })
  expect(readOptions(['--only', 'gate']).suites).toEqual(['trixie'])
  expect(readOptions(['--only', 'gate', '--suite', 'arm64']).suites).toEqual(['arm64'])
  expect(readOptions(['--suite', 'sid', '--suite', 'trixie']).suites).toEqual(['sid', 'trixie'])
})

test.for([[['--suite', 'potato']], [['--only', 'some']], [['--fast']], [['sid']]])('%j is refused', ([args]) => {
  expect(() => readOptions(args ?? [])).toThrow(/potato|some|fast|sid/)
})

test('the gate has the demo and a submission into another container; the night has each encoder with each', () => {
  expect(stepsOf('gate').map(({ name }) => name)).toEqual(['demo', 'submit svt .mp4 Opus'])
  expect(new Set(SUBMITS.map(({ encoder, container }) => `${encoder} ${container}`)).size).toBe(9)
  const night = stepsOf('all').map(({ name }) => name)
  expect(night.filter((name) => name.startsWith('submit'))).toHaveLength(SUBMITS.length)
  expect(night.length).toBeGreaterThan(1 + SUBMITS.length)
})

test('what a container cannot hold is left out', () => {
  for (const one of SUBMITS) {
    const args = submitArgs(one).join(' ')
    expect(args.includes('--subtitles drop')).toBe(one.container === 'webm')
    expect(args.includes('--attachments drop')).toBe(one.container !== 'mkv')
  }
})
