import { expect, test } from 'vitest'
import { readOptions } from '../../../../scripts/machines/options.ts'
import { stepsOf } from '../../../../scripts/machines/steps.ts'
import { SUBMITS, submitArgs } from '../../../../scripts/machines/submits.ts'

test('without a word everything runs everywhere; the gate leaves the other processor for the night', () => {
  expect(readOptions([])).toEqual({ only: 'all', suites: ['trixie', 'sid', 'arm64'] })
  expect(readOptions(['--only', 'gate']).suites).toEqual(['trixie', 'sid'])
  expect(readOptions(['--only', 'gate', '--suite', 'arm64']).suites).toEqual(['arm64'])
  expect(readOptions(['--suite', 'sid', '--suite', 'trixie']).suites).toEqual(['sid', 'trixie'])
})

test.for([[['--suite', 'potato']], [['--only', 'some']], [['--fast']], [['sid']]])('%j is refused', ([args]) => {
  expect(() => readOptions(args ?? [])).toThrow(/potato|some|fast|sid/)
})

test('the gate has the demo and a submission with each encoder, between them into each container', () => {
  const inGate = SUBMITS.filter(({ gateSuite }) => gateSuite !== undefined)
  expect(new Set(inGate.map(({ encoder }) => encoder))).toEqual(new Set(['aom', 'vp9', 'svt']))
  expect(new Set(inGate.map(({ container }) => container))).toEqual(new Set(['mkv', 'webm', 'mp4']))
  expect(inGate.some(({ opus }) => opus)).toBe(true)
  const steps = (['trixie', 'sid'] as const).map((suite) => stepsOf('gate', suite).map(({ name }) => name))
  expect(steps).toEqual([
    ['demo', 'submit svt .mp4 Opus'],
    ['submit aom .mkv', 'submit vp9 .webm Opus']
  ])
  for (const suite of ['trixie', 'sid'] as const) {
    expect(stepsOf('all', suite).length).toBeGreaterThan(1 + SUBMITS.length)
  }
  expect(SUBMITS).toHaveLength(9)
})

test('what a container cannot hold is left out', () => {
  for (const one of SUBMITS) {
    const args = submitArgs(one).join(' ')
    expect(args.includes('--subtitles drop')).toBe(one.container === 'webm')
    expect(args.includes('--attachments drop')).toBe(one.container !== 'mkv')
  }
})
