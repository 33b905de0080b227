import { describe, expect, test } from 'vitest'
import { afterKey, afterTime, type KeyStep, type Press, typedPresses } from '../../../../../src/node/cli/top/keys.ts'
import { wantedFilms } from '../../../../../src/node/cli/top/follow.ts'
import { NOTHING_YET, stateAfter } from '../../../../../src/node/cli/top/state.ts'
import { START, type Ui } from '../../../../../src/node/cli/top/ui.ts'
import { peerId, project } from '../fixtures.ts'
import { busyState, NOW, runningOf, stateOf } from './sample.ts'

const NAMES = ['up', 'down', 'enter', 'escape', 'tab', 'backspace', 'interrupt'] as const

const pressOf = (key: string): Press => {
  const name = NAMES.find((one) => one === key)
  return name === undefined ? { text: key } : { text: '', name }
}

/** Where these keys lead, one after the other. */
const press = (keys: readonly string[], state = busyState(), ui: Ui = START): KeyStep =>
  keys.reduce<KeyStep>((step, key) => afterKey(step.ui, pressOf(key), state, NOW), { ui })

describe('keys', () => {
  test.each([
    [['q'], { type: 'quit', interrupted: false }],
    [['interrupt'], { type: 'quit', interrupted: true }],
    [['/', 'q', 'interrupt'], { type: 'quit', interrupted: true }],
    [['+'], { type: 'slots', slots: 3 }],
    [['-'], { type: 'slots', slots: 1 }],
    [['p'], { type: 'pause', on: true }],
    [['d', 'y'], { type: 'drain' }],
    [['d', 'n'], undefined],
    [['c', 'y'], { type: 'cancel', projectId: 'p-1234' }],
    [['c', 'down'], undefined],
    [['down', 'c'], undefined],
    [['<'], { type: 'priority', projectId: 'p-1234', priority: -1 }],
    [['down', '>'], { type: 'priority', projectId: 'p-5678', priority: 1 }],
    [['x'], undefined],
    [['tab', 'x', 'y'], { type: 'stop-scene', projectId: 'p-1234', scene: 1 }],
    [['enter', 'w'], { type: 'why', projectId: 'p-1234', scene: 1 }],
    [['enter', 'down', 'w'], { type: 'why', projectId: 'p-1234', scene: 2 }],
    [['enter', 'x', 'y'], { type: 'stop-scene', projectId: 'p-1234', scene: 1 }],
    [['enter', 'down', 'x'], undefined],
    [['tab', 'enter', 'w'], { type: 'why', projectId: 'p-1234', scene: 1 }],
    [['w'], undefined],
    [['z'], undefined]
  ])('%j ask for %j', (keys, command) => {
    expect(press(keys).command).toEqual(command)
  })

  test('a paused or drained node is resumed by the same key', () => {
    const state = busyState()
    for (const change of [{ paused: true }, { draining: true }])
      expect(press(['p'], { ...state, node: { ...state.node!, ...change } }).command).toEqual({
        type: 'pause',
        on: false
      })
  })

  test('slots end at 0, and nothing is asked of a node that is not known yet', () => {
    const state = busyState()
    expect(press(['-'], { ...state, node: { ...state.node!, slots: 0 } }).command).toEqual({ type: 'slots', slots: 0 })
    for (const key of ['+', 'c', 'D', '<', 'x', 'enter']) expect(press([key], NOTHING_YET).command).toBeUndefined()
  })

  test('Tab goes round, Enter opens, Esc goes back', () => {
    expect(press(['tab']).ui.pane).toBe('slots')
    expect(press(['tab', 'tab', 'tab', 'tab']).ui.pane).toBe('films')
    expect(press(['enter']).ui.view).toMatchObject({ type: 'film', projectId: 'p-1234', scene: 1 })
    expect(press(['down', 'enter']).ui.view).toMatchObject({ projectId: 'p-5678' })
    expect(press(['enter', 'escape']).ui.view.type).toBe('panes')
    expect([press(['?']), press(['?', '?']), press(['?', 'escape'])].map(({ ui }) => ui.view.type)).toEqual([
      'help',
      'panes',
      'panes'
    ])
    expect(press(['i']).ui.view.type).toBe('join')
  })

  test('moving past the ends stays there', () => {
    expect(press(['up']).ui.chosen.films).toBe('p-1234')
    expect(press(['down', 'down', 'down']).ui.chosen.films).toBe('p-5678')
    expect(press(['enter', ...Array<string>(9).fill('down')]).ui.view).toMatchObject({ scene: 4 })
    expect(press(['enter', 'up', 'up', 'up']).ui.view).toMatchObject({ scene: 0 })
  })

  test('a filter is typed, cut and dropped', () => {
    const typed = press(['/', 's', 'e', 'c', 'o', 'n', 'd', 'x', 'backspace', 'enter'])
    expect([typed.ui.filter, typed.ui.typing]).toEqual(['second', false])
    expect(afterKey(typed.ui, { text: '<' }, busyState(), NOW).command).toMatchObject({ projectId: 'p-5678' })
    expect(press(['/', 'q', 'escape']).ui).toMatchObject({ filter: '', typing: false })
    expect(press(['/', 'q', 'enter', 'escape']).ui.filter).toBe('')
  })

  test('a film is deleted when nobody undid it', () => {
    const { ui, command } = press(['D'])
    expect([command, ui.deleting?.projectId]).toEqual([undefined, 'p-1234'])
    expect(afterTime(ui, NOW + 1000).command).toBeUndefined()
    const later = afterTime(ui, NOW + 8000)
    expect(later).toMatchObject({ command: { type: 'delete', projectId: 'p-1234' }, ui: { deleting: undefined } })
    expect(press(['D', 'u']).ui.deleting).toBeUndefined()
    expect(press(['D', 'down', 'D']).command).toEqual({ type: 'delete', projectId: 'p-1234' })
    expect(press(['D', 'D']).command).toBeUndefined()
  })
})

