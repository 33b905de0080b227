import { describe, expect, test } from 'vitest'
import { logInWords } from '../../../../src/node/log/in-words.ts'
import { createTerminalLog } from '../../../../src/node/log/terminal-log.ts'
import type { LogLine } from '../../../../src/api/schemas/index.ts'

const names = {
  title: (id: string) => (id === 'p1' ? 'film.mkv' : undefined),
  peer: (id: string) => (id === 'peer-attic' ? 'attic' : undefined)
}

const words = (message: string, fields: object, of: Partial<LogLine> = {}): string => {
  const about = { project: null, peer: null, ...of }
  return logInWords({ number: 1, atMs: 0, level: 'info', message, fields: JSON.stringify(fields), ...about }, names)
}

describe('a line of the log in words', () => {
  test.each([
    [
      words('scene encoded', { scene: 7, frames: 504, bytes: 628_736, ms: 41_000 }, { project: 'p1' }),
      'film.mkv scene 7: encoded in 41 s, 12.3 fps, 614 KiB'
    ],
    [
      words('scene accepted', { scene: 1, ms: 900, frames: 30, bytes: 10 }, { project: 'p1', peer: 'peer-attic' }),
      'film.mkv scene 1, attic: encoded in 0.9 s, 33.3 fps, 10 B'
    ],
    [words('connected', {}, { peer: 'peer-attic' }), 'attic: connected'],
    [words('disconnected', {}, { peer: '12D3KooWabcdefgh' }), '..abcdefgh: disconnected'],
    [words('completed', { bytes: 1_700_000 }, { project: 'p1' }), 'film.mkv: completed, 1.6 MiB'],
    [words('submitted', {}, { project: 'unknown-project' }), '..-project: submitted'],
    [
      words('encoding a scene failed', { scene: 2, err: { message: 'exit 1.', stack: 'x\ny' } }, { project: 'p1' }),
      'film.mkv scene 2: encoding a scene failed: exit 1'
    ],
    [words('encoders found', { encoders: ['aom/3.6.0/1'] }), 'encoders found'],
    [words('node started', { peerId: '12D3KooW', api: 'http://127.0.0.1', slots: 2 }), 'node started (slots 2)'],
    [
      words('idle for a film', { reason: 'no slots', code: 'no-slots' }, { project: 'p1' }),
      'film.mkv: idle for a film: no slots'
    ],
    [words('removed unused blobs', { count: 3, bytes: 4096 }), 'removed unused blobs (count 3)']
  ])('%s', (said, expected) => {
    expect(said).toBe(expected)
  })

  test('what others chose cannot move the cursor or turn the line', () => {
    const hostile = { title: () => 'a\u001B[2J\u202E.mkv', peer: () => 'b\r\n' }
    const line = {
      number: 1,
      atMs: 0,
      level: 'warn',
      message: 'x\u0007',
      project: 'p',
      peer: 'q',
      fields: '{"reason":"\\u001b"}'
    } as const
    expect(logInWords(line, hostile)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  test('fields that are no JSON, or no object, are left out', () => {
    const line = { number: 1, atMs: 0, level: 'info', message: 'x', project: null, peer: null } as const
    expect(['{', '7', 'null', '[]'].map((fields) => logInWords({ ...line, fields }, names))).toEqual([
      'x',
      'x',
      'x',
      'x'
    ])
  })
})

describe('the log on a terminal', () => {
  const json = (level: number, msg: string): string =>
    JSON.stringify({ level, time: '2026-01-01T00:00:00Z', msg, projectId: 'p1', scene: 1 })

  const screenOf = (colours: boolean) => {
    const written: string[] = []
    return { written, write: (text: string) => written.push(text), hasColors: () => colours }
  }

  test('is sentences with the time, by names once they are known', () => {
    const screen = screenOf(false)
    const log = createTerminalLog(screen)
    log.write(json(30, 'one'))
    log.name(names)
    log.write(json(40, 'two'))
    expect(screen.written[0]).toMatch(/^\d\d:\d\d:\d\d \.\.p1 scene 1: one\n$/)
    expect(screen.written[1]).toMatch(/^\d\d:\d\d:\d\d warning: film\.mkv scene 1: two\n$/)
  })

  test('is silent while something else has the screen, and of what is no line', () => {
    const screen = screenOf(false)
    const log = createTerminalLog(screen)
    log.show(false)
    log.write(json(30, 'hidden'))
    log.show(true)
    log.write('no json')
    log.write(json(50, 'shown'))
    expect(screen.written).toHaveLength(1)
    expect(screen.written[0]).toContain('error: ..p1 scene 1: shown')
  })

  test('has colours where the terminal has them', () => {
    const screen = screenOf(true)
    createTerminalLog(screen).write(json(40, 'two'))
    expect(screen.written[0]).toContain('\u001B[33mwarning: \u001B[0m')
  })
})
