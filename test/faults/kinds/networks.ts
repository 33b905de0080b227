import type { Fault } from '../fault.ts'

/** An outage that begins in the middle of the film and lasts longer than leases do. */
const outage = (name: string, what: string, begin: 'partition' | 'deafenOwner'): Fault => ({
  name,
  what,
  when: 'at 3 of 10 scenes, for longer than leases last',
  needs: ['network'],
  run: async (stage) => {
    const { network } = stage
    await stage.enterAll()
    const film = await stage.submit()
    await stage.whenDone(film, 3)
    await network[begin]()
    await stage.outlastLeases()
    await network.heal()
    await stage.whenComplete(film)
  }
})

/** Networks that lose, delay and cut. */
export const networks: readonly Fault[] = [
  outage('partition', 'no packet passes between any two nodes; nobody is told', 'partition'),
  outage('one-way-cut', 'packets of the workers are lost, those of the owner arrive', 'deafenOwner'),
  {
    name: 'lossy-network',
    what: '5 % of all packets are lost, and each byte takes 50 ms longer each way',
    when: 'from the start',
    needs: ['network'],
    run: async (stage) => {
      await stage.network.slow({ delayMs: 50 }, 5)
      await stage.enterAll()
      await stage.whenComplete(await stage.submit())
    }
  },
  {
    name: 'slow-network',
    what: 'all nodes share 1 Mbit/s',
    when: 'from the start, with pieces of more than a megabyte',
    film: 'heavy',
    needs: ['network'],
    run: async (stage) => {
      await stage.network.slow({ bytesPerSecond: 125_000 })
      await stage.enterAll()
      await stage.whenComplete(await stage.submit())
    }
  },
  {
    name: 'connections-cut',
    what: 'every connection is reset every three seconds, while pieces are on their way',
    when: 'from the start, with pieces of more than a megabyte at 16 Mbit/s',
    film: 'heavy',
    needs: ['network'],
    run: async (stage) => {
      const relay = await stage.network.slow({ bytesPerSecond: 2_000_000 })
      await stage.enterAll()
      const film = await stage.submit()
      const cuts = setInterval(() => relay.cutAll(), 3_000)
      await stage.whenComplete(film).finally(() => clearInterval(cuts))
    }
  },
  {
    name: 'slow-connections-cut',
    what: 'every connection is reset each time that a megabyte has passed, which takes two seconds; four pieces share it',
    when: 'from the start, with pieces of more than a megabyte at 4 Mbit/s',
    film: 'heavy',
    needs: ['network'],
    run: async (stage) => {
      await stage.network.slow({ bytesPerSecond: 500_000, bytesBetweenCuts: 1_000_000 })
      await stage.enterAll({ a: { workers: 2 }, b: { workers: 2 } })
      await stage.whenComplete(await stage.submit())
    }
  }
]
