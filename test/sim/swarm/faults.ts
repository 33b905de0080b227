import type { Mix, Swarm } from './scenario.ts'
import type { SimNode } from './sim-node.ts'

const CALM_MS = 15_000

export interface Schedule {
  /** Everything is whole again at this time. */
  readonly overAtMs: number
}

/** Plans what goes wrong and when. From `overAtMs` on everything works, and everybody is back. */
export function scheduleFaults(swarm: Swarm, mix: Mix): Schedule {
  const { world, network, nodes } = swarm
  const random = swarm.random.fork('faults')
  const overAtMs = 60_000 + random.range(0, 300_000)
  const has = (fault: Parameters<typeof mix.faults.has>[0]): boolean => mix.faults.has(fault)
  const during = (): number => random.range(2000, overAtMs - 1000)
  const times = (most: number, task: (atMs: number) => void): void => {
    for (let count = 1 + random.int(most); count > 0; count -= 1) task(during())
  }
  const say = (what: string): void => world.trace('fault', () => what)

  network.setGossipFaults({
    loss: has('loss') ? random.range(0, 0.4) : 0,
    duplication: has('duplication') ? 0.3 : 0,
    reorderMs: has('reordering') ? 3000 : 0
  })
  if (has('one-way cuts'))
    times(4, (atMs) =>
      world.at(atMs, () => {
        const [from, to] = random.shuffle(nodes)
        if (from == null || to == null) return
        say(`${from.id} does not reach ${to.id}`)
        network.setPath(from.id, to.id, false)
        world.at(random.range(1000, 120_000), () => network.setPath(from.id, to.id, true))
      })
    )
  if (has('partitions'))
    times(3, (atMs) =>
      world.at(atMs, () => {
        const group = random.shuffle(nodes.map((node) => node.id)).slice(0, 1 + random.int(nodes.length - 1))
        say(`only among themselves: ${group.join(', ')}`)
        const heal = network.partition([group])
        world.at(random.range(1000, 150_000), heal)
      })
    )
  const down = (node: SimNode, init: { power: boolean; tear: boolean }, whileDown: () => void): void => {
    if (node.process == null) return
    node.crash(init)
    whileDown()
    world.at(random.range(500, 60_000), () => node.boot())
  }
  if (has('kills'))
    times(4, (atMs) => world.at(atMs, () => down(random.pick(nodes), { power: false, tear: false }, () => {})))
  if (has('absent owners'))
    // While the work is under way, and for longer than a lease lives.
    world.at(random.range(10_000, overAtMs / 2), () => {
      const owner = random.pick(swarm.owners)
      owner.crash({ power: false })
      world.at(random.range(90_000, 250_000), () => owner.boot())
    })
  if (has('power cuts') || has('torn writes'))
    times(4, (atMs) =>
      world.at(atMs, () => down(random.pick(nodes), { power: true, tear: has('torn writes') }, () => {}))
    )
  if (has('lost databases'))
    times(3, (atMs) =>
      world.at(atMs, () => {
        const node = random.pick(nodes)
        down(node, { power: true, tear: false }, () => {
          const { level } = node.components.disk
          say(`the database of ${node.id} is damaged`)
          if (random.chance(0.5)) level.lose()
          else level.loseTail(1 + random.int(40))
        })
      })
    )
  const slow = has('slow links') ? nodes.filter(() => random.chance(0.5)) : []
  for (const { id } of slow)
    network.setBandwidth(id, { upBytesPerMs: random.range(20, 400), downBytesPerMs: random.range(20, 400) })
  if (has('damaged files')) {
    // Also while everything runs: a file may go at any point between a cut and the join.
    const live = swarm.random.fork('files that go')
    for (let count = 1 + live.int(6); count > 0; count -= 1)
      world.at(live.range(2000, overAtMs - 1000), () => {
        const node = live.pick(nodes)
        const { files } = node.components.disk
        say(`pieces and segments of ${node.id} are gone`)
        for (const key of files.keys('blob/')) {
          if (!live.chance(0.3)) continue
          files.lose(key)
          swarm.observer.onFileTaken(node.id, key)
        }
      })
    times(3, (atMs) =>
      world.at(atMs, () => {
        const node = random.pick(nodes)
        down(node, { power: true, tear: false }, () => {
          const { files } = node.components.disk
          say(`pieces and segments of ${node.id} are damaged`)
          for (const key of files.keys('blob/')) if (random.chance(0.3)) files.lose(key)
        })
      })
    )
  }
  if (has('full disks'))
    times(3, (atMs) =>
      world.at(atMs, () => {
        const node = random.pick(nodes)
        const { disk } = node.components
        say(`the disk of ${node.id} is full`)
        disk.full = true
        world.at(random.range(1000, 60_000), () => (disk.full = false))
      })
    )
  if (has('pauses'))
    times(4, (atMs) =>
      world.at(atMs, () => {
        const node = random.pick(nodes)
        if (node.process == null) return
        say(`${node.id} stands still`)
        node.components.clock.pause(random.range(1000, 200_000))
      })
    )
  if (has('clock rates'))
    times(4, (atMs) => world.at(atMs, () => random.pick(nodes).components.clock.setRate(0.5 * 4 ** random.next())))
  if (has('wall jumps'))
    times(4, (atMs) => world.at(atMs, () => random.pick(nodes).components.clock.jumpWall(random.range(-1e12, 1e12))))
  if (mix.freezes === true) {
    const wanted = swarm.random.fork('wanted machines')
    for (let count = 1 + wanted.int(6); count > 0; count -= 1)
      world.at(wanted.range(2000, overAtMs - 1000), () => {
        const node = wanted.pick(nodes)
        say(`the machine of ${node.id} is wanted`)
        node.process?.worker.freeze(true)
        world.at(wanted.range(1000, overAtMs), () => node.process?.worker.freeze(false))
      })
  }
  if (mix.sleeps === true) planSleeps(swarm, mix, overAtMs)
  if (has('changes of mind'))
    times(3, (atMs) =>
      world.at(atMs, () => {
        const project = random.pick([...swarm.observer.submitted.values(), undefined])
        const owner = nodes.find((node) => node.id === project?.owner)?.process?.owner
        if (project == null || owner == null) return
        const what = random.pick(['priority', 'priority', 'cancelled', 'removed'] as const)
        say(`the user wants ${project.projectId.slice(0, 4)} ${what}`)
        if (what === 'priority') owner.setPriority(project.projectId, random.int(9) - 4)
        else owner.end(project.projectId, what)
      })
    )
  world.at(overAtMs, () => {
    say('everything works again')
    network.heal()
    network.setGossipFaults({ loss: 0, duplication: 0, reorderMs: 0 })
    for (const { id } of slow) network.setBandwidth(id, { upBytesPerMs: Infinity, downBytesPerMs: Infinity })
    for (const node of nodes) {
      node.components.disk.full = false
      node.components.clock.resume()
      node.boot()
    }
    for (const adversary of swarm.adversaries) adversary.stop()
  })
  if (!has('old backups')) return { overAtMs }
  // Once the neighbours can be asked: without them nobody can know what an old disk lacks.
  restoreOnce(swarm, random.range(5000, overAtMs), overAtMs + CALM_MS)
  return { overAtMs: overAtMs + 2 * CALM_MS }
}

