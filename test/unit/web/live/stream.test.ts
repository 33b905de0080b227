import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createStream, type Source } from '../../../../web/src/live/stream.ts'
import type { News } from '../../../../web/src/live/messages.ts'

type Listener = Parameters<Source['addEventListener']>[1]

class FakeSource implements Source {
  readonly query: URLSearchParams
  readonly listeners = new Map<string, Listener>()
  closed = false

  constructor(query: URLSearchParams) {
    this.query = query
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, listener)
  }

  emit(type: string, lastEventId = '', data = '{}'): void {
    this.listeners.get(type)?.({ data, lastEventId })
  }

  close(): void {
    this.closed = true
  }
}

function open() {
  const sources: FakeSource[] = []
  const news: News[] = []
  const bench = { allowed: true, answers: true, lost: 0, hidden: false }
  const stream = createStream(
    {
      wanted: { films: ['f1', 'f2'], logs: 'warn' },
      lastEventId: '',
      onNews: (one) => news.push(one),
      onLost: () => (bench.lost += 1)
    },
    {
      open: (query) => {
        const source = new FakeSource(query)
        sources.push(source)
        return source
      },
      mayOpen: () => bench.allowed,
      probe: async () => bench.answers,
      isHidden: () => bench.hidden,
      setTimeout: (call, ms) => setTimeout(call, ms),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined)
    }
  )
  return { sources, news, bench, stream }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the event stream', () => {
  test('asks for what is wanted', () => {
    expect(open().sources[0]?.query.toString()).toBe('film=f1&film=f2&logs=warn')
  })

  test('hands on together what comes together, in order, with the last id', () => {
    const { sources, news } = open()
    sources[0]?.emit('hello', 'b-1')
    sources[0]?.emit('node', 'b-2')
    expect(news).toEqual([])
    vi.advanceTimersByTime(50)
    expect(news).toMatchObject([{ events: [{ event: 'hello' }, { event: 'node' }], lastEventId: 'b-2' }])
  })

  test('hands on at once in a hidden tab, whose timers are late, but not the many events of the start', () => {
    const { sources, news, bench } = open()
    bench.hidden = true
    sources[0]?.emit('hello', 'b-1')
    expect(news).toEqual([])
    sources[0]?.emit('ready', 'b-2')
    sources[0]?.emit('node', 'b-3')
    expect(news.map(({ lastEventId }) => lastEventId)).toEqual(['b-2', 'b-3'])
  })

  test('is opened again where it broke, after longer and longer', () => {
    const { sources, bench } = open()
    sources[0]?.emit('ready', 'b-5')
    sources[0]?.emit('error')
    expect(bench.lost).toBe(1)
    expect(sources[0]?.closed).toBe(true)
    vi.advanceTimersByTime(300)
    expect(sources[1]?.query.get('lastEventId')).toBe('b-5')
    sources[1]?.emit('error')
    vi.advanceTimersByTime(300)
    expect(sources).toHaveLength(2)
    vi.advanceTimersByTime(700)
    expect(sources).toHaveLength(3)
  })

  test('loses nothing that came before it broke', () => {
    const { sources, news } = open()
    sources[0]?.emit('project', 'b-5')
    sources[0]?.emit('error')
    expect(news).toMatchObject([{ lastEventId: 'b-5' }])
  })

  test('a silent line that answers is left alone, one that does not is opened again', async () => {
    const { sources, bench } = open()
    sources[0]?.emit('ready', 'b-1')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(bench.lost).toBe(0)
    bench.answers = false
    await vi.advanceTimersByTimeAsync(20_000)
    expect(bench.lost).toBe(1)
    await vi.advanceTimersByTimeAsync(300)
    expect(sources).toHaveLength(2)
  })

  test('is opened at once when the network is back', () => {
    const { sources, stream } = open()
    for (let n = 0; n < 4; n += 1) {
      sources.at(-1)?.emit('error')
      vi.advanceTimersByTime(10_000)
    }
    sources.at(-1)?.emit('error')
    const before = sources.length
    stream.retryNow()
    expect(sources).toHaveLength(before + 1)
    stream.retryNow()
    expect(sources).toHaveLength(before + 1)
  })

  test('asks nothing of a node that would refuse, until it may', () => {
    const { sources, bench, stream } = open()
    bench.allowed = false
    sources[0]?.emit('error')
    vi.advanceTimersByTime(60_000)
    expect(sources).toHaveLength(1)
    bench.allowed = true
    stream.retryNow()
    expect(sources).toHaveLength(2)
  })

  test('says nothing more once it is closed', () => {
    const { sources, news, stream, bench } = open()
    stream.close()
    sources[0]?.emit('node', 'b-1')
    sources[0]?.emit('error')
    vi.advanceTimersByTime(60_000)
    expect([news, bench.lost, sources.length]).toEqual([[], 0, 1])
  })
})
