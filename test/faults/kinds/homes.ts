import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInternet, type Home, type Internet, type Translation } from '../homes.ts'
import type { Fault } from '../fault.ts'
import type { Role, Stage } from '../stage.ts'

interface TwoHomes {
  readonly internet: Internet
  readonly owner: Home
  readonly worker: Home
}

/** An owner in one home, a worker in another one, and a public relay; all with the key of a private swarm. @param relayArgs further options of the relay */
async function enterHomes(
  stage: Stage,
  translations: readonly [Translation, Translation],
  ...relayArgs: readonly string[]
): Promise<TwoHomes> {
  const internet = await createInternet(stage.folder)
  stage.onClose(internet.close)
  const [owner, worker] = [
    await internet.addHome('one', translations[0]),
    await internet.addHome('two', translations[1])
  ]
  const key = join(stage.folder, 'swarm.key')
  const { stdout } = await stage.swarm.ask(['swarm-key'])
  await writeFile(key, stdout, { mode: 0o600 })
  const withKey = (role: Role, ...args: readonly string[]): Role => ({ ...role, args: ['--swarm-key', key, ...args] })
  await stage.enter('relay', withKey({ ...internet.publicRole, workers: 0 }, '--relay', ...relayArgs))
  await stage.enter('owner', { ...withKey(owner.role), workers: 0 })
  await stage.enter('worker', withKey(worker.role))
  return { internet, owner, worker }
}

/** Two homes behind routers, and a machine that both reach. */
export const homes: readonly Fault[] = [
  {
    name: 'two-homes',
    what: 'owner and worker are in two homes behind routers, one of which takes another port for each connection, and meet at a relay; the relay is killed and starts again',
    when: 'at 3 of 10 scenes',
    needs: ['homes'],
    inGate: true,
    run: async (stage) => {
      await enterHomes(stage, ['persistent', 'fully-random'])
      const film = await stage.submit()
      await stage.whenDone(film, 3)
      await stage.kill('relay')
      await stage.again('relay')
      await stage.whenComplete(film)
    }
  },
  {
    name: 'holes-punched',
    what: 'owner and worker are in two homes whose routers both show one port to everybody, and the relay where they meet carries no films',
    when: 'from the start',
    needs: ['homes'],
    run: async (stage) => {
      await enterHomes(stage, ['persistent', 'persistent'], '--relay-data', '0')
      const film = await stage.submit()
      await stage.whenComplete(film)
    }
  },
  {
    name: 'router-moves',
    what: 'the same two homes; the router of the worker forgets all connections and gets another address, and nobody is told',
    when: 'at 3 of 10 scenes',
    needs: ['homes'],
    run: async (stage) => {
      const { worker } = await enterHomes(stage, ['persistent', 'fully-random'])
      const film = await stage.submit()
      await stage.whenDone(film, 3)
      await worker.moveRouter()
      await stage.whenComplete(film)
    }
  }
]