/** Owners announce sleeps. Some go, soon or late, and come back early or late; some stay up until the time is over. */
function planSleeps({ world, nodes, owners, random: parent }: Swarm, mix: Mix, overAtMs: number): void {
  const random = parent.fork('sleeping owners')
  for (let count = 1 + random.int(3); count > 0; count -= 1)
    world.at(random.range(2000, overAtMs - 2000), () => {
      const owner = random.pick(owners)
      const leftMs = overAtMs - world.nowMs - 1000
      const forMs = random.range(0.2, 1) * leftMs
      if (owner.process == null) return
      world.trace('fault', () => `${owner.id} is going to sleep for ${Math.round(forMs)} ms`)
      owner.process.owner.away(Math.round(forMs))
      if (random.chance(0.2)) return
      const goesInMs = random.range(0, Math.min(60_000, leftMs / 2))
      world.at(goesInMs, () => {
        const sleepMs = random.range(0.1, 1) * (leftMs - goesInMs)
        sleepNow(owner, world, sleepMs)
        if (mix.restarts !== true) return
        for (const node of nodes)
          if (!owners.includes(node)) world.at(random.range(0, sleepMs), () => restart(node, world))
      })
    })
}

const RESTART_MS = 1000

function restart(node: SimNode, world: Swarm['world']): void {
  node.crash({ power: false })
  world.at(RESTART_MS, () => node.boot())
}

/** Its process stands still while its clock goes on; what ends it first, a restart for one, ends the sleep. */
function sleepNow(owner: SimNode, world: Swarm['world'], ms: number): void {
  const { process, components } = owner
  if (process == null) return
  world.trace('fault', () => `${owner.id} sleeps`)
  const { clock } = components
  const fromMs = clock.monotonicMs()
  clock.pause()
  world.at(ms, () => {
    world.trace('fault', () => `${owner.id} wakes up`)
    if (owner.process === process) process.owner.back(clock.monotonicMs() - fromMs)
    clock.resume()
  })
}

/** One owner's whole disk is put back to what it was a while ago. */
function restoreOnce({ world, owners, random, observer }: Swarm, backupAtMs: number, restoreAtMs: number): void {
  const owner = random.pick(owners)
  const { disk } = owner.components
  let backup: (readonly ['level' | 'files', string, Uint8Array])[] = []
  world.at(backupAtMs, () => {
    backup = (['level', 'files'] as const).flatMap((area) =>
      disk[area].keys().map((key) => [area, key, disk[area].readDurable(key) ?? new Uint8Array()] as const)
    )
  })
  world.at(restoreAtMs, () => {
    if (owner.process == null || backup.length === 0 || disk.full) return
    world.trace('fault', () => `${owner.id} is put back to an old backup`)
    owner.repair((done) => {
      disk.level.lose()
      disk.files.lose()
      observer.onRestored(owner.id)
      const jobs = new Set(backup.map(([, key]) => key))
      for (const project of observer.submitted.values())
        if (project.owner === owner.id && !jobs.has(`job/${project.projectId}`)) project.lost = true
      const put = (at: number): void => {
        const [area, key, bytes] = backup[at] ?? []
        if (area == null || key == null || bytes == null) done()
        else disk[area].write(key, bytes, { sync: true }, () => put(at + 1))
      }
      put(0)
    })
  })
}
