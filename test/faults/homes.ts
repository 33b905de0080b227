import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { execa } from 'execa'
import { errorText } from '../../src/common/error-text.ts'
import type { Role } from './stage.ts'

const run = promisify(execFile)

/** How a router translates ports: the same one for all peers, or another one, at random, for each connection. */
export type Translation = 'persistent' | 'fully-random'

/** A home: a machine on a local network, behind a router that translates addresses. */
export interface Home {
  /** Where a node of this home runs and listens. */
  readonly role: Role
  /** The router starts anew: it forgets all connections and gets another public address. */
  readonly moveRouter: () => Promise<void>
}

/** The internet of a test: a public machine, which is this namespace, and homes. */
export interface Internet {
  /** Where the public machine listens. */
  readonly publicRole: Role
  readonly addHome: (name: string, translation: Translation) => Promise<Home>
  readonly close: () => Promise<void>
}

/** The test networks of the internet count as private to libp2p, so these are ordinary addresses; no packet of them leaves the namespace. */
const PUBLIC = '5.1.1.1'
const MACHINE = '192.168.1.10'
const ROUTER = '192.168.1.1'
const PORT = 7898
/** Among the words of the far ends of tunnels. */
export const TUNNEL = 'tunnel-of-a-test'

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args)
}

/** What the kernel has to have for it, tried in a namespace that is thrown away. */
const NEEDS = `
  ip link add bridge0 type bridge
  ip link add veth0 type veth peer name veth1
  ip netns add one
  nft 'add table inet home; add chain inet home out { type nat hook postrouting priority 100 ; }; add rule inet home out masquerade fully-random'
`

/** Why there can be no homes here; undefined where there can. */
export async function whyNoInternet(): Promise<string | undefined> {
  const words = ['--net', '--mount', 'sh', '-ec', `mount -t tmpfs none /run\n${NEEDS}`]
  return run('unshare', words).then(
    () => undefined,
    (error: unknown) => `no networks behind routers: ${errorText(error)}`
  )
}

/** Builds the internet in this network namespace, which must be its own. @param folder for sockets, with a short name */
export async function createInternet(folder: string): Promise<Internet> {
  // Names of namespaces are kept below it, and this namespace of mounts is its own.
  await run('mount', ['-t', 'tmpfs', 'none', '/run'])
  await ip('link', 'add', 'internet', 'type', 'bridge')
  await ip('addr', 'add', `${PUBLIC}/16`, 'dev', 'internet')
  await ip('link', 'set', 'internet', 'up')
  const closers: (() => Promise<void>)[] = [
    async () => {
      await ip('link', 'del', 'internet')
      await run('umount', ['--lazy', '/run'])
    }
  ]
  let homes = 0

  async function addHome(name: string, translation: Translation): Promise<Home> {
    homes += 1
    const [router, machine, range] = [`${name}-r`, `${name}-m`, `5.1.${homes + 1}`]
    let address = `${range}.1`
    await ip('netns', 'add', router)
    await ip('netns', 'add', machine)
    await ip('link', 'add', `${name}-w`, 'type', 'veth', 'peer', 'name', 'wan', 'netns', router)
    await ip('link', 'set', `${name}-w`, 'master', 'internet', 'up')
    await ip('-n', router, 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'lan', 'netns', machine)
    for (const one of [router, machine]) await ip('-n', one, 'link', 'set', 'lo', 'up')
    await ip('-n', router, 'addr', 'add', `${address}/16`, 'dev', 'wan')
    await ip('-n', router, 'addr', 'add', `${ROUTER}/24`, 'dev', 'lan')
    for (const device of ['wan', 'lan']) await ip('-n', router, 'link', 'set', device, 'up')
    await ip('-n', machine, 'addr', 'add', `${MACHINE}/24`, 'dev', 'lan')
    await ip('-n', machine, 'link', 'set', 'lan', 'up')
    await ip('-n', machine, 'route', 'add', 'default', 'via', ROUTER)
    const inRouter = async (...words: string[]) => run('nsenter', [`--net=/run/netns/${router}`, ...words])
    await inRouter('sysctl', '-qw', 'net.ipv4.ip_forward=1')
    // As a home router: what was not asked for from inside is dropped, without an answer.
    await inRouter(
      'nft',
      `table inet home {
  chain out { type nat hook postrouting priority 100
    oifname "wan" masquerade ${translation}
  }
  chain in { type filter hook input priority 0
    iifname "wan" ct state != { established, related } drop
  }
  chain through { type filter hook forward priority 0
    iifname "wan" ct state != { established, related } drop
  }
}`
    )
    closers.push(async () => {
      await ip('link', 'del', `${name}-w`)
      for (const one of [router, machine]) await ip('netns', 'del', one)
    })
    const within = ['nsenter', `--net=/run/netns/${machine}`]
    return {
      role: {
        listen: `/ip4/${MACHINE}/tcp/${PORT}`,
        within,
        urlHere: async (url) => {
          const tunnel = await openTunnel({ url, within, socket: join(folder, `${name}-${Date.now()}`) })
          closers.push(tunnel.close)
          return tunnel.url
        }
      },
      moveRouter: async () => {
        const before = address
        address = `${range}.2`
        await ip('-n', router, 'link', 'set', 'wan', 'down')
        await ip('-n', router, 'addr', 'del', `${before}/16`, 'dev', 'wan')
        await ip('-n', router, 'addr', 'add', `${address}/16`, 'dev', 'wan')
        // Masquerading forgets the connections of a device that goes down.
        await ip('-n', router, 'link', 'set', 'wan', 'up')
      }
    }
  }

  return {
    publicRole: { listen: `/ip4/${PUBLIC}/tcp/${PORT}` },
    addHome,
    close: async () => {
      for (const close of closers.splice(0).toReversed()) await close()
    }
  }
}

interface TunnelInit {
  readonly url: string
  readonly within: readonly string[]
  /** Path of a socket, which namespaces of networks do not part. */
  readonly socket: string
}

/** Leads from a port of this namespace to an HTTP server that listens on loopback in another one. */
async function openTunnel({ url, within, socket }: TunnelInit) {
  const [command = '', ...words] = within
  const child = execa(command, [...words, process.execPath, '-e', FAR_END, TUNNEL, socket, new URL(url).port], {
    stdin: 'ignore',
    reject: false
  })
  await once(child.stdout, 'data')
  const server = createServer((near) => {
    const far = connect(socket)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close()
      child.kill('SIGKILL')
      await child
    }
  }
}

/** The other end of a tunnel: takes connections at a socket and makes them at a port. */
const FAR_END = `
const net = require('node:net')
const [, socket, port] = process.argv.slice(1)
net.createServer((far) => {
  const near = net.connect(Number(port), '127.0.0.1')
  near.on('error', () => far.destroy())
  far.on('error', () => near.destroy())
  near.pipe(far).pipe(near)
}).listen(socket, () => console.log('listening'))
`
