import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, getStatus } from '../../e2e/harness.ts'
import { mountedDisk, type SmallDisk, unmountLazily } from '../../fixtures/mounted-disk.ts'
import type { Fault } from '../fault.ts'
import type { Stage } from '../stage.ts'

const MiB = 2 ** 20
/** A node stops writing below 256 MiB and begins again above twice as much. */
const NODE_DISK_BYTES = 640 * MiB
const LEFT_BYTES = 64 * 1024

/** A disk for this fault. */
async function diskOf(stage: Stage, name: string, bytes = NODE_DISK_BYTES): Promise<SmallDisk> {
  const disk = await mountedDisk(join(stage.folder, `disk-${name}`), bytes)
  stage.onClose(async () => unmountLazily(disk.folder))
  return disk
}

async function whenHealth(stage: Stage, name: string, wanted: string): Promise<void> {
  const is = async (): Promise<true | undefined> =>
    (await getStatus(stage.node(name).url)).node.health === wanted ? true : undefined
  await eventually(`the health of ${name} to be ${wanted}`, is)
}

/** The data folder of a node fills up and gets room again. */
const dataDisk = (full: 'owner' | 'a'): Fault => ({
  name: full === 'owner' ? 'owner-disk-full' : 'worker-disk-full',
  what: `the disk with the data folder of ${full === 'owner' ? 'the owner' : 'a worker'} is full, and gets room again`,
  when: 'at 3 of 10 scenes',
  needs: ['disks'],
  run: async (stage) => {
    const disk = await diskOf(stage, full)
    await stage.enterAll({ [full]: { dataDir: join(disk.folder, 'data') } })
    const film = await stage.submit()
    await stage.whenDone(film, 3)
    await disk.fill(LEFT_BYTES)
    await whenHealth(stage, full, 'disk-full')
    await disk.free()
    await whenHealth(stage, full, 'ok')
    await stage.whenComplete(film)
  }
})

/** Disks that fill up, and those that a finished film goes to. */
export const disks: readonly Fault[] = [
  dataDisk('a'),
  dataDisk('owner'),
  {
    name: 'owner-killed-disk-full',
    what: 'the owner is killed with SIGKILL while its disk is full; there is room before it starts again',
    when: 'at 3 of 10 scenes',
    needs: ['disks'],
    run: async (stage) => {
      const disk = await diskOf(stage, 'owner')
      await stage.enterAll({ owner: { dataDir: join(disk.folder, 'data') } })
      const film = await stage.submit()
      await stage.whenDone(film, 3)
      await disk.fill(0)
      await whenHealth(stage, 'owner', 'disk-full')
      await stage.kill('owner')
      await disk.free()
      await stage.again('owner')
      await stage.whenComplete(film)
    }
  },
  {
    name: 'output-disk-full',
    what: 'the disk of the finished file has no room for it, and gets room',
    when: 'before the join',
    waits: /B free|No space left/,
    needs: ['disks'],
    run: async (stage) => {
      const disk = await diskOf(stage, 'output', 8 * MiB)
      await stage.enterAll()
      const film = await stage.submit('owner', await stage.place('film', disk.folder))
      await stage.whenDone(film, 2)
      await disk.fill(20_000)
      await stage.whenWaiting(film)
      await disk.free()
      await stage.whenComplete(film)
    }
  },
  {
    name: 'output-read-only',
    what: 'the disk of the finished file becomes read-only, and can be written again',
    when: 'before the join',
    waits: /EROFS/,
    needs: ['disks'],
    run: async (stage) => {
      const disk = await diskOf(stage, 'output', 64 * MiB)
      await stage.enterAll()
      const film = await stage.submit('owner', await stage.place('film', disk.folder))
      await stage.whenDone(film, 2)
      await disk.readOnly(true)
      await stage.whenWaiting(film)
      await disk.readOnly(false)
      await stage.whenComplete(film)
    }
  },
  {
    name: 'output-folder-gone',
    what: 'the folder of the finished file goes away, and comes back',
    when: 'before the join',
    waits: /cannot be written: ENOENT/,
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 2)
      const away = join(stage.folder, 'away')
      await rename(film.place, away)
      await stage.whenWaiting(film)
      await rename(away, film.place)
      await stage.whenComplete(film)
    }
  }
]
