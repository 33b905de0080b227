import { describe, expect, test } from 'vitest'
import { createTab, type Tab } from '../../../../web/src/live/tab.ts'
import { projectOf } from '../../../fixtures/web-data.ts'
import type { LiveEvent } from '../../../../src/api/schemas/index.ts'
import type { News, TabMessage, Wanted } from '../../../../web/src/live/messages.ts'

const NOTHING: Wanted = { films: [], logs: undefined }
const film = (...films: string[]): Wanted => ({ films, logs: undefined })
const project = (projectId: string): LiveEvent => ({ event: 'project', data: projectOf({ projectId }) })
const ready: LiveEvent = { event: 'ready', data: {} }

/** Tabs of one browser: one lock, one channel, and streams that the test speaks through. */
function createBrowser() {
  const alive = new Map<string, Tab>()
  const waiting: { id: string; begin: () => void }[] = []
  const onDeath = new Map<string, (() => void)[]>()
  const streams: { tab: string; wanted: Wanted; lastEventId: string; news: (news: News) => void; lose: () => void }[] =
    []
  const known = new Map<string, LiveEvent[]>()
  const lost = new Map<string, number>()
  const queue: TabMessage[] = []
  let leader: string | undefined

  function deliver(): void {
    for (let message = queue.shift(); message != null; message = queue.shift())
      for (const [id, tab] of alive) if (id !== message.tab) tab.receive(message)
  }

  function open(id: string): Tab {
    known.set(id, [])
    const tab = createTab(id, {
      lead: (begin) => {
        waiting.push({ id, begin })
      },
      onGone: (other, then) => onDeath.set(other, [...(onDeath.get(other) ?? []), then]),
      send: (message) => queue.push(structuredClone(message)),
      openStream: ({ wanted, lastEventId, onNews, onLost }) => {
        const stream = { tab: id, wanted, lastEventId, news: onNews, lose: onLost }
        streams.push(stream)
        return { close: () => streams.splice(streams.indexOf(stream), 1) }
      },
      view: {
        apply: (events) => {
          known.get(id)?.push(...events)
          if (events.includes(ready) || events.some(({ event }) => event === 'ready')) lost.delete(id)
        },
        snapshot: () => known.get(id) ?? [],
        lost: (sinceMs) => lost.set(id, sinceMs)
      },
      now: () => 1000
    })
    alive.set(id, tab)
    elect()
    deliver()
    return tab
  }

  function elect(): void {
    if (leader != null) return
    const next = waiting.shift()
    leader = next?.id
    next?.begin()
  }

  return {
    open,
    streams,
    lost,
    deliver,
    projectsOf: (id: string) =>
      new Set((known.get(id) ?? []).filter((event) => event.event === 'project').map((event) => event.data.projectId)),
    kill: (id: string): void => {
      alive.delete(id)
      for (const stream of streams.filter(({ tab }) => tab === id)) streams.splice(streams.indexOf(stream), 1)
      const place = waiting.findIndex((one) => one.id === id)
      if (place !== -1) waiting.splice(place, 1)
      if (leader === id) {
        leader = undefined
        elect()
      }
      for (const then of onDeath.get(id) ?? []) if (leader != null) then()
      deliver()
    }
  }
}

describe('tabs of one node', () => {
  test('seven of them have one stream, and all know what it said', () => {
    const browser = createBrowser()
    for (let n = 1; n <= 7; n += 1) browser.open(`t${n}`)
    expect(browser.streams).toHaveLength(1)
    browser.streams[0]?.news({ events: [project('a'), ready], lastEventId: 'x-1' })
    browser.deliver()
    for (let n = 1; n <= 7; n += 1) expect(browser.projectsOf(`t${n}`)).toEqual(new Set(['a']))
  })

  test('one that comes later gets what the leader knows', () => {
    const browser = createBrowser()
    browser.open('t1')
    browser.streams[0]?.news({ events: [project('a'), ready], lastEventId: 'x-1' })
    browser.open('t2')
    expect(browser.projectsOf('t2')).toEqual(new Set(['a']))
  })

  test('when the leader dies another goes on at the same event, with what the rest want', () => {
    const browser = createBrowser()
    browser.open('t1').want(film('f1'))
    browser.open('t2').want(film('f2'))
    browser.open('t3').want(film('f3'))
    browser.deliver()
    expect(browser.streams.map(({ wanted }) => wanted.films)).toEqual([['f1', 'f2', 'f3']])
    browser.streams[0]?.news({ events: [project('a'), ready], lastEventId: 'x-7' })
    browser.deliver()
    browser.kill('t1')
    expect(browser.streams).toMatchObject([{ tab: 't2', wanted: film('f2', 'f3'), lastEventId: 'x-7' }])
  })

  test('what a tab wanted that died is wanted no more', () => {
    const browser = createBrowser()
    browser.open('t1')
    browser.open('t2').want(film('f2'))
    browser.deliver()
    expect(browser.streams[0]?.wanted).toEqual(film('f2'))
    browser.kill('t2')
    expect(browser.streams[0]?.wanted).toEqual(NOTHING)
  })

  test('the stream is opened again only when something else is wanted', () => {
    const browser = createBrowser()
    browser.open('t1').want(film('f1'))
    const second = browser.open('t2')
    const before = browser.streams[0]
    second.want(film('f1'))
    browser.deliver()
    expect(browser.streams[0]).toBe(before)
    second.want({ films: ['f1'], logs: 'info' })
    browser.deliver()
    expect(browser.streams).toHaveLength(1)
    expect(browser.streams[0]?.wanted).toEqual({ films: ['f1'], logs: 'info' })
  })

  test('a tab that opens a film which another watches gets its scenes', () => {
    const browser = createBrowser()
    browser.open('t1').want(film('f1'))
    const second = browser.open('t2')
    browser.streams[0]?.news({ events: [project('f1'), ready], lastEventId: 'x-1' })
    second.want(film('f1'))
    browser.deliver()
    expect(browser.projectsOf('t2')).toEqual(new Set(['f1']))
  })

  test('all know that the connection is lost, and that it is back', () => {
    const browser = createBrowser()
    browser.open('t1')
    browser.open('t2')
    browser.streams[0]?.lose()
    browser.deliver()
    browser.open('t3')
    expect(browser.lost).toEqual(
      new Map([
        ['t1', 1000],
        ['t2', 1000],
        ['t3', 1000]
      ])
    )
    browser.streams[0]?.news({ events: [ready], lastEventId: 'x-2' })
    browser.deliver()
    expect(browser.lost.size).toBe(0)
  })

  test('of more films than a stream carries the last are wanted', () => {
    const browser = createBrowser()
    browser.open('t1')
    for (let n = 0; n < 9; n += 1) browser.open(`u${n}`).want(film(`f${n}`))
    browser.deliver()
    expect(browser.streams[0]?.wanted.films).toHaveLength(8)
  })
})
