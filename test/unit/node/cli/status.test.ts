import { expect, test } from 'vitest'
import { statusText } from '../../../../src/node/cli/commands/status.ts'
import { nodeOf, projectOf } from '../../../fixtures/web-data.ts'

test('films that wait for their turn are named with how many come before them, where that is known', () => {
  const queued = (title: string, reason: string) => projectOf({ projectId: title, title, state: 'queued', reason })
  const projects = [
    projectOf({ title: 'one.mkv' }),
    queued('two.mkv', 'waits for its turn: 1 film before it'),
    queued('three\n.mkv', 'waits for its turn: 2 films before it'),
    queued('of others.mkv', '')
  ]
  const text = statusText({ node: nodeOf(), peers: [], projects })
  const lines = text.split('\n').filter((line) => line.includes('its turn'))
  expect(lines).toEqual([
    'two.mkv waits for its turn: 1 film before it',
    expect.stringMatching(/^three.\.mkv waits for its turn: 2 films before it$/u)
  ])
  expect(text.match(/ queued /g)).toHaveLength(3)
  expect(statusText({ node: nodeOf(), peers: [], projects: [] })).not.toContain('turn')
})

test('what a project waits for is said, with its title as short as in any sentence', () => {
  const reason = 'the source /films/a.mkv cannot be read (ENOENT); put it back'
  const projects = [
    projectOf({ title: 'a.mkv', state: 'waiting', reason }),
    projectOf({ title: 'x'.repeat(250), state: 'waiting', reason: 'bad\nline' }),
    projectOf({ title: 'of others.mkv', state: 'waiting', reason: '' }),
    projectOf({ title: 'y'.repeat(250), state: 'queued', reason: 'waits for its turn: 1 film before it' })
  ]
  const text = statusText({ node: nodeOf(), peers: [], projects }, { cellsMax: 120 })
  expect(text.split('\n').filter((line) => line.includes(' waits'))).toEqual([
    `a.mkv waits: ${reason}`,
    expect.stringMatching(/^x{59}… waits: bad.line$/u),
    expect.stringMatching(/^y{59}… waits for its turn/u)
  ])
})

test('a view that may be behind is marked, with how old it is', () => {
  const at = (title: string, change: Parameters<typeof projectOf>[0]) =>
    projectOf({ projectId: title, title, own: false, ...change })
  const nowMs = 10_000_000
  const projects = [
    at('fresh.mkv', { heardAtMs: nowMs - 5000 }),
    at('silent.mkv', { heardAtMs: nowMs - 720_000 }),
    at('unheard.mkv', { heardAtMs: null }),
    at('restarted.mkv', { heardAtMs: nowMs, stale: true }),
    at('over.mkv', { heardAtMs: null, state: 'completed' }),
    at('mine.mkv', { own: true, heardAtMs: null })
  ]
  const text = statusText({ node: nodeOf(), peers: [], projects }, { nowMs, all: true })
  expect(text.split('\n').filter((line) => line.includes('is stale'))).toEqual([
    'silent.mkv is stale: its owner last reported 12m ago',
    'unheard.mkv is stale: its owner has not reported since this node started',
    'restarted.mkv is stale: this node knew more before it restarted, and is asking its peers'
  ])
  expect(text).toMatch(/restarted\.mkv .*encoding \(stale\)/)
})
