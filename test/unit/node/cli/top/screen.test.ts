import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Line, lineWidth } from '../../../../../src/node/cli/top/line.ts'
import { screenLines, shareRows } from '../../../../../src/node/cli/top/screen.ts'
import { sceneStrip, sparkline } from '../../../../../src/node/cli/top/strip.ts'
import { NOTHING_YET, stateLost, stateTick, withPast } from '../../../../../src/node/cli/top/state.ts'
import { PANES, START, type Ui } from '../../../../../src/node/cli/top/ui.ts'
import { peer, peerId, project } from '../fixtures.ts'
import { busyState, NOW, OTHER, runningOf, sceneOf, stateOf } from './sample.ts'

const plain = (lines: readonly Line[]): string[] =>
  lines.map((spans) =>
    spans
      .map(({ text }) => text)
      .join('')
      .trimEnd()
  )

const shown = (state = busyState(), ui: Ui = START, columns = 80, rows = 24): string[] =>
  plain(screenLines(state, ui, { columns, rows }, NOW + 41_000))

const film = (scene = 1): Ui => ({ ...START, view: { type: 'film', projectId: 'p-1234', scene, why: undefined } })

describe('the screen', () => {
  test('80x24 has a header, four panes and the keys', () => {
    const lines = shown()
    expect(lines[0]).toMatch(
      /^box {2}1\/2 slots here {2}39\.2 fps {2}2m left {2}1 peer {2}4 slots in all {2,}grav1 0\.1\.0$/
    )
    expect(lines.filter((line) => /^[▸─] /.test(line)).map((line) => line.replace(/[▸─]+/g, '').trim())).toEqual([
      '2 films',
      'slots here 1 of 2',
      '1 peer',
      'log'
    ])
    expect(lines[2]).toMatch(/^film\.mkv +42% {2}39\.2 fps {2}eta 2m {2}encoding {2}12\/68 {2}▐█+.? +▌$/)
    expect(lines[3]?.trim()).toBe('█▄▁x·')
    expect(lines.find((line) => line.includes('scene 2'))).toMatch(/ 50% {2}pass 2\/2 {2}00:00:41 {2}▐██████ {6}▌$/)
    expect(lines.find((line) => line.startsWith('attic'))).toMatch(/^attic +1\/2 +9\.1 fps +film\.mkv 3$/)
    expect(lines.find((line) => line.includes('encoded in'))).toMatch(
      /^\d\d:\d\d:\d\d film\.mkv scene 7: encoded in 41 s, 12\.2 fps, 614 KiB$/
    )
    expect(lines.at(-1)).toMatch(/^\? help {2}q quit/)
  })

  test('a scene that was fetched ahead takes no slot', () => {
    const ahead = { ...runningOf(5, peerId, 0), pass: 0 }
    const busy = busyState()
    const with1 = { ...busy, node: { ...busy.node!, slots: 1 } }
    const state = stateOf(
      [{ event: 'project', data: project({ passes: 2, running: [runningOf(1, peerId), ahead] }) }],
      with1
    )
    const lines = shown(state)
    expect(lines.some((line) => line.includes('slots here 1 of 1, 1 ahead'))).toBe(true)
    expect(lines.find((line) => line.includes('scene 6'))).toContain('ahead')
    // One slot was taken away: both are still encoded.
    const both = project({ passes: 2, running: [runningOf(1, peerId), runningOf(5, peerId)] })
    const fewer = stateOf([{ event: 'project', data: both }], { ...with1, node: { ...with1.node, busy: 2 } })
    expect(shown(fewer).some((line) => line.includes('slots here 2 of 1 '))).toBe(true)
  })

  test('the log begins with what happened before, without what its own lines tell', () => {
    const event = { kind: 'refused', projectId: null, scene: null, peerId: null } as const
    const past = [
      { ...event, number: 7, atMs: NOW - 9000, text: 'film.mkv scene 2: the result of attic was refused\u001B[2J' },
      { ...event, number: 8, atMs: NOW, text: 'told by the log' }
    ]
    const before = withPast(NOTHING_YET, past)
    expect(before.past).toHaveLength(2)
    const state = withPast(busyState(), past)
    expect(withPast(before, past).past).toHaveLength(2)
    expect(state.past).toHaveLength(0)
    const lines = shown(stateOf([], { ...busyState(), past: past.slice(0, 1) }))
    const at = lines.findIndex((line) => line.includes('scene 2: the result of attic was refused?[2J'))
    expect(lines[at + 1]).toContain('scene 7: encoded in')
  })

  test('a peer that is reached through a relay is shown with it', () => {
    const relayed = peer({ peerId: OTHER, name: 'attic', path: 'relayed', relay: peerId })
    const lines = shown(stateOf([{ event: 'peer', data: relayed }], busyState()))
    expect(lines.find((line) => /^attic .*by /.test(line))).toMatch(/by \S+/)
  })

  test('40x10 has one pane at a time', () => {
    const lines = shown(busyState(), START, 40, 10)
    expect(lines).toHaveLength(10)
    expect(lines[1]).toMatch(/^▸ 2 films ─+$/)
    expect(lines[2]).toMatch(/^film\.mkv +42% {2}39\.2 fps {2}eta 2m$/)
    expect(shown(busyState(), { ...START, pane: 'log' }, 40, 10)[1]).toMatch(/^▸ log ─+$/)
  })

  test.each([
    ['nothing is known', NOTHING_YET, /connecting/],
    ['the connection is lost', stateLost(busyState(), NOW), /no connection for 41s: this view may be out of date/],
    [
      'a machine wants to join',
      {
        ...busyState(),
        node: {
          ...busyState().node!,
          joinRequests: [{ id: 'a1', peerId: OTHER, name: 'kitchen', inviteName: '', askedAtMs: NOW }]
        }
      },
      /^kitchen wants to join: "grav1 peers accept a1"$/
    ],
    [
      'memory was short',
      {
        ...busyState(),
        node: { ...busyState().node!, fewerSlots: { wanted: 2, slots: 1, ranAt: 2, retryAtMs: NOW } }
      },
      /^one slot fewer: the encoder ran out of memory at 2 slots; /
    ],
    ['it is paused', { ...busyState(), node: { ...busyState().node!, paused: true } }, /^paused$/],
    [
      'its disk is full',
      { ...busyState(), node: { ...busyState().node!, health: 'disk-full' as const } },
      /^disk full/
    ],
    [
      'films are passed over',
      stateOf(
        [1, 2, 3].map((n) => ({
          event: 'project' as const,
          data: project({
            projectId: `q-${n}`,
            idle: { code: 'other-build', reason: 'needs svt 1.4.1, here 2.3.0' }
          })
        })),
        busyState()
      ),
      /^idle for 3 films: needs svt 1\.4\.1, here 2\.3\.0$/
    ]
  ])('the header says that %s', (_, state, sentence) => {
    expect(shown(state)[1]).toMatch(sentence)
  })

  test('a film has its facts, its scenes and why one is not done', () => {
    const lines = shown(busyState(), film())
    expect(lines.join('\n')).toContain('1920x1080, aom --cpu-used=6')
    expect(lines.find((line) => line.startsWith('    1 '))).toMatch(
      /done +attic {2}100 frames {2}488 KiB {2}\d+ kbps {2}in 4s$/
    )
    expect(lines.find((line) => line.startsWith('    4 '))).toMatch(/failed +100 frames {2}3 attempts$/)
    const why = { scene: 3, state: 'failed' as const, summary: 'Three workers failed it.', details: [], next: null }
    expect(shown(busyState(), { ...START, view: { ...film(3).view, why } as Ui['view'] })).toContain(
      'Three workers failed it.'
    )
    expect(shown(NOTHING_YET, film())[2]).toContain('This film was deleted')
  })

  test('hostile titles, names and reasons are text', () => {
    const title = 'a\u001B[2J\u202Eb\r\n.mkv'
    const state = stateOf(
      [{ event: 'project', data: project({ title, reason: '\u0007x', state: 'waiting' }) }],
      busyState()
    )
    for (const ui of [START, film(), { ...START, filter: '\u001B' }])
      expect(shown(state, ui).join('')).not.toMatch(/[\p{Cc}\u202A-\u202E]/u)
  })

  test('whatever the size, the lines are as many as the rows and no wider than the columns', () => {
    const state = stateOf(
      [{ event: 'project', data: project({ projectId: 'w', title: '映画 👩‍👩‍👧 '.repeat(9), owner: peerId }) }],
      busyState()
    )
    const uis: Ui[] = [
      ...PANES.map((pane) => ({ ...START, pane })),
      film(),
      { ...START, view: { type: 'help' } },
      { ...START, view: { type: 'join' } },
      { ...START, typing: true, filter: '映' }
    ]
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 200 }), fc.integer({ min: 3, max: 60 }), fc.nat(7), (columns, rows, n) => {
        const lines = screenLines(state, uis[n] ?? START, { columns, rows }, NOW)
        expect(lines).toHaveLength(rows)
        for (const one of lines) expect(lineWidth(one)).toBeLessThanOrEqual(columns)
      })
    )
  })

  test('the address to join with is whole on a narrow screen', () => {
    const lines = shown(busyState(), { ...START, view: { type: 'join' } }, 40, 12)
    expect(lines.join('')).toContain(`grav1 node --bootstrap /ip4/192.168.1.9/tcp/7898/p2p/${peerId}`)
  })

  test('of a long list the chosen row is in sight', () => {
    const many = Array.from({ length: 40 }, (_, n) => ({
      event: 'project' as const,
      data: project({ projectId: `m-${n}`, title: `film-${n}.mkv`, createdAtMs: n })
    }))
    const ui = { ...START, chosen: { films: 'm-39' } }
    expect(shown(stateOf(many, busyState()), ui).join('\n')).toContain('film-39.mkv')
    expect(shown(stateOf(many, busyState())).join('\n')).toContain('film-0.mkv')
  })
})

