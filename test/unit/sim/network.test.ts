import { describe, expect, test } from 'vitest'
import { createClock } from '../../sim/engine/clock.ts'
import { createNetwork } from '../../sim/engine/network.ts'
import type { CloseReason, Connection, DialResult, Network, NetworkInit } from '../../sim/engine/network-types.ts'
import { createWorld } from '../../sim/engine/world.ts'
import type { World } from '../../sim/engine/world.ts'

/** Nodes that write down what happens to them, `node: what` with the time where it matters. */
function network(ids: string, init: NetworkInit = {}): { world: World; net: Network; seen: string[] } {
  const world = createWorld({ seed: 1 })
  const net = createNetwork(world, { keepAliveMs: 0, ...init })
  const seen: string[] = []
  for (const id of ids) join(net, id, seen)
  return { world, net, seen }
}

function join(net: Network, id: string, seen: string[]): void {
  net.join(id, {
    onConnection: (_, peer) => seen.push(`${id}: connected by ${peer}`),
    onMessage: (_, peer, bytes) => seen.push(`${id}: ${text(bytes)} from ${peer}`),
    onClose: (_, peer, reason) => seen.push(`${id}: lost ${peer}, ${reason}`)
  })
}

function bytes(of: string): Uint8Array {
  return new TextEncoder().encode(of)
}

function text(of: Uint8Array): string {
  return new TextDecoder().decode(of)
}

function dial(world: World, net: Network, from: string, to: string): DialResult {
  let result: DialResult | undefined
  net.dial(from, to, (answer) => (result = answer))
  world.run({ until: () => result !== undefined })
  if (result === undefined) throw new Error('no answer')
  return result
}

function connect(world: World, net: Network, from: string, to: string): Connection {
  const result = dial(world, net, from, to)
  if (result.status === 'failed') throw new Error(result.reason)
  return result.connection
}

function later(world: World, ms: number): void {
  world.run({ untilMs: world.nowMs + ms })
}

describe('dial', () => {
  test('takes a round trip; the other side hears first', () => {
    const { world, net, seen } = network('ab', { latency: { baseMs: 50, jitterMs: 0 } })
    const connection = connect(world, net, 'a', 'b')
    expect(world.nowMs).toBe(100)
    expect(seen).toEqual(['b: connected by a'])
    expect(connection).toMatchObject({ self: 'a', peer: 'b', initiator: true, open: true })
    expect(net.connections('b')).toMatchObject([{ id: connection.id, self: 'b', peer: 'a', initiator: false }])
  })

  test('is refused at once by a machine without the process, unanswered when cut either way or off', () => {
    const { world, net } = network('abc')
    net.leave('b')
    expect(dial(world, net, 'a', 'b')).toEqual({ status: 'failed', reason: 'refused' })
    expect(world.nowMs).toBeLessThan(100)
    for (const [from, to] of [
      ['a', 'c'],
      ['c', 'a']
    ] as const) {
      net.setPath(from, to, false)
      const begunMs = world.nowMs
      expect(dial(world, net, 'a', 'c')).toEqual({ status: 'failed', reason: 'unreachable' })
      expect(world.nowMs - begunMs).toBe(10_000)
      net.setPath(from, to, true)
    }
    expect(connect(world, net, 'a', 'c').open).toBe(true)
    net.leave('c', { machine: 'down' })
    expect(dial(world, net, 'a', 'c')).toEqual({ status: 'failed', reason: 'unreachable' })
    expect(dial(world, net, 'a', 'nobody')).toEqual({ status: 'failed', reason: 'unreachable' })
    expect(dial(world, net, 'a', 'a')).toEqual({ status: 'failed', reason: 'refused' })
  })

  test('an acceptance that comes after the dialler gave up is reset', () => {
    const { world, net, seen } = network('ab')
    net.setPath('b', 'a', false)
    expect(dial(world, net, 'a', 'b').status).toBe('failed')
    expect(net.connections('b')).toHaveLength(1)
    net.heal()
    later(world, 5000)
    expect(seen).toEqual(['b: connected by a', 'b: lost a, reset'])
    expect(net.connections('b')).toHaveLength(0)
  })

  test('a dialler that dies hears nothing', () => {
    const { world, net, seen } = network('ab')
    net.dial('a', 'b', () => seen.push('answer'))
    net.leave('a')
    join(net, 'a', seen)
    world.run()
    expect(seen).not.toContain('answer')
    expect(net.connections('b')).toHaveLength(0)
  })
})

