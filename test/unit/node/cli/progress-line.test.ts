import { describe, expect, test } from 'vitest'
import { formatClock, formatDuration, formatTable } from '../../../../src/node/cli/format.ts'
import { formatRate } from '../../../../src/common/speed-text.ts'
import { progressBar, progressLine, progressRow } from '../../../../src/node/cli/progress-line.ts'
import { textWidth } from '../../../../src/node/cli/text-width.ts'
import { project } from './fixtures.ts'
import { formatBytes, printable } from '../../../../src/common/text.ts'

const elapsed = 221_900

describe('progressLine', () => {
  test('shows everything that is known', () => {
    expect(progressLine(project(), elapsed)).toBe(
      '00:03:41 [12/68 scenes] 42% 3641/8669 frames 39.2 fps, eta 2m, 2161 kbps, est. 75 MiB'
    )
  })

  test('leaves out what is unknown', () => {
    const idle = { fps: 0, etaSeconds: null, kbps: null, estimatedBytes: null }
    expect(progressLine(project(idle), elapsed)).toBe('00:03:41 [12/68 scenes] 42% 3641/8669 frames')
    const scenes = { total: 0, done: 0, running: 0, failed: 0 }
    expect(progressLine(project({ ...idle, frames: 0, totalFrames: 0, share: 0, scenes }), 0)).toBe('00:00:00')
    expect(progressLine(project({ ...idle, etaSeconds: 30 }), elapsed)).toContain('frames, eta 30s')
  })

  test('turns slow rates round, and names failures and joining', () => {
    expect(progressLine(project({ fps: 0.4 }), elapsed)).toContain('frames 2.5 s/fr, eta')
    const scenes = { total: 68, done: 67, running: 0, failed: 1 }
    expect(progressLine(project({ scenes, state: 'joining', phases: ['joining'] }), elapsed)).toMatch(
      /, 1 failed, joining$/
    )
  })

  test('never says 100 % too early, nor less than there is', () => {
    expect(progressLine(project({ frames: 8669, share: 0.99, etaSeconds: null }), elapsed)).toContain(' 99% 8669/8669 ')
    expect(progressLine(project({ frames: 8669, share: 1, state: 'completed' }), elapsed)).toContain(' 100% 8669/8669 ')
    expect(progressLine(project({ frames: 8668.9, share: 0.9899 }), elapsed)).toContain(' 98% 8668/8669 ')
  })

  test.each([
    [['analysing'], 'analysing'],
    [['analysing', 'encoding'], 'analysing and encoding'],
    [['checking'], 'checking results'],
    [['joining'], 'joining'],
    [['encoding'], 'est. 75 MiB'],
    [[], 'est. 75 MiB']
  ] as const)('of %j it ends with %s', (phases, end) => {
    expect(progressLine(project({ phases: [...phases] }), elapsed).endsWith(`, ${end}`)).toBe(true)
  })

  test('what waits says so, and a length that is not known yet is about', () => {
    expect(progressLine(project({ state: 'queued', phases: [] }), elapsed)).toMatch(/, queued$/)
    expect(progressLine(project({ planned: false }), elapsed)).toContain('[12/68+ scenes] 42% 3641/~8669 frames')
  })
})

describe('progressRow', () => {
  const wide = project({ title: '映画 '.repeat(20) })

  test('never takes the last cell of the terminal, and uses what it has', () => {
    for (const one of [project(), wide, project({ etaSeconds: null, fps: 0, kbps: null, estimatedBytes: null })])
      for (let columns = 1; columns <= 250; columns += 1) {
        const row = progressRow(one, elapsed, columns)
        expect(textWidth(row), `${columns}: ${row}`).toBeLessThan(Math.max(columns, 1))
      }
  })

  test('percentage, time left and speed stay when it is narrow; title and bar come with the room', () => {
    expect(progressRow(project(), elapsed, 24)).toBe('42%  39.2 fps  eta 2m')
    expect(progressRow(project(), elapsed, 40)).toBe('film.mkv  42%  39.2 fps  eta 2m')
    expect(progressRow(project(), elapsed, 80)).toMatch(
      /^film\.mkv  ▐█+.? +▌  42%  39.2 fps  eta 2m  \[12\/68 scenes\]  00:03:41$/
    )
    expect(progressRow(project(), elapsed, 130)).toMatch(
      /^film\.mkv  ▐█+.? +▌  42%  39.2 fps  eta 2m  .*2161 kbps  00:03:41$/
    )
    expect(progressRow(wide, elapsed, 60)).toMatch(/^映画 .*…  ▐/)
    expect(textWidth(progressRow(project(), elapsed, 80))).toBe(79)
  })

  test('what goes on besides plain encoding stays before the title', () => {
    const both = project({ phases: ['analysing', 'encoding'], planned: false })
    expect(progressRow(both, elapsed, 50)).toContain('analysing and encoding')
  })

  test('a title cannot move the cursor', () => {
    expect(progressRow(project({ title: 'a\u001B[2Jb' }), elapsed, 200)).toMatch(/^a\?\[2Jb  ▐/)
  })

  test('without a length there is no bar', () => {
    expect(progressRow(project({ totalFrames: 0, frames: 0, share: 0 }), elapsed, 120)).not.toContain('▐')
  })
})

test('progressBar has a constant width', () => {
  for (let i = 0; i <= 100; i += 1) expect(progressBar(i / 100, 20)).toHaveLength(22)
  expect(progressBar(2, 4)).toBe('▐████▌')
  expect(progressBar(-1, 4)).toBe('▐    ▌')
})

test('formats', () => {
  expect([0, 59_999, 3_600_000, 90_061_000].map(formatClock)).toEqual(['00:00:00', '00:00:59', '01:00:00', '25:01:01'])
  expect([0, 59.4, 59.6, 120, 3599, 3600, 3900, 90_000].map(formatDuration)).toEqual([
    '0s',
    '59s',
    '1m',
    '2m',
    '1h 00m',
    '1h 00m',
    '1h 05m',
    '1d 1h'
  ])
  expect([0, 999, 1000, 10_240, 1_572_864, 5e10].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 KiB',
    '10 KiB',
    '1.5 MiB',
    '47 GiB'
  ])
  expect([0, Number.NaN, 0.5, 12].map(formatRate)).toEqual(['', '', '2.0 s/fr', '12.0 fps'])
  expect(
    formatTable([
      ['a', 'bb'],
      ['ccc', 'd']
    ])
  ).toBe('a    bb\nccc  d')
  expect(printable('a\u001B[31m\u202Eb')).toBe('a?[31m?b')
})
