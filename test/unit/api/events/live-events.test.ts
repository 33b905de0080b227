import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLiveEvents, SUBSCRIBERS_MAX } from '../../../../src/api/events/index.ts'
import { projectStatusOf } from '../../../../src/api/project-json.ts'
import { sceneChangesOf } from '../../../fixtures/api-bench.ts'
import { createEventView } from '../../../fixtures/event-view.ts'
import { createMovingProjects, type MovingProjects } from '../../../fixtures/moving-projects.ts'
import type { LogLine } from '../../../../src/api/schemas/index.ts'

const ALL = Infinity

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
)
afterEach(() => void vi.useRealTimers())

function createBench(boot = 'boot1') {
  const moving = createMovingProjects()
  const lines = new Set<(line: LogLine) => void>()
  const live = createLiveEvents(
    {
      ...moving,
      sceneChangesOf,
      onLine: (listener) => {
        lines.add(listener)
        return () => lines.delete(listener)
      }
    },
    { boot }
  )
  return { moving, live, lines }
}

type Bench = ReturnType<typeof createBench>

/** Subscribes a view; `take` reads what there is, at most this many characters. */
function connect(
  { live }: Bench,
  view: ReturnType<typeof createEventView>,
  films: readonly string[] = [],
  logs?: 'info'
) {
  view.reconnect()
  const subscriber = live.subscribe({ films, logs, lastEventId: view.lastEventId })
  if (subscriber == null) throw new Error('too many')
  return {
    close: subscriber.close,
    take: (chars = ALL) => {
      const text = subscriber.next(chars)
      if (text != null) view.read(text)
      return text != null
    }
  }
}

/** What a fresh client would be told now. */
function truth({ snapshots, peers }: MovingProjects, films: readonly string[]) {
  return {
    projects: new Map([...snapshots].map(([id, snapshot]) => [id, projectStatusOf(snapshot)])),
    peers,
    scenes: new Map(
      films
        .map((id) => [id, snapshots.get(id)] as const)
        .filter(([, snapshot]) => (snapshot?.view.scenes.length ?? 0) > 0)
        .map(([id, snapshot]) => {
          const change = snapshot == null ? undefined : sceneChangesOf(snapshot)
          return [id, new Map(snapshot?.view.scenes.map((_, index) => [index, change?.(index)]))]
        })
    )
  }
}

