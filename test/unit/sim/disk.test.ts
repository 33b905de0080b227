import { describe, expect, test } from 'vitest'
import { createClock } from '../../sim/engine/clock.ts'
import { createDisk } from '../../sim/engine/disk.ts'
import type { Disk, DiskInit } from '../../sim/engine/disk-types.ts'
import { createWorld } from '../../sim/engine/world.ts'
import type { World } from '../../sim/engine/world.ts'

/** A disk that makes nothing durable by itself unless told so. */
function disk(seed = 1, init: DiskInit = { flushMeanMs: 1e9 }): { world: World; disk: Disk } {
  const world = createWorld({ seed })
  return { world, disk: createDisk(world, world.random.fork('disk'), init) }
}

function value(number: number, length = 4): Uint8Array {
  return new Uint8Array(length).fill(number)
}

function later(world: World, ms: number): void {
  world.run({ untilMs: world.nowMs + ms })
}

/** Over many seeds: which of these states a crash left. */
function outcomes(prepare: (disk: Disk, world: World) => void, read: (disk: Disk) => string, tear = false): string[] {
  const seen = new Set<string>()
  for (let seed = 0; seed < 200; seed++) {
    const node = disk(seed)
    prepare(node.disk, node.world)
    node.disk.crash({ tear })
    seen.add(read(node.disk))
  }
  return [...seen].sort()
}

