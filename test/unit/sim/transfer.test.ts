import { describe, expect, test } from 'vitest'
import { createClock } from '../../sim/engine/clock.ts'
import type { Clock } from '../../sim/engine/clock.ts'
import { createNetwork } from '../../sim/engine/network.ts'
import type { Network, NetworkInit, Transfer } from '../../sim/engine/network-types.ts'
import { createWorld } from '../../sim/engine/world.ts'
import type { World } from '../../sim/engine/world.ts'

const MB = 1_000_000

interface Setup {
  readonly world: World
  readonly net: Network
  readonly clocks: ReadonlyMap<string, Clock>
  readonly seen: string[]
  readonly fetch: (from: string, to: string, totalBytes: number, offsetBytes?: number) => Transfer
}

/** Nodes with 1 MB/s up and 4 MB/s down, all connected; latency 10 ms. */
function setup(ids: string, init: NetworkInit = {}): Setup {
  const world = createWorld({ seed: 1 })
  const net = createNetwork(world, {
    latency: { baseMs: 10, jitterMs: 0 },
    bandwidth: { upBytesPerMs: 1000, downBytesPerMs: 4000 },
    progressBytes: MB,
    ...init
  })
  const clocks = new Map<string, Clock>()
  const seen: string[] = []
  for (const id of ids) {
    const clock = createClock(world)
    clock.boot()
    clocks.set(id, clock)
    for (const other of clocks.keys()) if (other !== id) net.dial(other, id, () => {})
    net.join(id, {}, { gate: clock })
  }
  world.run()
  const startMs = world.nowMs
  const note = (text: string): unknown => seen.push(`${text} @${Math.round(world.nowMs - startMs)}`)
  return {
    world,
    net,
    clocks,
    seen,
    fetch: (from, to, totalBytes, offsetBytes = 0) =>
      net.transfer({
        from,
        to,
        totalBytes,
        offsetBytes,
        onProgress: (receivedBytes) => note(`${to} has ${receivedBytes}`),
        onDone: () => note(`${to} done`),
        onFail: (reason, receivedBytes) => note(`${to} ${reason} at ${receivedBytes}`)
      })
  }
}

describe('transfer', () => {
  test('takes size by bandwidth after a round trip, with progress, from where it was told to go on', () => {
    const { world, net, seen, fetch } = setup('ab')
    const transfer = fetch('a', 'b', 2.5 * MB, 0.5 * MB)
    world.run()
    expect(seen).toEqual(['b has 1000000 @520', 'b has 2000000 @1520', 'b done @2020'])
    expect([transfer.running, transfer.receivedBytes]).toEqual([false, 2.5 * MB])
    expect(net.counters.of('a').traffic.bulk).toMatchObject({ sentMessages: 1, sentBytes: 2 * MB })
    expect(net.counters.of('b').traffic.bulk).toMatchObject({ receivedMessages: 1, receivedBytes: 2 * MB })
  })

  test('transfers share the sender, and the one that stays gets the rest', () => {
    const { world, seen, fetch } = setup('abc')
    fetch('a', 'b', 0.5 * MB)
    fetch('a', 'c', 0.9 * MB)
    world.run()
    expect(seen).toEqual(['b done @1020', 'c done @1420'])
  })

  test('unlimited bandwidth: a round trip; no connection: no transfer', () => {
    const { world, net, seen, fetch } = setup('ab', { bandwidth: { upBytesPerMs: Infinity, downBytesPerMs: Infinity } })
    fetch('a', 'b', 1000)
    fetch('nobody', 'b', 1000)
    world.run()
    expect(seen).toEqual(['b disconnected at 0 @0', 'b done @20'])
    expect(net.transfer({ from: 'b', to: 'nobody', totalBytes: 1, onDone: () => {}, onFail: () => {} }).running).toBe(
      false
    )
  })

  test('goes on after a short cut, fails after a long one with what has arrived', () => {
    const { world, net, seen, fetch } = setup('ab')
    fetch('a', 'b', 5 * MB)
    world.run({ untilMs: world.nowMs + 520 })
    net.setPath('b', 'a', false)
    world.run({ untilMs: world.nowMs + 10_000 })
    net.setPath('b', 'a', true)
    world.run({ untilMs: world.nowMs + 1000 })
    expect(seen).toEqual(['b has 1000000 @11020'])
    net.setPath('a', 'b', false)
    world.run({ untilMs: world.nowMs + 40_000 })
    expect(seen.slice(1)).toEqual(['b stalled at 1500000 @41520'])
  })

  test('fails when the sender dies, at once or, with the power, by a stall; is silent when the receiver dies', () => {
    const { world, net, seen, fetch } = setup('abcd')
    fetch('a', 'b', 5 * MB)
    fetch('c', 'b', 5 * MB)
    fetch('d', 'c', 5 * MB)
    world.run({ untilMs: world.nowMs + 520 })
    net.leave('a')
    net.leave('c', { machine: 'down' })
    world.run({ untilMs: world.nowMs + 100_000 })
    expect(seen).toEqual(['b disconnected at 500000 @530', 'b stalled at 500000 @30520'])
    expect(net.counters.of('d').traffic.bulk.sentBytes).toBe(0.5 * MB)
  })

  test('stands still while either side is paused', () => {
    const { world, clocks, seen, fetch } = setup('ab')
    fetch('a', 'b', MB)
    world.run({ untilMs: world.nowMs + 520 })
    clocks.get('a')?.pause(1000)
    world.run({ untilMs: world.nowMs + 1200 })
    clocks.get('b')?.pause(100_000)
    world.run()
    expect(seen).toEqual(['b done @102020'])
  })

  test('cancelled, it says no more and leaves the bandwidth to others', () => {
    const { world, seen, fetch } = setup('abc')
    const transfer = fetch('a', 'b', 5 * MB)
    fetch('a', 'c', MB)
    world.run({ untilMs: world.nowMs + 1020 })
    transfer.cancel()
    expect(transfer.receivedBytes).toBe(0.5 * MB)
    world.run()
    expect(seen).toEqual(['c done @1520'])
  })
})