test('panes share the rows: slots first, the log gets what is left', () => {
  expect(shareRows({ films: 3, slots: 2, peers: 2, log: 50 }, 22)).toEqual({ films: 3, slots: 2, peers: 2, log: 15 })
  expect(shareRows({ films: 90, slots: 9, peers: 2, log: 50 }, 22)).toEqual({ films: 8, slots: 9, peers: 2, log: 3 })
})

describe('a film at a glance', () => {
  test('is a cell for each scene, or for several', () => {
    const scenes = Array.from({ length: 100 }, (_, n) => sceneOf(n, n < 50 ? { state: 5, framesDone: 100 } : {}))
    const strip = sceneStrip(scenes, 10, 2)
    expect(strip.map(({ text }) => text).join('')).toBe('█████·····')
    expect(strip.map(({ tone }) => tone)).toEqual([...Array<string>(5).fill('good'), ...Array<string>(5).fill('dim')])
    expect(sceneStrip(scenes.slice(0, 3), 10, 2)).toHaveLength(3)
    expect(sceneStrip([], 10, 2)).toEqual([])
    expect(sceneStrip([undefined, sceneOf(1)], 10, 2)).toHaveLength(1)
  })

  test('speed is a row of levels', () => {
    expect(sparkline([0, 5, 10], 8)).toBe(' ▄█')
    expect([sparkline([0, 0], 8), sparkline([], 8), sparkline([1, 2], 0)]).toEqual(['', '', ''])
    expect(sparkline([9, 9, 1], 2)).toBe('█▁')
  })

  test('speeds are remembered for two minutes, of what goes on', () => {
    let state = busyState()
    for (let n = 0; n < 200; n += 1) state = stateTick(state)
    expect(state.speeds.get('p-1234')).toHaveLength(120)
    expect(state.speeds.has('p-5678')).toBe(false)
  })
})