describe('connection', () => {
  test('keeps the order of each direction under any jitter', () => {
    const { world, net, seen } = network('ab', { latency: { baseMs: 5, jitterMs: 500 } })
    const near = connect(world, net, 'a', 'b')
    const [far] = net.connections('b')
    for (let count = 0; count < 50; count++) {
      expect(net.send(near, bytes(`${count}`))).toBe(true)
      net.send(far!, bytes(`${count}`), 'sync')
      later(world, 7)
    }
    world.run()
    const heard = (id: string): string[] => seen.filter((line) => line.startsWith(`${id}: `) && line.includes('from'))
    expect(heard('b')).toEqual(Array.from({ length: 50 }, (_, at) => `b: ${at} from a`))
    expect(heard('a')).toEqual(Array.from({ length: 50 }, (_, at) => `a: ${at} from b`))
    expect(net.counters.of('a').traffic.session).toMatchObject({ sentMessages: 50, sentBytes: 90, receivedBytes: 0 })
    expect(net.counters.of('a').traffic.sync).toMatchObject({ receivedMessages: 50, receivedBytes: 90 })
    expect(net.counters.total('session')).toMatchObject({ sentMessages: 50, receivedMessages: 50 })
  })

  test('bandwidth delays what is large, and what is sent behind it', () => {
    const { world, net, seen } = network('ab', { latency: { baseMs: 10, jitterMs: 0 } })
    net.setBandwidth('a', { upBytesPerMs: 10, downBytesPerMs: Infinity })
    const connection = connect(world, net, 'a', 'b')
    const begunMs = world.nowMs
    net.send(connection, new Uint8Array(1000))
    net.send(connection, bytes('x'))
    world.run({ until: () => seen.length === 2 })
    expect(world.nowMs - begunMs).toBeCloseTo(110)
    world.run()
    expect(world.nowMs - begunMs).toBeCloseTo(110.1)
  })

  test('stalls at a cut and goes on in order when it heals', () => {
    const { world, net, seen } = network('ab')
    const connection = connect(world, net, 'a', 'b')
    const heal = net.partition([['a']])
    expect(net.reaches('a', 'b')).toBe(false)
    net.send(connection, bytes('1'))
    later(world, 1000)
    net.send(connection, bytes('2'))
    later(world, 40_000)
    expect(seen).toEqual(['b: connected by a'])
    heal()
    net.send(connection, bytes('3'))
    later(world, 5000)
    expect(seen.slice(1)).toEqual(['b: 1 from a', 'b: 2 from a', 'b: 3 from a'])
    later(world, 100_000)
    expect([connection.open, net.connections('b').length]).toEqual([true, 1])
  })

  test('breaks on each side alone, for who has something to send', () => {
    const { world, net, seen } = network('ab', { latency: { baseMs: 10, jitterMs: 0 } })
    const near = connect(world, net, 'a', 'b')
    const [far] = net.connections('b')
    net.partition([['a'], ['b']])
    net.send(near, bytes('x'))
    later(world, 30_000)
    net.send(far!, bytes('y'))
    later(world, 30_010)
    expect(seen.slice(1)).toEqual(['a: lost b, timeout'])
    expect(net.send(near, bytes('z'))).toBe(false)
    later(world, 29_990)
    expect(seen.slice(1)).toEqual(['a: lost b, timeout'])
    later(world, 20)
    expect(seen.slice(1)).toEqual(['a: lost b, timeout', 'b: lost a, timeout'])
  })

  test('a one-way cut: data arrives, acknowledgements do not', () => {
    const { world, net, seen } = network('ab')
    const connection = connect(world, net, 'a', 'b')
    net.setPath('b', 'a', false)
    net.send(connection, bytes('x'))
    later(world, 59_000)
    expect(seen.slice(1)).toEqual(['b: x from a'])
    later(world, 2000)
    expect(seen.slice(2)).toEqual(['a: lost b, timeout'])
    expect(net.connections('b')).toHaveLength(1)
    net.heal()
    net.send(net.connections('b')[0]!, bytes('y'))
    later(world, 1000)
    expect(seen.slice(3)).toEqual(['b: lost a, reset'])
  })

  test('an acknowledgement that comes in time ends the wait', () => {
    const { world, net, seen } = network('ab')
    const connection = connect(world, net, 'a', 'b')
    net.setPath('b', 'a', false)
    net.send(connection, bytes('x'))
    later(world, 50_000)
    net.setPath('b', 'a', true)
    later(world, 100_000)
    expect(seen.slice(1)).toEqual(['b: x from a'])
    expect(connection.open).toBe(true)
  })

  test('close: what was sent before arrives first; what comes back is refused', () => {
    const { world, net, seen } = network('ab', { latency: { baseMs: 5, jitterMs: 200 } })
    const near = connect(world, net, 'a', 'b')
    const [far] = net.connections('b')
    net.send(near, bytes('last'))
    net.send(far!, bytes('too late'))
    net.close(near)
    net.close(near)
    world.run()
    expect(seen.slice(1)).toEqual(['b: last from a', 'b: lost a, closed'])
    expect([near.open, far!.open]).toEqual([false, false])
  })

  test('a killed process: its last words, then a reset, also for a peer that was cut off', () => {
    const { world, net, seen } = network('abc')
    const toB = connect(world, net, 'a', 'b')
    connect(world, net, 'a', 'c')
    net.send(toB, bytes('last'))
    const heal = net.partition([['c']])
    seen.length = 0
    net.leave('a')
    join(net, 'a', seen)
    later(world, 1000)
    expect(seen).toEqual(['b: last from a', 'b: lost a, reset'])
    heal()
    later(world, 5000)
    expect(seen.slice(2)).toEqual(['c: lost a, reset'])
  })

  test('power lost: silence; noticed by who sends, by a reset once the machine is back', () => {
    const { world, net, seen } = network('abc')
    const toA = connect(world, net, 'b', 'a')
    const alsoToA = connect(world, net, 'c', 'a')
    seen.length = 0
    net.leave('a', { machine: 'down' })
    net.send(toA, bytes('x'))
    later(world, 59_000)
    expect(seen).toEqual([])
    later(world, 2000)
    expect(seen).toEqual(['b: lost a, timeout'])
    join(net, 'a', seen)
    later(world, 60_000)
    expect(alsoToA.open).toBe(true)
    net.send(alsoToA, bytes('y'))
    later(world, 1000)
    expect(seen.slice(1)).toEqual(['c: lost a, reset'])
  })

  test('keep-alive notices a dead peer without sending, and forgives a short cut', () => {
    const { world, net, seen } = network('ab', { keepAliveMs: 20_000 })
    connect(world, net, 'a', 'b')
    seen.length = 0
    net.setPath('a', 'b', false)
    later(world, 15_000)
    net.setPath('a', 'b', true)
    later(world, 60_000)
    expect(seen).toEqual([])
    net.leave('b', { machine: 'down' })
    later(world, 19_000)
    expect(seen).toEqual([])
    later(world, 2000)
    expect(seen).toEqual(['a: lost b, timeout'])
  })

  test('a paused process hears everything at once and in order, and loses nothing', () => {
    const { world, net, seen } = network('a')
    const clock = createClock(world)
    const scope = clock.boot()
    net.join(
      'b',
      {
        onMessage: (_, peer, message) => seen.push(`b: ${text(message)} from ${peer} at ${scope.monotonicMs()}`),
        onClose: (_, peer, reason) => seen.push(`b: lost ${peer}, ${reason}`)
      },
      { gate: clock }
    )
    const connection = connect(world, net, 'a', 'b')
    clock.pause(10_000)
    const resumeMs = scope.monotonicMs() + 10_000
    net.send(connection, bytes('1'))
    later(world, 500)
    net.send(connection, bytes('2'))
    net.close(connection)
    const begunMs = world.nowMs
    expect(dial(world, net, 'a', 'b').status).toBe('connected')
    expect(world.nowMs - begunMs).toBeGreaterThan(9000)
    expect(seen).toEqual([`b: 1 from a at ${resumeMs}`, `b: 2 from a at ${resumeMs}`, 'b: lost a, closed'])
  })

  test('killed while paused, the new process hears nothing of the old connections', () => {
    const { world, net, seen } = network('a')
    const clock = createClock(world)
    clock.boot()
    net.join('b', { onMessage: () => seen.push('old hears') }, { gate: clock })
    const connection = connect(world, net, 'a', 'b')
    clock.pause()
    net.send(connection, bytes('x'))
    later(world, 1000)
    net.leave('b')
    clock.boot()
    net.join('b', { onMessage: () => seen.push('new hears'), onClose: () => seen.push('new loses') }, { gate: clock })
    world.run()
    expect(seen).toEqual(['a: lost b, reset'])
  })

  test('a handle of elsewhere is refused; who does not run does nothing', () => {
    const { world, net, seen } = network('ab')
    const connection = connect(world, net, 'a', 'b')
    expect(() => net.send({ ...connection, id: 1 }, bytes('x'))).toThrow(TypeError)
    expect(() => join(net, 'a', seen)).toThrow('runs already')
    net.leave('a')
    expect(net.send(connection, bytes('x'))).toBe(false)
    net.dial('a', 'b', () => seen.push('answer'))
    net.publish('a', 'topic', bytes('x'))
    world.run()
    expect(seen).toEqual(['b: connected by a', 'b: lost a, reset'])
  })
})

