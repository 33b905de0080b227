import { Area } from './disk-area.ts'
import type { Disk, DiskInit } from './disk-types.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** @param random the disk's own stream, e.g. `world.random.fork('disk of a')`. */
export function createDisk(world: World, random: Random, init: DiskInit = {}): Disk {
  const { gate, writeMs = [0.1, 2], syncMs = [1, 20], flushMeanMs = 5000 } = init
  const isFull = (): boolean => disk.full
  const times = { writeMs, syncMs, flushMeanMs }
  const level = new Area({ world, random: random.fork('level'), gate, isFull }, { layout: 'log', ...times })
  const files = new Area({ world, random: random.fork('files'), gate, isFull }, { layout: 'files', ...times })
  const disk: Disk = {
    level,
    files,
    full: false,
    kill: () => {
      level.kill()
      files.kill()
    },
    crash: ({ tear = false } = {}) => {
      level.crash(tear)
      files.crash(tear)
    }
  }
  return disk
}
