import { readdir } from 'node:fs/promises'
import { eventually } from '../../e2e/harness.ts'
import type { Fault } from '../fault.ts'

const WHEN = 'at 4 of 10 scenes'

/** Nodes that end without a warning. */
export const kills: readonly Fault[] = [
  {
    name: 'half-killed',
    what: 'one of two workers is killed with SIGKILL and does not come back',
    when: WHEN,
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 4)
      const busy = await stage.whenBusy(film, 'a', 'b')
      await stage.leave(busy)
      await stage.whenComplete(film)
    }
  },
  {
    name: 'all-killed',
    what: 'all workers are killed with SIGKILL and started again',
    when: WHEN,
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 4)
      await stage.kill('a', 'b')
      await Promise.all([stage.again('a'), stage.again('b')])
      await stage.whenComplete(film)
    }
  },
  {
    name: 'each-restarted-3-times',
    what: 'each worker is killed with SIGKILL and started again, three times in turn',
    when: 'each time it has a scene',
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      for (const name of ['a', 'b', 'a', 'b', 'a', 'b']) {
        await stage.whenBusyOrComplete(film, name)
        await stage.kill(name)
        await stage.again(name)
      }
      await stage.whenComplete(film)
    }
  },
  {
    name: 'owner-killed-3-times',
    what: 'the owner is killed with SIGKILL and started again, three times, the last time while it joins',
    when: 'at 2 and 5 of 10 scenes, and when the finished file is begun',
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      for (const scenes of [2, 5]) {
        await stage.whenDone(film, scenes)
        await stage.kill('owner')
        await stage.again('owner')
      }
      const begun = async (): Promise<true | undefined> => ((await readdir(film.place)).length > 0 ? true : undefined)
      await eventually('the finished file to be begun', begun, 150_000)
      await stage.kill('owner')
      await stage.again('owner')
      await stage.whenComplete(film)
    }
  },
  {
    name: 'owner-killed-in-analysis',
    what: 'the owner is killed with SIGKILL before the film has all its scenes, and started again',
    when: 'as soon as the film is submitted',
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.kill('owner')
      await stage.again('owner')
      await stage.whenComplete(film)
    }
  },
  {
    name: 'everyone-killed',
    what: 'owner and workers are killed with SIGKILL at once, as in a power cut, and started again',
    when: WHEN,
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 4)
      await stage.kill('owner', 'a', 'b')
      await Promise.all(['owner', 'a', 'b'].map(async (name) => stage.again(name)))
      await stage.whenComplete(film)
    }
  },
  {
    name: 'churn',
    what: 'workers come and go all the time: one is killed and a new one comes, for each two scenes',
    when: 'from the first scene to the eighth',
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      for (const [index, scenes] of [1, 3, 5, 7].entries()) {
        await stage.whenDone(film, scenes)
        await stage.leave(['a', 'b', 'c0', 'c1'][index] ?? '')
        await stage.enter(`c${index}`)
      }
      await stage.whenComplete(film)
    }
  },
  {
    name: 'workers-stopped',
    what: 'all workers are stopped with SIGSTOP until their leases have ended, and go on; another works meanwhile',
    when: 'while they have scenes',
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 2)
      await stage.whenBusy(film, 'a')
      await stage.whenBusy(film, 'b')
      stage.signal('SIGSTOP', 'a', 'b')
      await stage.enter('c')
      await stage.whenExpired(film)
      stage.signal('SIGCONT', 'a', 'b')
      await stage.whenComplete(film)
    }
  },
  {
    name: 'owner-stopped',
    what: 'the owner is stopped with SIGSTOP for longer than leases last, and goes on',
    when: WHEN,
    run: async (stage) => {
      await stage.enterAll()
      const film = await stage.submit()
      await stage.whenDone(film, 4)
      stage.signal('SIGSTOP', 'owner')
      await stage.outlastLeases()
      stage.signal('SIGCONT', 'owner')
      await stage.whenComplete(film)
    }
  }
]