describe('disk', () => {
  test('a write is seen when it is done, in order, never at once', () => {
    const { world, disk: node } = disk()
    const done: string[] = []
    node.level.write('b', value(1), { sync: true }, () => done.push('slow'))
    node.level.write('a', value(2), {}, () => done.push('fast'))
    node.level.write('b', value(3), {}, () => done.push('again'))
    expect([done, node.level.keys(), node.level.read('a')]).toEqual([[], [], undefined])
    later(world, 100)
    expect(done).toEqual(['slow', 'fast', 'again'])
    expect(node.level.read('b')).toEqual(value(3))
    expect(node.level.readDurable('b')).toEqual(value(1))
    expect([node.level.keys(), node.level.keys('b'), node.level.usedBytes()]).toEqual([['a', 'b'], ['b'], 8])
    node.level.delete('a', {})
    later(world, 100)
    expect(node.level.keys()).toEqual(['b'])
    expect(node.files.keys()).toEqual([])
  })

  test('what was synced survives, and in the log all before it', () => {
    const read = (node: Disk): string => `${node.level.keys().join('')} ${node.files.keys().join('')}`
    const write = (node: Disk, world: World): void => {
      for (const area of [node.level, node.files]) {
        area.write('a', value(1), {})
        area.write('b', value(2), { sync: true })
      }
      later(world, 100)
    }
    expect(outcomes(write, read)).toEqual(['ab ab', 'ab b'])
  })

  test('of what was not, a log keeps a prefix, files keep any', () => {
    const write =
      (area: 'level' | 'files') =>
      (node: Disk, world: World): void => {
        for (const key of 'abc') node[area].write(key, value(1), {})
        later(world, 100)
      }
    const read = (area: 'level' | 'files') => (node: Disk) => node[area].keys().join('')
    expect(outcomes(write('level'), read('level'))).toEqual(['', 'a', 'ab', 'abc'])
    expect(outcomes(write('files'), read('files'))).toEqual(['', 'a', 'ab', 'abc', 'ac', 'b', 'bc', 'c'])
  })

  test('a batch of the log is whole or not there', () => {
    const write = (node: Disk, world: World): void => {
      node.level.batch([{ key: 'a', bytes: value(1) }, { key: 'b', bytes: value(1) }, { key: 'old' }], {})
      later(world, 100)
    }
    const before = (node: Disk, world: World): void => {
      node.level.write('old', value(9), { sync: true })
      later(world, 100)
      write(node, world)
    }
    expect(outcomes(before, (node) => node.level.keys().join(' '))).toEqual(['a b', 'old'])
  })

  test('what was under way may be there, and its caller hears nothing', () => {
    const write = (node: Disk): void => node.level.write('a', value(1), { sync: true }, () => expect.unreachable())
    expect(outcomes(write, (node) => node.level.keys().join(''))).toEqual(['', 'a'])
    for (let seed = 0; seed < 20; seed++) {
      const { world, disk: node } = disk(seed)
      write(node)
      if (seed % 2 === 0) node.crash()
      else node.kill()
      const left = node.level.keys()
      later(world, 1000)
      expect(node.level.keys()).toEqual(left)
    }
  })

  test('a synced file is not undone by an older write of the same key', () => {
    const write = (node: Disk, world: World): void => {
      node.files.write('a', value(1), {})
      node.files.write('a', value(2), { sync: true })
      later(world, 100)
    }
    expect(outcomes(write, (node) => String(node.files.read('a')?.[0]))).toEqual(['2'])
  })

  test('tear shortens the last file that made it, never one that was synced', () => {
    const write = (node: Disk, world: World): void => {
      node.files.write('synced', value(1, 3), { sync: true })
      node.files.write('loose', value(1, 3), {})
      later(world, 100)
    }
    const sizes = (node: Disk): string =>
      `${node.files.read('synced')?.length} ${node.files.read('loose')?.length ?? '-'}`
    expect(outcomes(write, sizes)).toEqual(['3 -', '3 3'])
    expect(outcomes(write, sizes, true)).toEqual(['3 -', '3 0', '3 1', '3 2', '3 3'])
  })

  test('in time everything is durable', () => {
    const { world, disk: node } = disk(1, { flushMeanMs: 1000 })
    for (const key of 'abc') for (const area of [node.level, node.files]) area.write(key, value(1), {})
    later(world, 20)
    expect(node.level.readDurable('a')).toBeUndefined()
    world.run()
    node.crash()
    expect([node.level.keys(), node.files.keys()]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c']
    ])
  })

  test('a killed process loses nothing that was done; power can still fail later', () => {
    const { world, disk: node } = disk()
    node.level.write('a', value(1), {})
    later(world, 100)
    node.level.write('b', value(1), {}, () => expect.unreachable())
    node.kill()
    later(world, 100)
    expect(node.level.read('a')).toEqual(value(1))
    expect(node.level.readDurable('a')).toBeUndefined()
    const kept = new Set<string>()
    for (let seed = 0; seed < 50; seed++) {
      const { disk: other } = disk(seed)
      other.level.write('a', value(1), {})
      other.level.write('b', value(1), {})
      other.kill()
      kept.add(other.level.keys().join(''))
    }
    expect([...kept].sort()).toEqual(['', 'a', 'ab'])
  })

  test('full: writes fail and change nothing, deleting works, until there is room', () => {
    const { world, disk: node } = disk()
    const results: unknown[] = []
    node.files.write('a', value(1), { sync: true })
    later(world, 100)
    node.full = true
    node.files.write('a', value(2), { sync: true }, (error) => results.push(error))
    node.files.delete('a', {}, (error) => results.push(error))
    later(world, 100)
    node.full = false
    node.level.write('b', value(2), {}, (error) => results.push(error))
    later(world, 100)
    expect(results).toEqual(['ENOSPC', undefined, undefined])
    expect([node.files.keys(), node.level.keys()]).toEqual([[], ['b']])
    expect(node.files.readDurable('a')).toEqual(value(1))
  })

  test('lost databases, lost tails, rotten tails', () => {
    const { world, disk: node } = disk()
    for (const [at, key] of ['p/a', 'p/b', 'q/a'].entries()) {
      for (const area of [node.level, node.files]) area.write(key, value(at, 2), { sync: true })
      later(world, 100)
    }
    node.level.write('p/a', value(7, 2), { sync: true })
    later(world, 100)
    node.crash()
    node.level.loseTail(2)
    expect(node.level.keys()).toEqual(['p/a', 'p/b'])
    expect(node.level.read('p/a')).toEqual(value(0, 2))
    expect(node.files.corruptTail(1)).toBe('q/a')
    expect(node.files.read('q/a')).toEqual(Uint8Array.of(2, 253))
    node.files.lose('p/')
    expect(node.files.keys()).toEqual(['q/a'])
    node.level.lose()
    node.crash()
    expect([node.level.keys(), node.level.readDurable('p/a')]).toEqual([[], undefined])
  })

  test('a paused process hears of its writes when it goes on', () => {
    const world = createWorld({ seed: 1 })
    const clock = createClock(world)
    const node = createDisk(world, world.random, { gate: clock })
    let doneMs = -1
    node.level.write('a', value(1), { sync: true }, () => (doneMs = world.nowMs))
    clock.pause(500)
    world.run()
    expect(doneMs).toBe(500)
  })
})