test('several characters that come at once are as many keys', () => {
  expect(typedPresses('\tx\u0003é\u0007\u202E')).toEqual([
    { text: '', name: 'tab' },
    { text: 'x' },
    { text: '', name: 'interrupt' },
    { text: 'é' }
  ])
})

describe('what is known', () => {
  test('scenes are wanted of the open film, then of those that go on, eight at most', () => {
    const many = Array.from({ length: 12 }, (_, n) => ({
      event: 'project' as const,
      data: project({ projectId: `m-${n}` })
    }))
    expect(wantedFilms(busyState(), undefined)).toEqual(['p-1234'])
    expect(wantedFilms(busyState(), 'p-5678')).toEqual(['p-5678', 'p-1234'])
    expect(wantedFilms(stateOf(many), undefined)).toHaveLength(8)
  })

  test('a slot has a time from when it was first seen, and another attempt begins again', () => {
    const first = busyState()
    const key = `p-1234/1/${peerId}`
    const seen = (share: number, atMs: number) => {
      const data = project({ running: [runningOf(1, peerId, share)] })
      return stateAfter(first, { event: 'project', data }, atMs).slots.get(key)
    }
    expect(seen(0.6, NOW + 5000)).toEqual({ sinceMs: NOW, share: 0.5 })
    expect(seen(0.1, NOW + 5000)).toEqual({ sinceMs: NOW + 5000, share: 0.1 })
    expect(stateAfter(first, { event: 'project', data: project() }, NOW).slots.size).toBe(0)
  })

  test('what went away is gone, and a new stream replaces all but the log', () => {
    const gone = stateOf(
      [
        { event: 'project-gone', data: { projectId: 'p-1234' } },
        { event: 'peer-gone', data: { peerId: [...busyState().peers.keys()][0] ?? '' } }
      ],
      busyState()
    )
    expect([gone.projects.has('p-1234'), gone.films.size, gone.peers.size]).toEqual([false, 0, 0])
    const again = stateOf([{ event: 'hello', data: { boot: 'c', full: true, peerId, version: '1' } }], busyState())
    expect([again.projects.size, again.log.length]).toEqual([0, 1])
  })
})
