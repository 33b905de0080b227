import { joinSwarm } from './boot/join-swarm.ts'
import { openNode } from './boot/open-node.ts'
import { serveApi } from './boot/serve-api.ts'
import { createShutdown, type Shutdown } from './boot/shutdown.ts'
import { spareMemory } from './boot/spare-memory.ts'
import { boundYoungGeneration } from './boot/young-generation.ts'
import { startRoles } from './boot/start-roles.ts'
import type { Config, CreateDaemon, Daemon } from './config/types.ts'

/** Starts a node in four stages. Each hands the next what it needs and adds its own undoing; whatever fails, what was begun is undone. */
export const createDaemon: CreateDaemon = async (config) => {
  const shutdown = createShutdown()
  try {
    return await start(config, shutdown)
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

async function start(config: Config, shutdown: Shutdown): Promise<Daemon> {
  const stopBounding = boundYoungGeneration()
  shutdown.add(async () => stopBounding())
  const opened = await openNode(config, shutdown)
  const swarm = await joinSwarm(config, opened, shutdown)
  const roles = await startRoles(config, opened, swarm, shutdown)
  const apiUrl = await serveApi(config, opened, swarm, roles, shutdown)
  const { owner, worker } = roles
  const stopSparing = spareMemory({ isBusy: () => worker.busy() > 0 || owner.unfinished().length > 0 })
  shutdown.add(async () => stopSparing())
  const addresses = swarm.addresses()
  const { peerId } = opened.signer
  opened.log.info({ peerId, addresses, api: apiUrl, slots: opened.control.slots }, 'node started')
  return {
    peerId,
    addresses,
    apiUrl,
    apiToken: opened.token,
    status: roles.self.status,
    showLog: (on) => opened.terminalLog?.show(on),
    stop: async ({ drain }) => {
      if (drain) await Promise.race([worker.drain(), shutdown.begun])
      await shutdown.run()
    }
  }
}