describe('live events', () => {
  it('gives everything, then ready, then changes', () => {
    const bench = createBench()
    bench.moving.add('p1', 3)
    bench.moving.setPeer('peer1', 1)
    const view = createEventView()
    const client = connect(bench, view)
    client.take()
    expect(view.events.map(({ event }) => event)).toEqual(['hello', 'node', 'peer', 'project', 'ready'])
    expect(view.hello).toEqual({ boot: 'boot1', full: true, peerId: 'me', version: '1.2.3' })
    expect(client.take()).toBe(false)
    bench.moving.setPriority('p1', 4)
    vi.advanceTimersByTime(250)
    client.take()
    expect(view.projects.get('p1')?.priority).toBe(4)
    bench.moving.remove('p1')
    bench.moving.peers.clear()
    vi.advanceTimersByTime(1000)
    client.take()
    expect([view.projects.size, view.peers.size]).toEqual([0, 0])
  })

  it('gives all scenes of a film in pages, then those that change', () => {
    const bench = createBench()
    bench.moving.add('p1', 1200)
    const view = createEventView()
    const client = connect(bench, view, ['p1'])
    client.take()
    const pages = view.events.filter(({ event }) => event === 'scenes')
    expect(pages.map((page) => (page.event === 'scenes' ? page.data.scenes.length : 0))).toEqual([500, 500, 200])
    bench.moving.lease('p1', 7, 2, 20)
    bench.moving.accept('p1', 1100, 999)
    vi.advanceTimersByTime(250)
    view.reconnect()
    client.take()
    const last = view.events.at(-1)
    expect(last?.event === 'scenes' && last.data.scenes.map(({ scene }) => scene)).toEqual([7, 1100])
    expect(view.scenes.get('p1')?.get(7)).toMatchObject({ state: 3, framesDone: 20 })
    expect(view.scenes.get('p1')?.get(1100)).toMatchObject({ state: 5, bytes: 999 })
  })

  it('has a film that is announced later', () => {
    const bench = createBench()
    const view = createEventView()
    const client = connect(bench, view, ['later'])
    client.take()
    bench.moving.add('later', 2)
    vi.advanceTimersByTime(250)
    client.take()
    expect(view.scenes.get('later')?.size).toBe(2)
  })

  it('makes one version of what changes often, at most every 250 ms', () => {
    const bench = createBench()
    bench.moving.add('p1', 10)
    const view = createEventView()
    const client = connect(bench, view)
    client.take()
    let events = 0
    for (let at = 0; at < 1000; at += 1) {
      bench.moving.setPriority('p1', at + 1)
      vi.advanceTimersByTime(1)
      view.reconnect()
      client.take()
      events += view.events.filter(({ event }) => event === 'project').length
    }
    expect(events).toBeGreaterThanOrEqual(3)
    expect(events).toBeLessThanOrEqual(5)
    vi.advanceTimersByTime(250)
    client.take()
    expect(view.projects.get('p1')?.priority).toBe(1000)
  })

  it('gives only what changed to one that comes back', () => {
    const bench = createBench()
    for (const id of ['p1', 'p2', 'p3']) bench.moving.add(id, 2)
    const view = createEventView()
    const first = connect(bench, view)
    first.take()
    first.close()
    bench.moving.setPriority('p2', 9)
    bench.moving.remove('p3')
    vi.advanceTimersByTime(30_000)
    connect(bench, view).take()
    expect(view.hello?.full).toBe(false)
    expect(view.events.map(({ event }) => event).filter((event) => event !== 'node')).toEqual([
      'hello',
      'project',
      'project-gone',
      'ready'
    ])
  })

  it('begins anew for one of another boot, of the future, of too long ago, or with nonsense', () => {
    const bench = createBench()
    bench.moving.add('p1', 2)
    const view = createEventView()
    const first = connect(bench, view)
    first.take()
    const id = view.lastEventId ?? ''
    for (const lastEventId of [id.replace('boot1', 'boot0'), 'boot1-999999', 'boot1', '-', '\u0000', `${id}x`]) {
      const subscriber = bench.live.subscribe({ films: [], lastEventId })
      expect(subscriber?.next(1)).toContain('"full":true')
      subscriber?.close()
    }
    first.close()
    vi.advanceTimersByTime(61_000)
    connect(bench, view).take()
    expect(view.hello?.full).toBe(true)
    expect(view.projects.size).toBe(1)
  })

  it('begins anew for one that may have missed that something went', () => {
    const bench = createBench()
    const view = createEventView()
    bench.moving.add('p', 1)
    const keeper = connect(bench, createEventView())
    const first = connect(bench, view)
    first.take()
    first.close()
    for (let at = 0; at < 1100; at += 1) bench.moving.add(`p${at}`, 0)
    vi.advanceTimersByTime(1000)
    bench.moving.snapshots.clear()
    vi.advanceTimersByTime(1000)
    connect(bench, view).take()
    expect(view.hello?.full).toBe(true)
    expect(view.projects.size).toBe(0)
    keeper.close()
  })

  it('gives a film whole to one that comes back for another one', () => {
    const bench = createBench()
    bench.moving.add('p1', 5)
    bench.moving.add('p2', 6)
    const other = connect(bench, createEventView(), ['p2'])
    other.take()
    vi.advanceTimersByTime(5000)
    const view = createEventView()
    const first = connect(bench, view, ['p1'])
    first.take()
    first.close()
    connect(bench, view, ['p2']).take()
    expect(view.hello?.full).toBe(false)
    expect(view.scenes.get('p2')?.size).toBe(6)
  })

  it('takes so many clients and no more', () => {
    const bench = createBench()
    const all = Array.from({ length: SUBSCRIBERS_MAX }, () => bench.live.subscribe({ films: [] }))
    expect(bench.live.subscribe({ films: [] })).toBeUndefined()
    all[0]?.close()
    all[0]?.close()
    expect(bench.live.subscribers).toBe(SUBSCRIBERS_MAX - 1)
    for (const one of all) one?.close()
    expect(bench.moving.listeners.size).toBe(0)
    vi.advanceTimersByTime(61_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives log lines of a level, and the last ones to a client that was slow', () => {
    const bench = createBench()
    const view = createEventView()
    const client = connect(bench, view, [], 'info')
    client.take()
    for (let number = 0; number < 1000; number += 1)
      for (const tell of bench.lines)
        tell({
          number,
          atMs: 1,
          level: number % 2 === 0 ? 'info' : 'debug',
          message: 'm',
          project: null,
          peer: null,
          fields: '{}'
        })
    client.take()
    expect(view.lines).toHaveLength(200)
    expect(view.lines.at(-1)?.number).toBe(998)
    expect(view.lines.every(({ level }) => level === 'info')).toBe(true)
    const quiet = createEventView()
    connect(bench, quiet).take()
    expect(quiet.lines).toEqual([])
  })

  it('leaves a client that is dropped again and again with what a fresh one gets', () => {
    const films = ['p0', 'p1', 'p2']
    const action = fc.oneof(
      fc.record({ type: fc.constant('add' as const), project: fc.nat(2), scenes: fc.nat(6) }),
      fc.record({ type: fc.constant('lease' as const), project: fc.nat(2), scene: fc.nat(5), frames: fc.nat(50) }),
      fc.record({ type: fc.constant('accept' as const), project: fc.nat(2), scene: fc.nat(5) }),
      fc.record({ type: fc.constant('priority' as const), project: fc.nat(2), value: fc.nat(9) }),
      fc.record({ type: fc.constant('remove' as const), project: fc.nat(2) }),
      fc.record({ type: fc.constant('peer' as const), peer: fc.nat(3), busy: fc.nat(4) }),
      fc.record({ type: fc.constant('peer-gone' as const), peer: fc.nat(3) }),
      fc.record({ type: fc.constant('wait' as const), ms: fc.nat(3000) }),
      fc.record({ type: fc.constant('long' as const), ms: fc.integer({ min: 50_000, max: 70_000 }) }),
      fc.record({ type: fc.constant('take' as const), chars: fc.nat(3000), times: fc.nat(3) }),
      fc.record({ type: fc.constant('drop' as const), films: fc.subarray(films), cut: fc.nat(500) }),
      fc.record({ type: fc.constant('leave' as const) })
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120, size: 'max' }), fc.boolean(), (actions, isKept) => {
        const bench = createBench()
        const { moving } = bench
        for (const id of films) moving.add(id, 5)
        const view = createEventView()
        const keeper = isKept ? connect(bench, createEventView(), ['p1']) : undefined
        let wanted: readonly string[] = films
        let client: ReturnType<typeof connect> | undefined = connect(bench, view, wanted)
        for (const one of actions) {
          const id = 'project' in one ? `p${one.project}` : ''
          const scenes = moving.snapshots.get(id)?.view.scenes.length ?? 0
          if (one.type === 'add' && !moving.snapshots.has(id)) moving.add(id, one.scenes)
          if (one.type === 'lease' && one.scene < scenes) moving.lease(id, one.scene, 1, one.frames)
          if (one.type === 'accept' && one.scene < scenes) moving.accept(id, one.scene, 7)
          if (one.type === 'priority') moving.setPriority(id, one.value)
          if (one.type === 'remove') {
            moving.remove(id)
            vi.advanceTimersByTime(250)
          }
          if (one.type === 'peer') moving.setPeer(`peer${one.peer}`, one.busy)
          if (one.type === 'peer-gone') moving.peers.delete(`peer${one.peer}`)
          if (one.type === 'wait' || one.type === 'long') vi.advanceTimersByTime(one.ms)
          if (one.type === 'take') for (let at = 0; at < one.times; at += 1) client?.take(one.chars)
          if (one.type === 'leave') {
            client?.close()
            client = undefined
          }
          if (one.type === 'drop') {
            client?.close()
            wanted = one.films
            client = connect(bench, view, wanted)
          }
        }
        client ??= connect(bench, view, wanted)
        vi.advanceTimersByTime(1500)
        while (client.take()) vi.advanceTimersByTime(0)
        const { projects, peers, scenes } = truth(moving, wanted)
        expect(view.isReady).toBe(true)
        expect(view.projects).toEqual(projects)
        expect(view.peers).toEqual(peers)
        const followed = new Map([...view.scenes].filter(([id]) => wanted.includes(id)))
        expect(followed).toEqual(scenes)
        client.close()
        keeper?.close()
      }),
      { numRuns: 200 }
    )
  })
})
