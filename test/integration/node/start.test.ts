import { access, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../../src/node/config/index.ts'
import type { Config } from '../../../src/node/config/types.ts'
import { createDaemon } from '../../../src/node/daemon.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

async function configIn(folder: string): Promise<Config> {
  const empty = join(folder, 'empty.toml')
  await writeFile(empty, '')
  const flags = { dataDir: join(folder, 'data'), workers: '0', apiPort: '0', logLevel: 'silent' }
  const config = await loadConfig({ flags, env: { GRAV1_CONFIG: empty }, cwd: folder })
  return { ...config, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false }
}

/** A port of loopback that somebody else listens on. */
async function takenPort(): Promise<number> {
  const server = createServer()
  const listening = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', listening.resolve)
  await listening.promise
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address == null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )

test.each<[stage: string, change: (folder: string) => Promise<Partial<Config>>, says: RegExp]>([
  ['open-node, before storage', async (folder) => ({ swarmKey: join(folder, 'none') }), /swarm key .* can't be read/],
  [
    'open-node, behind storage',
    async (folder) => ({ tlsCert: join(folder, 'none.pem'), tlsKey: join(folder, 'none.pem') }),
    /none\.pem/
  ],
  [
    'start-roles, where the network is listened to',
    async () => ({ listen: [`/ip4/127.0.0.1/tcp/${await takenPort()}`] }),
    /listen/i
  ],
  ['serve-api', async () => ({ apiPort: await takenPort() }), /port \d+ on 127.0.0.1 is taken/]
])('a start that fails in %s is undone: the next on the same data folder comes up', async (_, change, says) => {
  const folder = await tempDir()
  const config = await configIn(folder)
  await expect(createDaemon({ ...config, ...(await change(folder)) })).rejects.toThrow(says)
  const apiFile = join(config.dataDir, 'api.json')
  expect(await exists(apiFile)).toBe(false)

  const daemon = await createDaemon(config)
  try {
    const { url } = JSON.parse(await readFile(apiFile, 'utf8')) as { url: string }
    expect(url).toBe(daemon.apiUrl)
    const answer = await fetch(`${daemon.apiUrl}/api/v2/status`)
    expect(answer.status).toBe(200)
  } finally {
    await daemon.stop({ drain: false })
  }
  expect(await exists(apiFile)).toBe(false)
})