test('one seed, one history; another seed, another', () => {
  const history = (seed: number): string[] => {
    const world = createWorld({ seed, trace: 'all' })
    const net = createNetwork(world, { gossip: { loss: 0.1, duplication: 0.1, reorderMs: 50 }, tcpTimeoutMs: 2000 })
    const ids = ['a', 'b', 'c', 'd', 'e']
    const start = (id: string): void =>
      net.join(id, {
        onMessage: (connection, peer, message) => {
          world.trace(id, () => `${text(message)} from ${peer}`)
          if (message.length < 20) net.send(connection, bytes(`${text(message)}${world.random.int(10)}`))
        },
        onClose: (_, peer, reason: CloseReason) => world.trace(id, () => `lost ${peer} ${reason}`),
        onGossip: (topic, _, via, author) => {
          world.trace(id, () => `${topic} via ${via} by ${author}`)
          return 'accept'
        }
      })
    for (const id of ids) start(id)
    const faults = (): void => {
      const id = world.random.pick(ids)
      if (world.random.chance(0.2) && net.isJoined(id)) net.leave(id, { machine: world.random.pick(['up', 'down']) })
      else if (!net.isJoined(id)) start(id)
      net.setPath(id, world.random.pick(ids), world.random.chance(0.6))
      net.dial(id, world.random.pick(ids), (result) => {
        if (result.status === 'connected') net.send(result.connection, bytes('go'))
      })
      net.publish(id, 'topic', bytes('x'))
      if (world.nowMs < 60_000) world.at(world.random.exponential(100), faults)
    }
    faults()
    world.run()
    return world.lines()
  }
  const lines = history(5)
  expect(lines.length).toBeGreaterThan(1000)
  expect(history(5)).toEqual(lines)
  expect(history(6)).not.toEqual(lines)
})
